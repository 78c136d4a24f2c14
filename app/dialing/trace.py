"""The decision trace: every step of a case's life with the rule behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import append
from app.dialing.domain import Arm, Priority
from app.dialing.models import Case, CaseEvent
from app.dialing.routing import ServedPool
from app.dialing.score import LEVEL_STEP

_WHY: Final = {
    Priority.SUPERVISOR: "A supervisor asked for it to be called now.",
    Priority.HARD_APPOINTMENT: "An appointment for an exact time is due.",
    Priority.STARTED: "Its interview has been started and can go on.",
    Priority.MEDIUM_APPOINTMENT: "An appointment for this part of the day is due.",
    Priority.SOFT_APPOINTMENT: "The respondent prefers this time.",
    Priority.SCORED: "It has the best score among the cases that this interviewer serves.",
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


def why_served(case: Case, pool: ServedPool) -> str:
    """Name the rule that put this case first for this interviewer; an English gettext id."""
    if pool.arm == Arm.RANDOM:
        return "It is served without regard to lect, so that the effect of matching can be measured."
    return _WHY[Priority(case.priority // LEVEL_STEP)]


def served_details(case: Case, pool: ServedPool) -> dict[str, object]:
    """Return the figures behind a claim: why this case, and why this interviewer."""
    return {
        "lect": pool.lect,
        "match": pool.match,
        "arm": pool.arm,
        "after_patience": pool.only_patient,
        "priority": case.priority,
        "quota_need": pool.need,
        "due_at": case.due_at.isoformat(),
    }


def steps_of(session: Session, case_id: int) -> list[CaseEvent]:
    """Return a case's steps, the oldest first."""
    return list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)))
