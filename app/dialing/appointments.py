"""Appointments: a time the respondent agreed to, kept or missed or superseded, never dropped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours, CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import AppointmentRules
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.dialing.domain import AppointmentKind, CaseState
from app.dialing.models import Appointment, Attempt, Case, Pool
from app.dialing.trace import note_step

FARTHEST: Final = timedelta(days=90)
PART_OF_DAY: Final = timedelta(hours=3)  # where its end was not agreed on: as long as a morning from 9 to 12
OUTSIDE_HOURS: Final = (
    "Calls are not allowed at this time where the respondent lives. Choose a time within the calling hours."
)
WAITS_FOR_APPOINTMENT: Final = "The case waits for its appointment."
LONGEST_PERIOD: Final = timedelta(days=7)
IS_OPEN: Final = Appointment.kept_at.is_(None) & Appointment.superseded_at.is_(None)
KEPT: Final = "It was called as agreed: the appointment is kept."
TALKED_BEFORE: Final = "The two have talked before the agreed time: the appointment is superseded."
_OPEN: Final = select(Appointment).where(Appointment.case_id == bindparam("case_id"), IS_OPEN)
_UNCODED_CALL: Final = select(Attempt).where(Attempt.case_id == bindparam("case_id"), Attempt.outcome.is_(None))


class Talk(StrEnum):
    """How far a call came, as far as an appointment is concerned."""

    NONE = "none"  # nobody was there, or whoever picked up did not talk with the interviewer
    HELD = "held"  # the two have talked
    REFUSED = "refused"  # and the respondent said no for now


@dataclass(frozen=True)
class Agreed:
    """What interviewer and respondent agreed on; the instants are aware.

    `ends_at` bounds a part of a day and has no meaning with an exact time. With `with_id` that interviewer alone may
    call at first, and anybody of the lect once the rules hand it over.
    """

    kind: AppointmentKind
    starts_at: datetime
    ends_at: datetime | None = None
    lect: str | None = None
    with_id: int | None = None
    note: str | None = None

    @property
    def period_end(self) -> datetime | None:
        """Return when the agreed part of a day is over, None for an exact time."""
        if self.kind == AppointmentKind.HARD:
            return None
        return self.ends_at or self.starts_at + PART_OF_DAY


def book_appointment(session: Session, case: Case, agreed: Agreed, *, person_id: int, now: datetime) -> Appointment:
    """Book the time. One that was booked before is kept by the call under way if it was due, and superseded otherwise.

    Raises InvalidInputError when the time is past, too far, or outside the respondent's calling hours.
    """
    if case.state != CaseState.HELD or case.holder_id != person_id:
        raise ConflictError("You do not hold this case.")
    zone = session.get_one(Pool, case.pool_id).time_zone
    campaign = session.get_one(Campaign, case.campaign_id)
    if campaign.state == CampaignState.CLOSED:
        raise ConflictError("The field is closed: nobody would keep the appointment. Choose another outcome.")
    rules = rules_of(session, campaign)
    fault = _fault_of(agreed, rules.calling_hours, time_zone=zone, now=now)
    if fault:
        raise InvalidInputError("The appointment cannot be booked.", (fault,))
    _make_room(session, case.id, rules=rules.appointments, now=now)
    hand_over_at = agreed.starts_at + timedelta(minutes=rules.appointments.hand_over_minutes)
    booked = Appointment(
        campaign_id=case.campaign_id,
        case_id=case.id,
        kind=agreed.kind,
        starts_at=agreed.starts_at,
        ends_at=agreed.period_end,
        lect=agreed.lect,
        note=agreed.note,
        booked_by=person_id,
        booked_at=now,
        with_id=agreed.with_id,
        hand_over_at=hand_over_at if agreed.with_id else None,
    )
    session.add(booked)
    session.flush()
    return booked


def _make_room(session: Session, case_id: int, *, rules: AppointmentRules, now: datetime) -> None:
    """Settle what was booked before; a time that is put right within the same call was never promised."""
    call = session.scalar(_UNCODED_CALL, {"case_id": case_id})
    if call is None:
        earlier = open_appointment_of(session, case_id)
    else:
        earlier = settle_appointment(session, call, Talk.HELD, rules=rules, now=now)
    if earlier is None:
        return
    if call is not None and is_of_call(earlier, call):
        session.delete(earlier)
    else:
        earlier.superseded_at = now


def settle_appointment(
    session: Session, call: Attempt, talk: Talk, *, rules: AppointmentRules, now: datetime
) -> Appointment | None:
    """Decide what a call makes of the case's open appointment; returns it where it stays booked.

    A call at the agreed time or later keeps it as soon as the line rang, whoever answered. A call before that time,
    such as a supervisor has asked for, supersedes it where the two have talked; otherwise the promise still stands.
    What was booked during this very call stays, unless the respondent ended by saying no.
    """
    booked = open_appointment_of(session, call.case_id)
    if booked is None:
        return None
    if not is_of_call(booked, call) and is_due(booked, call.requested_at, rules):
        if not rang(call):
            return booked
        booked.kept_at, booked.kept_by = call.requested_at, call.interviewer_id
        _note(session, booked, "kept", reason=KEPT, by=call.interviewer_id, now=now)
        return None
    if talk == Talk.REFUSED or (talk == Talk.HELD and not is_of_call(booked, call)):
        booked.superseded_at = now
        _note(session, booked, "superseded", reason=TALKED_BEFORE, by=call.interviewer_id, now=now)
        return None
    return booked


def is_of_call(booked: Appointment, call: Attempt) -> bool:
    """Tell whether the appointment was agreed on in this very call."""
    return booked.booked_at >= call.requested_at


def is_due(booked: Appointment, at: datetime, rules: AppointmentRules) -> bool:
    """Tell whether a call at this instant would be as agreed, or late."""
    return at >= ready_for(AppointmentKind(booked.kind), booked.starts_at, rules)


def rang(call: Attempt) -> bool:
    """Tell whether the line rang; only then did the call reach the respondent's side at all."""
    return call.rang_at is not None or call.answered_at is not None


