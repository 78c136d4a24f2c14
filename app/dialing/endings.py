"""Close cases with their right final outcome: one, or many at once where a field or a lect is given up."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.campaigns.domain import OutcomeGroup
from app.campaigns.models import Outcome
from app.campaigns.outcomes import NOT_ATTEMPTED
from app.dialing.appointments import supersede_open
from app.dialing.domain import CaseState, final_outcome
from app.dialing.models import Attempt, Case, CaseEvent, Pool
from app.languages.domain import Match

STILL_OPEN: Final = (CaseState.READY, CaseState.WAITING)
_CODED: Final = (
    select(Attempt.case_id, Outcome.code, Outcome.group, Attempt.requested_at, Attempt.match)
    .join(Outcome, (Outcome.campaign_id == Attempt.campaign_id) & (Outcome.code == Attempt.outcome))
    .order_by(Attempt.id)
)
_OF_CASE: Final = _CODED.where(Attempt.case_id == bindparam("case_id"))


@dataclass(frozen=True)
class CodedCall:
    """One coded call, as far as the end of its case depends on it."""

    outcome: str
    group: OutcomeGroup
    at: datetime
    match: Match


@dataclass(frozen=True)
class OpenCase:
    """A case to be closed, locked: where it waits, and its coded calls in their order."""

    id: int
    lect: str
    arm: str
    person_id: int | None
    calls: Sequence[CodedCall] = field(default_factory=tuple)

    @property
    def history(self) -> list[tuple[str, OutcomeGroup]]:
        """What the final outcome is chosen from."""
        return [(call.outcome, call.group) for call in self.calls]


@dataclass(frozen=True)
class Ending:
    """What a case ends with, and the rule behind it; `reason` is an English gettext id."""

    case_id: int
    outcome: str
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)


def final_code_of(session: Session, case: Case) -> str:
    """Return the final outcome of a case that closes now, by all of its coded calls."""
    rows = session.execute(_OF_CASE, {"case_id": case.id}).all()
    return final_outcome([(row.code, OutcomeGroup(row.group)) for row in rows]) if rows else NOT_ATTEMPTED


def lock_open_cases(session: Session, wanted: Select[int, str, str, int | None]) -> list[OpenCase]:
    """Lock the cases of a statement made by `open_cases`; those that somebody else works on are passed over."""
    rows = session.execute(wanted.with_for_update(of=Case, skip_locked=True)).all()
    calls = calls_of(session, [case_id for case_id, *_ in rows])
    return [OpenCase(*row, calls=calls.get(row[0], ())) for row in rows]


def open_cases(campaign_id: int, *, limit: int) -> Select[int, str, str, int | None]:
    """Select some of a campaign's cases that are neither closed nor on a screen, to be narrowed further."""
    return (
        select(Case.id, Pool.lect, Pool.arm, Pool.person_id)
        .join(Pool, Pool.id == Case.pool_id)
        .where(Case.campaign_id == campaign_id, Case.state.in_(STILL_OPEN))
        .limit(limit)
    )


def close_cases(
    session: Session, endings: Collection[Ending], *, actor: str, closure_id: int | None = None, now: datetime
) -> None:
    """Close locked cases, each with its outcome and a step in its trace; open appointments end with them."""
    by_outcome: defaultdict[str, list[int]] = defaultdict(list)
    for ending in endings:
        by_outcome[ending.outcome].append(ending.case_id)
    for outcome, case_ids in by_outcome.items():
        closed = update(Case).where(Case.id.in_(case_ids))
        session.execute(closed.values(state=CaseState.CLOSED, outcome=outcome, closed_at=now, closure_id=closure_id))
    if endings:
        session.execute(insert(CaseEvent), [_step(ending, actor=actor, now=now) for ending in endings])
        supersede_open(session, [ending.case_id for ending in endings], now=now)


def calls_of(session: Session, case_ids: Collection[int]) -> Mapping[int, list[CodedCall]]:
    """Return the coded calls of many cases, each in their order; cases without any are left out."""
    calls: defaultdict[int, list[CodedCall]] = defaultdict(list)
    for case_id, code, group, at, match in session.execute(_CODED.where(Attempt.case_id.in_(case_ids))):
        calls[case_id].append(CodedCall(code, OutcomeGroup(group), at, Match(match)))
    return calls


def _step(ending: Ending, *, actor: str, now: datetime) -> dict[str, object]:
    return {
        "case_id": ending.case_id,
        "at": now,
        "actor": actor,
        "kind": "closed",
        "state": CaseState.CLOSED,
        "reason": ending.reason,
        "details": {"outcome": ending.outcome, **ending.details},
    }
