"""The decision trace: every step of a case's life with the rule behind it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import append
from app.dialing.models import Case, CaseEvent


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
