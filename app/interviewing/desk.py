"""Everything an interviewer can do, one function a key; the server is the authority on what comes next."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.domain import OutcomeGroup, PacingMode
from app.campaigns.models import Campaign, Outcome
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.db import SessionFactory
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.core.live import announce, campaign_topic
from app.core.privacy import Vault
from app.dialing import appointments, calls, outcomes, queue
from app.dialing.domain import AppointmentKind, CaseState, FactKind
from app.dialing.facts import state_fact
from app.dialing.models import Case
from app.dialing.wishes import Wish
from app.interviewing.by_hand import note_number_shown
from app.interviewing.domain import CLOSED, InterviewState, is_possible
from app.interviewing.holding import Holding, held, was_answered
from app.interviewing.interviews import end_interview
from app.interviewing.pacing import pacing_of
from app.interviewing.seats import end_seat
from app.interviewing.snapshots import write_snapshot
from app.interviewing.taking import take
from app.interviewing.telephone import require_line
from app.interviewing.wrap_up import seconds_to_rest
from app.languages.domain import UNIDENTIFIED
from app.languages.service import find_lect
from app.staffing.domain import HOLDING, BreakReason, PresenceState
from app.staffing.models import Presence
from app.staffing.service import enter, presence_of
from app.telephony.domain import CallState
from app.telephony.gateway import Gateway

SURE: Final = {FactKind.DECLARED: 1.0, FactKind.OBSERVED: 0.8}


def go_ready(session: Session, person_id: int, campaign_id: int, *, now: datetime) -> None:
    """Sit down at the desk of a campaign and wait for a case."""
    presence = _free_presence(session, person_id, now=now)
    presence.campaign_id = get_campaign(session, campaign_id).id
    _enter(session, presence, PresenceState.READY, now=now)


def take_break(
    session: Session, person_id: int, *, reason: BreakReason = BreakReason.REST, now: datetime
) -> None:  # fmt: skip
    """Leave the desk for a while, or give the break another reason; a case must be coded or given back first."""
    presence = _free_presence(session, person_id, now=now)
    enter(session, presence, PresenceState.BREAK, reason=reason, now=now)
    if presence.campaign_id is not None:
        announce(session, campaign_topic(presence.campaign_id))


def go_off(session: Session, person_id: int, *, now: datetime) -> None:
    """End the shift; a case must be coded or given back first."""
    _enter(session, _free_presence(session, person_id, now=now), PresenceState.OFF, now=now)


def next_case(session: Session, person_id: int, *, now: datetime) -> int:
    """Take the next case and return its id.

    Raises NoCaseDueError with the causes counted, ConflictError at a desk that is not ready.
    """
    presence = _free_presence(session, person_id, now=now)
    if presence.campaign_id is None or presence.state != PresenceState.READY:
        raise ConflictError("Say that you are ready first.")
    return take(session, person_id, presence.campaign_id, now=now)


def give_case_back(session: Session, person_id: int, *, why: str = "", now: datetime) -> None:
    """Return the case on the screen to the queue, undialled; where cases are dialled after a while, say why."""
    holding = held(session, person_id)
    if not why.strip() and pacing_of(session, holding).mode == PacingMode.PREVIEW:
        raise InvalidInputError("The case cannot be skipped yet.", (Fault("why", "Say why you skip this case."),))
    outcomes.give_back(session, holding.dialled, person_id=person_id, why=why.strip(), now=now)
    _put_down(session, holding.presence, now=now)


def dial(make_session: SessionFactory, gateway: Gateway, person_id: int, *, vault: Vault, now: datetime) -> int:
    """Write the attempt, commit, then ask the network; returns the attempt's id."""
    with make_session() as session, session.begin():
        require_line(session, gateway, person_id)
        holding = held(session, person_id)
        attempt = calls.open_attempt(session, holding.dialled, person_id, now=now)
        order = calls.order_of(session, attempt, vault)
        if gateway.is_by_hand:
            note_number_shown(session, attempt, now=now)
        queue.renew_lease(session, holding.case, now=now)
        _enter(session, holding.presence, PresenceState.DIALLING, now=now)
    calls.place_call(make_session, gateway, order, now=now)
    return order.attempt_id


