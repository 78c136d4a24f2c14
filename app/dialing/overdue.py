"""Appointments that nobody kept in time: handed to anybody of the same lect, noted as missed, never dropped."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import AppointmentRules
from app.dialing.appointments import IS_OPEN, PART_OF_DAY
from app.dialing.domain import AppointmentKind, CaseState
from app.dialing.models import Appointment, Case, Pool
from app.dialing.release import Lead, move
from app.dialing.trace import note_step

BATCH: Final = 500
SHORTEST_GRACE: Final = timedelta(minutes=1)  # no rules let an appointment be missed sooner
MISSED: Final = "Nobody called at the agreed time; the case stays first in the queue."
PERIOD_MISSED: Final = "Nobody called in the agreed part of the day; the case keeps its place in the queue."


def hand_over_late(session: Session, *, now: datetime) -> int:
    """Open the cases kept for one interviewer who has not called by the agreed time; returns how many."""
    late = (
        select(Case, Appointment, Pool.person_id)
        .join(Pool, Pool.id == Case.pool_id)
        .join(Appointment, Appointment.case_id == Case.id)
        .where(
            Case.state == CaseState.READY,
            Pool.person_id.is_not(None),
            IS_OPEN,
            Appointment.hand_over_at <= now,
        )
        .limit(BATCH)
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(late).all()
    for case, booked, person_id in rows:
        move(session, case, Lead(booked.lect))
        note_step(
            session,
            case,
            "handed_over",
            actor="system",
            now=now,
            reason="The interviewer it was agreed with did not call in time; anybody of the lect may.",
            details={"with": person_id},
        )
    session.flush()
    return len(rows)


def note_missed(session: Session, *, now: datetime) -> int:
    """Write down which appointments have passed without a call; their cases keep their place in the queue.

    An exact one is missed as many minutes after its time as the rules give, a part of a day when it is over.
    """
    passed = (
        select(Appointment, Case, Campaign)
        .join(Case, Case.id == Appointment.case_id)
        .join(Campaign, Campaign.id == Case.campaign_id)
        .where(
            IS_OPEN,
            Appointment.missed_at.is_(None),
            Appointment.starts_at < now - SHORTEST_GRACE,
            (Appointment.kind == AppointmentKind.HARD) | (Appointment.ends_at < now),
            Case.state.in_((CaseState.READY, CaseState.WAITING)),
        )
        .order_by(Appointment.starts_at)
        .limit(BATCH)
        .with_for_update(of=Appointment, skip_locked=True)
    )
    missed = 0
    for booked, case, campaign in session.execute(passed).all():
        if _deadline(booked, rules_of(session, campaign).appointments) >= now:
            continue
        booked.missed_at = now
        missed += 1
        note_step(
            session,
            case,
            "missed",
            actor="system",
            now=now,
            reason=MISSED if booked.kind == AppointmentKind.HARD else PERIOD_MISSED,
            details={"starts_at": booked.starts_at.isoformat()},
        )
    session.flush()
    return missed


def _deadline(booked: Appointment, rules: AppointmentRules) -> datetime:
    if booked.kind == AppointmentKind.HARD:
        return booked.starts_at + timedelta(minutes=rules.late_minutes)
    return booked.ends_at or booked.starts_at + PART_OF_DAY
