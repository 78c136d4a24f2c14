"""An interviewer's own telephone at the desk: calling in, holding the respondent, tones for a switchboard."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.interviewing.hand_over import hand_over, take_back
from app.interviewing.holding import held
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.lines import close_line, is_connected, open_line, room_of

KEYS: Final = re.compile(r"[0-9*#w]{1,32}")


def call_in(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> dict[str, str]:
    """Let the interviewer's browser call in, and return what it needs for that; an older line of theirs is ended."""
    _end_lines(make_session, gateway, person_id, now=now)
    with make_session() as session, session.begin():
        ticket = open_line(session, person_id, now=now)
    return gateway.admit(person_id, ticket)


def leave(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> None:
    """End the interviewer's own call; without one nothing happens."""
    _end_lines(make_session, gateway, person_id, now=now)


def _end_lines(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> None:
    with make_session() as session, session.begin():
        closed = close_line(session, person_id, now=now)
    for line in closed:
        if line.call_id is not None:
            gateway.close_line(line.call_id)


def require_line(session: Session, gateway: Gateway, person_id: int) -> None:
    """Refuse to dial for an interviewer whom a respondent would not hear."""
    if not gateway.needs_line:
        return
    if not is_connected(session, person_id):
        raise ConflictError("Your telephone is not connected: nobody would hear you. Connect it, then dial.")


def hold(
    make_session: SessionFactory, gateway: Gateway, person_id: int, *, is_held: bool
) -> None:  # fmt: skip
    """Let the respondent hear music, or bring them back; raises ConflictError when nobody is on the line."""
    gateway.hold(attempt_id=_talking_attempt(make_session, person_id), is_held=is_held)


def press(make_session: SessionFactory, gateway: Gateway, person_id: int, *, keys: str) -> None:
    """Let the respondent's side hear tones, for a switchboard that asks for an extension."""
    if not KEYS.fullmatch(keys):
        raise InvalidInputError(
            "These keys cannot be pressed.",
            (Fault("keys", "Up to 32 of the keys 0-9, * and #; w waits half a second."),),
        )
    gateway.press(attempt_id=_talking_attempt(make_session, person_id), keys=keys)


def give_to_a_speaker(
    make_session: SessionFactory, gateway: Gateway, person_id: int, *, lect: str, now: datetime
) -> None:
    """Hand the call over to a free interviewer of the lect, and bring the respondent to their room.

    The receiver's line must be open where lines are needed. Raises ConflictError while nobody is on the line,
    NobodyFreeError when no full match is ready, and GatewayError when the respondent could not be brought along: then
    the call is the giver's again, unless nobody knows where the respondent is by now.
    """
    if gateway.is_by_hand:
        raise ConflictError("The call is on your own telephone: it cannot be handed over. Book an appointment instead.")
    with make_session() as session, session.begin():
        handed = hand_over(session, person_id, lect, needs_line=gateway.needs_line, now=now)
    try:
        gateway.move(attempt_id=handed.attempt_id, room=room_of(handed.to_person_id))
    except GatewayError as error:
        if not error.is_uncertain:
            with make_session() as session, session.begin():
                take_back(session, handed, now=now)
        raise


def _talking_attempt(make_session: SessionFactory, person_id: int) -> int:
    with make_session() as session, session.begin():
        return held(session, person_id).talking_attempt.id