def hang_up(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> None:
    """End the call under way; the network's report then moves the desk to wrap-up."""
    with make_session() as session, session.begin():
        attempt = held(session, person_id).attempt
    if attempt is None or attempt.state == CallState.ENDED:
        raise ConflictError("No call is under way.")
    gateway.hang_up(attempt_id=attempt.id, now=now)
    calls.deliver_events(make_session, gateway, now=now, attempt_id=attempt.id)


def state_lect(session: Session, person_id: int, *, kind: FactKind, lect: str, now: datetime) -> None:
    """Record that the respondent declared a lect, or that the interviewer heard one."""
    holding = held(session, person_id)
    if kind not in SURE:
        raise InvalidInputError(
            "This cannot be recorded.",
            (Fault("kind", "A lect is declared by the respondent or observed by you."),),
        )
    tag = find_lect(session, lect).tag
    confidence = 0.0 if tag == UNIDENTIFIED else SURE[kind]
    state_fact(
        session,
        holding.case,
        kind,
        lect=tag,
        confidence=confidence,
        source="call",
        actor=f"person:{person_id}",
        attempt_id=holding.attempt.id if holding.attempt else None,
        now=now,
    )
    queue.renew_lease(session, holding.case, now=now)


def book(
    session: Session,
    person_id: int,
    *,
    kind: AppointmentKind,
    starts_at: datetime,
    ends_at: datetime | None = None,
    lect: str | None = None,
    with_me: bool = False,
    note: str | None = None,
    now: datetime,
) -> None:
    """Book a time the respondent agreed to, `with_me` where they want this interviewer again; code it afterwards."""
    case = held(session, person_id).case
    agreed = appointments.Agreed(
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        lect=find_lect(session, lect).tag if lect else None,
        with_id=person_id if with_me else None,
        note=note,
    )
    appointments.book_appointment(session, case, agreed, person_id=person_id, now=now)


def code(
    session: Session,
    person_id: int,
    *,
    code: str,
    lect: str | None = None,
    note: str | None = None,
    wish: Wish | None = None,
    vault: Vault,
    now: datetime,
) -> Outcome:
    """Code what came of the call, close or suspend the interview, and be ready for the next case."""
    holding = held(session, person_id)
    _require_rest(session, holding, now=now)
    started = holding.interview is not None and InterviewState(holding.interview.state) not in CLOSED
    coding = outcomes.Coding(
        code=code,
        lect=find_lect(session, lect).tag if lect else None,
        note=note or None,
        interview_started=started,
        wish=wish,
    )
    outcome = outcomes.code_outcome(session, holding.dialled, coding, vault=vault, now=now)
    _require_possible(outcome, holding)
    if end_interview(session, holding, outcome.code, now=now):
        end_seat(session, holding, now=now)
        write_snapshot(session, holding, now=now)
    _put_down(session, holding.presence, now=now)
    return outcome


def _require_possible(outcome: Outcome, holding: Holding) -> None:
    was_begun = holding.interview is not None
    answered = holding.attempt is not None and was_answered(holding.attempt)
    if is_possible(OutcomeGroup(outcome.group), was_answered=answered, was_begun=was_begun):
        return
    if answered:
        raise ConflictError("No interview was held with this case.")
    raise ConflictError("Nobody answered this call. Choose an outcome that fits what the line did.")


def _require_rest(session: Session, holding: Holding, *, now: datetime) -> None:
    if holding.presence.state != PresenceState.WRAP_UP:
        return
    talked = holding.attempt is not None and was_answered(holding.attempt)
    rules = rules_of(session, session.get_one(Campaign, holding.case.campaign_id)).wrap_up
    left = seconds_to_rest(rules, holding.presence.since, was_answered=talked, now=now)
    if left:
        raise ConflictError(
            "The time after a call is fixed here. Save the outcome in %(seconds)s s.", seconds=str(left)
        )


def _free_presence(session: Session, person_id: int, *, now: datetime) -> Presence:
    presence = presence_of(session, person_id, now=now)
    if PresenceState(presence.state) in HOLDING:
        if _still_holds(session, presence):
            raise ConflictError("Code the case on your screen, or give it back, first.")
        # The lease ran out and the case went back to the queue: the desk is ready, as the screen says.
        _enter(session, presence, PresenceState.READY, now=now)
    presence.case_id = None
    return presence


def _still_holds(session: Session, presence: Presence) -> bool:
    case = session.get(Case, presence.case_id) if presence.case_id is not None else None
    return case is not None and case.state == CaseState.HELD and case.holder_id == presence.person_id


def _put_down(session: Session, presence: Presence, *, now: datetime) -> None:
    presence.case_id = None
    _enter(session, presence, PresenceState.READY, now=now)


def _enter(session: Session, presence: Presence, state: PresenceState, *, now: datetime) -> None:
    enter(session, presence, state, now=now)
    if presence.campaign_id is not None:
        announce(session, campaign_topic(presence.campaign_id))
