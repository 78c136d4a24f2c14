"""Place calls and follow what the network reports about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import CallerNumber, Campaign
from app.campaigns.outcomes import outcome_of_ending
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Rules
from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.core.live import announce, campaign_topic, person_topic
from app.core.privacy import Vault
from app.dialing.facts import guess_of
from app.dialing.measures import draw_at_first_call
from app.dialing.models import Attempt, Case, Pool
from app.dialing.numbers import choose_number
from app.dialing.routing import match_with
from app.dialing.trace import note_step
from app.sampling.contacts import is_do_not_call, numbers_of
from app.sampling.models import PhoneNumber
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import enter, presence_of
from app.telephony.domain import CallEvent, CallEventKind, CallState, Ending, advance
from app.telephony.gateway import CallOrder, Gateway, GatewayError
from app.telephony.lines import deserted_attempts, room_of
from app.telephony.requests import stuck_requests
from app.telephony.service import record_events

# A case taken just before the hour is over may still be dialled.
GRACE: Final = timedelta(minutes=2)
_INTERVIEWER: Final = select(Attempt.interviewer_id).where(Attempt.id == bindparam("attempt_id"))
_TO_MOVE: Final = (
    select(Attempt)
    .where(Attempt.id == bindparam("attempt_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_OF_CASE: Final = select(Attempt).where(Attempt.case_id == bindparam("case_id")).order_by(Attempt.id.desc())


@dataclass(frozen=True)
class DialledCase:
    """A case with the attempt to be coded, and the time zone its respondent lives in."""

    case: Case
    attempt: Attempt | None
    time_zone: str


def open_attempt(session: Session, dialled: DialledCase, person_id: int, *, now: datetime) -> Attempt:
    """Write the attempt down before anyone is asked to dial; raises ConflictError where nobody may dial now."""
    case = dialled.case
    if dialled.attempt is not None and dialled.attempt.outcome is None:
        raise ConflictError("The last call of this case has no outcome yet.")
    campaign = session.get_one(Campaign, case.campaign_id)
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The field is closed and nobody is called any more. Give the case back.")
    if is_do_not_call(session, case.sample_unit_id):
        raise ConflictError("This number is on the do-not-call list. Give the case back.")
    if not _may_be_called(session, dialled, now=now):
        raise ConflictError("Calls are not allowed at this hour where the respondent lives. Give the case back.")
    match, _level = match_with(session, person_id, guess_of(session, case).lect)
    attempt = Attempt(
        case_id=case.id,
        campaign_id=case.campaign_id,
        interviewer_id=person_id,
        phone_number_id=_number_to_dial(session, case).id,
        caller_number_id=choose_number(session, campaign, now=now),
        state=CallState.REQUESTED,
        requested_at=now,
        match=match,
        arm=session.get_one(Pool, case.pool_id).arm,
        time_slice=_rules_for(session, dialled).slice_at(now, dialled.time_zone),
    )
    session.add(attempt)
    session.flush()
    if dialled.attempt is None:
        draw_at_first_call(session, campaign, case, now=now)
    note_step(session, case, "dialled", actor=f"person:{person_id}", reason="The interviewer dialled.", now=now)
    return attempt


def _may_be_called(session: Session, dialled: DialledCase, *, now: datetime) -> bool:
    hours = _rules_for(session, dialled).calling_hours
    return any(hours.is_open(at, dialled.time_zone) for at in (now, now - GRACE))


def _rules_for(session: Session, dialled: DialledCase) -> Rules:
    return rules_of(session, session.get_one(Campaign, dialled.case.campaign_id))


def _number_to_dial(session: Session, case: Case) -> PhoneNumber:
    """Return the number whose turn it is, the first where that one is gone."""
    numbers = numbers_of(session, case.sample_unit_id)
    return next((number for number in numbers if number.position == case.next_position), numbers[0])


def order_of(session: Session, attempt: Attempt, vault: Vault) -> CallOrder:
    """Read what the network needs to dial a written attempt; the number in it is in clear."""
    number = session.get_one(PhoneNumber, attempt.phone_number_id)
    campaign = session.get_one(Campaign, attempt.campaign_id)
    return CallOrder(
        attempt_id=attempt.id,
        number=vault.decrypt(number.ciphertext),
        caller_number=_caller_number(session, attempt) or campaign.caller_number,
        ring_seconds=campaign.ring_seconds,
        room=room_of(attempt.interviewer_id),
    )


def _caller_number(session: Session, attempt: Attempt) -> str | None:
    if attempt.caller_number_id is None:
        return None
    return session.get_one(CallerNumber, attempt.caller_number_id).number


def place_call(make_session: SessionFactory, gateway: Gateway, order: CallOrder, *, now: datetime) -> None:
    """Ask the network to dial; no transaction is open while it answers.

    A refusal by the network ends the attempt as a technical failure, which costs the case nothing. Where nobody
    knows whether it dials, the attempt stays open until that is found out: it is never dialled again blindly.
    """
    try:
        gateway.place_call(order, now=now)
    except GatewayError as error:
        if error.is_uncertain:
            return
        failure = CallEvent(order.attempt_id, 0, CallEventKind.ENDED, now, Ending.TECHNICAL, reason=error.words())
        with make_session() as session, session.begin():
            apply_events(session, [failure], now=now)


def settle_doubts(make_session: SessionFactory, gateway: Gateway, vault: Vault, *, now: datetime) -> int:
    """Find out what became of calls of which nothing was heard; returns how many were asked about."""
    doubtful = gateway.doubtful(now=now)
    for attempt_id in doubtful:
        with make_session() as session:
            order = order_of(session, session.get_one(Attempt, attempt_id), vault)
        gateway.ask_about(order, now=now)
        deliver_events(make_session, gateway, now=now, attempt_id=attempt_id)
    return len(doubtful)


def end_forsaken(make_session: SessionFactory, gateway: Gateway, *, now: datetime) -> int:
    """End calls that nobody waits for any more; returns how many.

    Either the interviewer's own line has been gone for longer than it takes to come back, so that whoever answers
    would hear nobody; or the call has not even rung when it should be over, and waits in a queue of the provider's.
    """
    with make_session() as session:
        forsaken = {*deserted_attempts(session, now=now), *stuck_requests(session, now=now)}
    for attempt_id in sorted(forsaken):
        gateway.hang_up(attempt_id=attempt_id, now=now)
        deliver_events(make_session, gateway, now=now, attempt_id=attempt_id)
    return len(forsaken)


def deliver_events(
    make_session: SessionFactory, gateway: Gateway, *, now: datetime, attempt_id: int | None = None
) -> int:
    """Take over what the network has to report, on one call or on all; returns how many events were new."""
    events = gateway.events_due(now=now, attempt_id=attempt_id)
    if not events:
        return 0
    with make_session() as session, session.begin():
        return apply_events(session, events, now=now)


def apply_events(session: Session, events: Sequence[CallEvent], *, now: datetime) -> int:
    """Store events and let the new ones move their attempts forward, in whatever order they come."""
    new = record_events(session, events, now=now)
    topics: dict[str, None] = {}
    for attempt_id, reports in groupby(sorted(new, key=_by_attempt), key=attrgetter("attempt_id")):
        locked = _lock(session, attempt_id, now=now)
        if locked is not None:
            attempt, presence = locked
            _apply_all(session, attempt, list(reports), presence=presence)
            topics |= dict.fromkeys((person_topic(attempt.interviewer_id), campaign_topic(attempt.campaign_id)))
    announce(session, *topics)
    return len(new)


def _lock(session: Session, attempt_id: int, *, now: datetime) -> tuple[Attempt, Presence] | None:
    """Lock the desk before the attempt, as every act at the desk does: the other order is a deadlock.

    The weaker lock on the attempt lets answers and further events that only refer to it be written meanwhile.
    """
    interviewer_id = session.scalar(_INTERVIEWER, {"attempt_id": attempt_id})
    if interviewer_id is None:
        return None
    presence = presence_of(session, interviewer_id, now=now)
    return session.scalars(_TO_MOVE, {"attempt_id": attempt_id}).one(), presence


def _by_attempt(event: CallEvent) -> tuple[int, int]:
    return event.attempt_id, event.sequence


def _apply_all(session: Session, attempt: Attempt, events: Sequence[CallEvent], *, presence: Presence) -> None:
    before = attempt.state
    for event in events:
        _apply(session, attempt, event)
    if attempt.state != before:
        _move_presence(session, attempt, presence, at=events[-1].at)


def _apply(session: Session, attempt: Attempt, event: CallEvent) -> None:
    attempt.state = advance(CallState(attempt.state), event)
    if event.kind == CallEventKind.RINGING:
        attempt.rang_at = event.at
    elif event.kind == CallEventKind.ANSWERED:
        attempt.answered_at = event.at
    elif event.kind == CallEventKind.ENDED:
        _end(session, attempt, event)


def _end(session: Session, attempt: Attempt, event: CallEvent) -> None:
    attempt.ended_at, attempt.ending = event.at, event.ending
    attempt.sip_code, attempt.reason = event.sip_code, event.reason
    provisional = outcome_of_ending(session, attempt.campaign_id, event.ending) if event.ending else None
    attempt.provisional_outcome = provisional.code if provisional else None


def _move_presence(session: Session, attempt: Attempt, presence: Presence, *, at: datetime) -> None:
    """Move the interviewer's state with the line, unless another case is on the screen by now."""
    state = {CallState.TALKING: PresenceState.TALKING, CallState.ENDED: PresenceState.WRAP_UP}.get(
        CallState(attempt.state)
    )
    if state is not None and presence.case_id == attempt.case_id:
        enter(session, presence, state, now=at)


def last_attempt(session: Session, case_id: int) -> Attempt | None:
    """Return the newest attempt of a case."""
    return session.scalar(_OF_CASE.limit(1), {"case_id": case_id})


def attempts_of(session: Session, case_id: int) -> list[Attempt]:
    """Return a case's attempts, the newest first."""
    return list(session.scalars(_OF_CASE, {"case_id": case_id}))