def _note(session: Session, booked: Appointment, kind: str, *, reason: str, by: int, now: datetime) -> None:
    case = session.get_one(Case, booked.case_id)
    details = {"starts_at": booked.starts_at.isoformat()}
    note_step(session, case, kind, actor=f"person:{by}", reason=reason, details=details, now=now)
    session.flush()


def ready_for(kind: AppointmentKind, starts_at: datetime, rules: AppointmentRules) -> datetime:
    """Return when the case joins the queue: shortly before an exact time, at the time itself otherwise."""
    return starts_at - timedelta(seconds=rules.early_seconds) if kind == AppointmentKind.HARD else starts_at


def _fault_of(agreed: Agreed, hours: CallingHours, *, time_zone: str, now: datetime) -> Fault | None:
    if agreed.starts_at <= now:
        return Fault("starts_at", "This time is past. Choose a later one.")
    if agreed.starts_at > now + FARTHEST:
        return Fault("starts_at", "This time is more than 90 days away. Choose an earlier one.")
    if agreed.ends_at is not None and not agreed.starts_at < agreed.ends_at <= agreed.starts_at + LONGEST_PERIOD:
        return Fault("ends_at", "An agreed period ends after it begins, and lasts a week at most.")
    if not hours.is_open(agreed.starts_at, time_zone):
        closed = (
            "Calls are not allowed at this time where the respondent lives. Choose a time within the calling hours."
        )
        return Fault("starts_at", closed)
    return None


def open_appointment_of(session: Session, case_id: int) -> Appointment | None:
    """Return the case's appointment that is neither kept nor superseded."""
    return session.scalar(_OPEN, {"case_id": case_id})


def supersede_open(session: Session, case_ids: Collection[int], *, now: datetime) -> None:
    """End the open appointments of cases that are closed: nobody calls them any more."""
    ended = update(Appointment).where(Appointment.case_id.in_(case_ids), IS_OPEN).values(superseded_at=now)
    session.execute(ended, execution_options={"synchronize_session": "fetch"})
