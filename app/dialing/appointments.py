"""Appointments: a time the respondent agreed to, kept or missed, never dropped."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import AppointmentRules
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.dialing.domain import AppointmentKind, CaseState
from app.dialing.models import Appointment, Case, Pool

FARTHEST: Final = timedelta(days=90)
WAITS_FOR_APPOINTMENT: Final = "The case waits for its appointment."
_OPEN: Final = select(Appointment).where(Appointment.case_id == bindparam("case_id"), Appointment.kept_at.is_(None))


def book_appointment(
    session: Session,
    case: Case,
    *,
    kind: AppointmentKind,
    starts_at: datetime,
    person_id: int,
    lect: str | None = None,
    with_id: int | None = None,
    note: str | None = None,
    now: datetime,
) -> Appointment:
    """Book the time; a later booking replaces an open one. `starts_at` is aware.

    With `with_id` that interviewer alone may call at first, and anybody of the lect once the rules hand it over.
    Raises InvalidInputError when the time is past, too far, or outside the respondent's calling hours.
    """
    if case.state != CaseState.HELD or case.holder_id != person_id:
        raise ConflictError("You do not hold this case.")
    zone = session.get_one(Pool, case.pool_id).time_zone
    rules = rules_of(session, session.get_one(Campaign, case.campaign_id))
    fault = _fault_of(starts_at, rules.calling_hours, time_zone=zone, now=now)
    if fault:
        raise InvalidInputError("The appointment cannot be booked.", (Fault("starts_at", fault),))
    replaced = open_appointment_of(session, case.id)
    if replaced is not None:
        session.delete(replaced)
    booked = Appointment(
        case_id=case.id,
        kind=kind,
        starts_at=starts_at,
        lect=lect,
        note=note,
        booked_by=person_id,
        booked_at=now,
        with_id=with_id,
        hand_over_at=starts_at + timedelta(minutes=rules.appointments.hand_over_minutes) if with_id else None,
    )
    session.add(booked)
    session.flush()
    return booked


def ready_for(kind: AppointmentKind, starts_at: datetime, rules: AppointmentRules) -> datetime:
    """Return when the case joins the queue: shortly before an exact time, at the time itself otherwise."""
    return starts_at - timedelta(seconds=rules.early_seconds) if kind == AppointmentKind.HARD else starts_at


def _fault_of(starts_at: datetime, hours: CallingHours, *, time_zone: str, now: datetime) -> str | None:
    if starts_at <= now:
        return "This time is past. Choose a later one."
    if starts_at > now + FARTHEST:
        return "This time is more than 90 days away. Choose an earlier one."
    if not hours.is_open(starts_at, time_zone):
        return "Calls are not allowed at this time where the respondent lives. Choose a time within the calling hours."
    return None


def open_appointment_of(session: Session, case_id: int) -> Appointment | None:
    """Return the case's appointment that has not been kept yet."""
    return session.scalar(_OPEN, {"case_id": case_id})


def keep_appointment(session: Session, case_id: int, *, due_by: datetime | None = None, now: datetime) -> None:
    """Note that the respondent was called as agreed; without an open appointment (due by then) this is nothing."""
    booked = open_appointment_of(session, case_id)
    if booked is not None and (due_by is None or booked.starts_at <= due_by):
        booked.kept_at = now
        session.flush()
