"""Dialling by hand: the number for this one call, and the interviewer's word for what became of it."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.core.privacy import Vault
from app.dialing.calls import deliver_events, order_of
from app.dialing.models import Attempt
from app.interviewing.holding import held
from app.telephony.domain import CallState, Seen
from app.telephony.gateway import Gateway

NO_CALL: Final = "No call is under way."


def note_number_shown(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Put on record that an interviewer sees the number of this call in full."""
    audit.record(
        session,
        "number.shown",
        actor=f"person:{attempt.interviewer_id}",
        subject=f"attempt:{attempt.id}",
        campaign_id=attempt.campaign_id,
        details={"phone_number": attempt.phone_number_id},
        now=now,
    )


def number_to_dial(make_session: SessionFactory, gateway: Gateway, person_id: int, *, vault: Vault) -> str:
    """Return the number of the call that the interviewer is to dial, until somebody answers or it ends.

    Raises ConflictError where the program dials itself, or nothing is to be dialled.
    """
    if not gateway.is_by_hand:
        raise ConflictError("The program dials here; nobody needs to see the number.")
    with make_session() as session, session.begin():
        attempt = held(session, person_id).attempt
        if attempt is None or attempt.state in {CallState.TALKING, CallState.ENDED}:
            raise ConflictError(NO_CALL)
        return order_of(session, attempt, vault).number


def tell(make_session: SessionFactory, gateway: Gateway, person_id: int, *, seen: Seen, now: datetime) -> None:
    """Take the interviewer's word for what the call under way did; the desk moves with it."""
    with make_session() as session, session.begin():
        attempt = held(session, person_id).attempt
    if attempt is None or attempt.state == CallState.ENDED:
        raise ConflictError(NO_CALL)
    if seen == Seen.HUNG_UP and attempt.state != CallState.TALKING:
        raise ConflictError("Nobody is on the line.")
    gateway.tell(attempt_id=attempt.id, seen=seen, now=now)
    deliver_events(make_session, gateway, now=now, attempt_id=attempt.id)
