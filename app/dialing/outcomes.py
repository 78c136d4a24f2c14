"""Code what came of an attempt, and send the case where the outcome's treatment says."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import Action
from app.campaigns.models import Outcome
from app.campaigns.outcomes import DO_NOT_CALL, LECT_UNKNOWN, find_outcome, is_coded_by_hand
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import AppointmentRules, Rules
from app.campaigns.service import get_campaign
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.core.live import announce, campaign_topic, person_topic
from app.core.privacy import Vault
from app.dialing.appointments import is_due, is_of_call, open_appointment_of, settle_appointment, supersede_open
from app.dialing.calls import DialledCase
from app.dialing.domain import NOT_A_LECT, CaseState, FactKind
from app.dialing.endings import final_code_of
from app.dialing.facts import guess_of, state_fact
from app.dialing.history import history_of
from app.dialing.life import Move
from app.dialing.models import Appointment, Attempt, Case
from app.dialing.promises import Promise, talk_of
from app.dialing.refusals import REASON, forbid_number_of
from app.dialing.release import Lead, release, step_on
from app.dialing.trace import note_step
from app.dialing.treatment import NextStep, next_step
from app.dialing.wishes import Wish, keep_wish
from app.languages.domain import UNDETERMINED
from app.sampling.contacts import is_do_not_call
from app.telephony.domain import CallState

HEARD: Final = 0.8  # an interviewer who codes the needed lect has heard it for some seconds


@dataclass(frozen=True)
class Coding:
    """What the interviewer says came of the call."""

    code: str
    lect: str | None = None
    note: str | None = None
    interview_started: bool = False
    wish: Wish | None = None


def code_outcome(session: Session, dialled: DialledCase, coding: Coding, *, vault: Vault, now: datetime) -> Outcome:
    """Store the outcome beside the raw ending and release the case to its next step.

    Raises ConflictError while the line is open, InvalidInputError when the outcome needs a lect.
    """
    case, attempt = dialled.case, _attempt_to_code(dialled.attempt)
    campaign = get_campaign(session, case.campaign_id)
    rules = rules_of(session, campaign)
    outcome = find_outcome(session, case.campaign_id, coding.code)
    _check(outcome, coding)
    is_appointment = rules.treatments[outcome.code].action == Action.APPOINTMENT
    if is_appointment:
        booked: Appointment | None = _agreed_on(session, attempt, rules=rules.appointments, now=now)
    else:
        booked = settle_appointment(session, attempt, talk_of(attempt, outcome), rules=rules.appointments, now=now)
    promise = Promise.after(attempt, booked, rules.appointments)
    attempt.outcome, attempt.coded_at, attempt.note = outcome.code, now, coding.note
    if coding.lect:
        _keep_lect(session, case, attempt, lect=coding.lect, now=now)
    if outcome.code == DO_NOT_CALL:
        forbid_number_of(session, attempt, vault=vault, now=now)
    if coding.wish is not None:
        keep_wish(case, coding.wish, rules)
    step = _next_step(session, dialled, rules, interview_started=coding.interview_started, promise=promise, now=now)
    lead = promise.lead(now=now) if promise else _lead_after(session, case, outcome)
    release(session, case, step, campaign=campaign, rules=rules, lead=lead, now=now)
    if promise is not None and case.state == CaseState.CLOSED:
        promise.booked.superseded_at = now
    case.outcome = final_code_of(session, case) if step.state == CaseState.CLOSED else outcome.code
    _tell(session, case, attempt, outcome=outcome, step=step, now=now)
    return outcome


def _attempt_to_code(attempt: Attempt | None) -> Attempt:
    if attempt is None or attempt.outcome is not None:
        raise ConflictError("There is no call to code; dial first.")
    if attempt.state != CallState.ENDED:
        raise ConflictError("The line is still open. Hang up first.")
    return attempt


def _agreed_on(session: Session, attempt: Attempt, *, rules: AppointmentRules, now: datetime) -> Appointment:
    """Return the appointment that this call ends with; one whose time had come before does not count again."""
    booked = open_appointment_of(session, attempt.case_id)
    was_due = booked is not None and (booked.starts_at <= now or is_due(booked, attempt.requested_at, rules))
    if booked is None or (was_due and not is_of_call(booked, attempt)):
        raise InvalidInputError(
            "There is no appointment yet.", (Fault("starts_at", "Book the time first, then code the outcome."),)
        )
    return booked


def _check(outcome: Outcome, coding: Coding) -> None:
    if not is_coded_by_hand(outcome):
        raise ConflictError("Nobody codes this outcome: the program gives it to a case that it closes.")
    if outcome.needs_lect and (not coding.lect or coding.lect in NOT_A_LECT):
        raise InvalidInputError(
            "This outcome needs the lect.", (Fault("lect", "Choose the lect that the respondent speaks."),)
        )


def _keep_lect(session: Session, case: Case, attempt: Attempt, *, lect: str, now: datetime) -> None:
    state_fact(
        session,
        case,
        FactKind.OBSERVED,
        lect=lect,
        confidence=HEARD,
        source=f"outcome {attempt.outcome}",
        actor=f"person:{attempt.interviewer_id}",
        attempt_id=attempt.id,
        now=now,
    )


def _next_step(
    session: Session,
    dialled: DialledCase,
    rules: Rules,
    *,
    interview_started: bool,
    promise: Promise | None,
    now: datetime,
) -> NextStep:
    history = history_of(session, dialled.case, interview_started=interview_started)
    step = next_step(history, rules, time_zone=dialled.time_zone, now=now)
    if step.state != CaseState.CLOSED and is_do_not_call(session, dialled.case.sample_unit_id):
        return replace(step, state=CaseState.CLOSED, reason=REASON)
    return step if promise is None else promise.step(step, rules.appointments, now=now)


def _lead_after(session: Session, case: Case, outcome: Outcome) -> Lead:
    """Send a case whose lect nobody could tell to those who take unknown lects, unless more than its place is known."""
    if outcome.code == LECT_UNKNOWN and guess_of(session, case).kind in {None, FactKind.PREDICTED}:
        return Lead(UNDETERMINED)
    return Lead()


def _tell(session: Session, case: Case, attempt: Attempt, *, outcome: Outcome, step: NextStep, now: datetime) -> None:
    actor = f"person:{attempt.interviewer_id}"
    details: dict[str, Any] = {
        "outcome": outcome.code,
        "provisional": attempt.provisional_outcome,
        "ending": attempt.ending,
        "due_at": step.due_at.isoformat(),
        "attempts_counted": step.attempts_counted,
    }
    note_step(session, case, "coded", actor=actor, reason=step.reason, details=details, now=now)
    audit.record(
        session,
        "attempt.coded",
        actor=actor,
        subject=f"attempt:{attempt.id}",
        campaign_id=case.campaign_id,
        details=details,
        now=now,
    )
    announce(session, person_topic(attempt.interviewer_id), campaign_topic(case.campaign_id))


def give_back(session: Session, dialled: DialledCase, *, person_id: int, why: str = "", now: datetime) -> None:
    """Return a case to the queue without dialling, behind those of its priority that wait already; `why` is kept.

    A number that came onto the do-not-call list meanwhile closes it. Raises ConflictError once its call
    waits for an outcome.
    """
    case, attempt = dialled.case, dialled.attempt
    if attempt is not None and attempt.outcome is None:
        raise ConflictError("The call of this case has no outcome yet.")
    is_forbidden = is_do_not_call(session, case.sample_unit_id)
    step_on(case, Move.GIVE_BACK, by=person_id, is_forbidden=is_forbidden)
    case.due_at = max(case.due_at, now)
    reason = REASON if is_forbidden else "The interviewer gave the case back without dialling."
    if is_forbidden:
        case.outcome, case.closed_at = final_code_of(session, case), now
        supersede_open(session, [case.id], now=now)
    details = {"why": why} if why else {}
    note_step(session, case, "given_back", actor=f"person:{person_id}", reason=reason, details=details, now=now)
    session.flush()
