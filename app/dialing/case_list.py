"""List the cases of a campaign, a page at a time, without anything that tells who the respondent is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.sampling.models import SampleUnit


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; None and empty for all."""

    state: CaseState | None = None
    lect: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class CaseRow:
    """One case of a list."""

    id: int
    state: CaseState
    lect: str
    time_zone: str
    arm: str
    place: str
    due_at: datetime
    attempts_counted: int
    priority: int
    outcome: str | None
    closed_at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """A page of cases in the order of their ids, and whether there are more behind the last one."""

    rows: Sequence[CaseRow]
    has_more: bool


def list_cases(session: Session, campaign_id: int, wanted: CaseFilter, *, after: int, limit: int) -> CasePage:
    """Return the cases behind id `after`, by key: a page costs the same however far back it is."""
    statement = (
        select(
            Case.id,
            Case.state,
            Pool.lect,
            Pool.time_zone,
            Pool.arm,
            SampleUnit.place_name.label("place"),
            Case.due_at,
            Case.attempts_counted,
            Case.priority,
            Case.outcome,
            Case.closed_at,
        )
        .join(Pool, Pool.id == Case.pool_id)
        .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
        .where(Case.campaign_id == campaign_id, Case.id > after)
        .order_by(Case.id)
        .limit(limit + 1)
    )
    if wanted.state is not None:
        statement = statement.where(Case.state == wanted.state)
    if wanted.lect:
        statement = statement.where(Pool.lect == wanted.lect)
    if wanted.outcome:
        statement = statement.where(Case.outcome == wanted.outcome)
    rows = [CaseRow(**{**row, "state": CaseState(row["state"])}) for row in session.execute(statement).mappings()]
    return CasePage(rows[:limit], len(rows) > limit)


def lects_waited_for(session: Session, campaign_id: int) -> list[str]:
    """Return the lects that the campaign's pools are of, for a filter."""
    return list(
        session.scalars(select(Pool.lect).where(Pool.campaign_id == campaign_id).distinct().order_by(Pool.lect))
    )
