"""The decision trace: every step of a case's life with the rule behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import append
from app.dialing.domain import Arm, Priority
from app.dialing.models import Case, CaseEvent

# Why a case is served, by the level of its priority; English gettext ids.
SERVED_BY_LEVEL: Final = {
    Priority.SUPERVISOR: "A supervisor asked for it to be called now.",
    Priority.HARD_APPOINTMENT: "An appointment for an exact time is due.",
    Priority.STARTED: "Its interview has been started and can go on.",
    Priority.MEDIUM_APPOINTMENT: "An appointment for this part of the day is due.",
    Priority.SOFT_APPOINTMENT: "The respondent prefers this time.",
    Priority.SCORED: "It has the best score among the cases that this interviewer serves.",
}
# What puts a pool's cases first whatever their level.
SERVED_BY_ARM: Final = {
    Arm.RANDOM: "It is served without regard to lect, so that the effect of matching can be measured.",
}


def note_step(
    session: Session,
    case: Case,
    kind: str,
    *,
    actor: str,
    reason: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append one step; `reason` is an English gettext id, `details` the figures the rule looked at."""
    append(
        session,
        CaseEvent,
        case_id=case.id,
        at=now,
        actor=actor,
        kind=kind,
        state=case.state,
        reason=reason,
        details=dict(details or {}),
    )


def steps_of(session: Session, case_id: int) -> list[CaseEvent]:
    """Return a case's steps, the oldest first."""
    return list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)))
