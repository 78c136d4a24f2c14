"""Appointments that nobody kept in time: handed to anybody of the same lect, noted as missed, never dropped."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.dialing.domain import AppointmentKind, CaseState
from app.dialing.models import Appointment, Case, Pool
from app.dialing.release import Lead, move
from app.dialing.trace import note_step

BATCH: Final = 500
SHORTEST_GRACE: Final = timedelta(minutes=1)  # no rules let an appointment be missed sooner


def hand_over_late(session: Session, *, now: datetime) -> int:
    """Open the cases kept for one interviewer who has not called by the agreed time; returns how many."""
    late = (
        select(Case, Appointment, Pool.person_id)
        .join(Pool, Pool.id == Case.pool_id)
        .join(Appointment, Appointment.case_id == Case.id)
        .where(
            Case.state == CaseState.READY,
            Pool.person_id.is_not(None),
            Appointment.kept_at.is_(None),
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
    """Write down which exact appointments have passed without a call; their cases stay first in the queue."""
    passed = (
        select(Appointment, Case, Campaign)
        .join(Case, Case.id == Appointment.case_id)
        .join(Campaign, Campaign.id == Case.campaign_id)
        .where(
            Appointment.kept_at.is_(None),
            Appointment.missed_at.is_(None),
            Appointment.kind == AppointmentKind.HARD,
            Appointment.starts_at < now - SHORTEST_GRACE,
            Case.state.in_((CaseState.READY, CaseState.WAITING)),
        )
        .order_by(Appointment.starts_at)
        .limit(BATCH)
        .with_for_update(of=Appointment, skip_locked=True)
    )
    missed = 0
    for booked, case, campaign in session.execute(passed).all():
        if booked.starts_at + timedelta(minutes=rules_of(session, campaign).appointments.late_minutes) >= now:
            continue
        booked.missed_at = now
        missed += 1
        note_step(
            session,
            case,
            "missed",
            actor="system",
            now=now,
            reason="Nobody called at the agreed time; the case stays first in the queue.",
            details={"starts_at": booked.starts_at.isoformat()},
        )
    session.flush()
    return missed
