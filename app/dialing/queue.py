"""Hand interviewers the next case, at a cost that does not grow with the sample."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Fault
from app.dialing.claim import claim
from app.dialing.domain import LEASE, CaseState
from app.dialing.models import Case, Pool, PoolCount
from app.dialing.routing import FULL_CELL, ServedPool, pools_served_by

_NOT_IN_QUEUE: Final = {
    CaseState.WAITING: "%(number)s cases wait for their time.",
    CaseState.HELD: "%(number)s cases are with an interviewer.",
}
_COUNTS: Final = (
    select(PoolCount.pool_id, PoolCount.state, PoolCount.number)
    .join(Pool, Pool.id == PoolCount.pool_id)
    .where(Pool.campaign_id == bindparam("campaign_id"), PoolCount.number > 0)
)


class NoCaseDueError(ConflictError):
    """There is no case for you at the moment."""

    def __init__(self, causes: dict[str, int]) -> None:
        super().__init__(
            faults=tuple(Fault("queue", cause, (("number", str(number)),)) for cause, number in causes.items())
        )
        self.causes = causes  # English gettext id -> how many cases it holds back


def take_next_case(session: Session, campaign_id: int, person_id: int, *, now: datetime) -> int:
    """Give the best ready case to this interviewer, under a lease, and return its id; no other can get it too.

    Order: level of priority, then match, then score with the pool's quota need, then due time, then id.
    Raises NoCaseDueError with the causes counted.
    """
    case_id = claim(session, pools_served_by(session, person_id, campaign_id), person_id, now=now)
    if case_id is None:
        served = pools_served_by(session, person_id, campaign_id, also_shut=True)
        raise NoCaseDueError(why_nothing_is_due(session, campaign_id, served))
    return case_id


def why_nothing_is_due(session: Session, campaign_id: int, served: Sequence[ServedPool]) -> dict[str, int]:
    """Tell what keeps the campaign's open cases from this interviewer, by the last count of the pools.

    Counting the cases themselves on every refusal would cost more than serving one.
    """
    causes: Counter[str] = Counter()
    pools = {pool.pool_id: pool for pool in served}
    for pool_id, state, number in session.execute(_COUNTS, {"campaign_id": campaign_id}):
        causes[_cause(pools.get(pool_id), CaseState(state))] += number
    return dict(causes)


def _cause(pool: ServedPool | None, state: CaseState) -> str:
    if pool is None:
        return "%(number)s cases need a lect that you do not interview in."
    if state != CaseState.READY:
        return _NOT_IN_QUEUE[state]
    if pool.need == FULL_CELL:
        return "%(number)s cases belong to a quota that is full."
    if not pool.is_open:
        return "%(number)s cases may not be called at this hour."
    if pool.only_patient:
        return "%(number)s cases still wait for a better match."
    return "%(number)s cases were ready a moment ago and have been taken."


def renew_lease(session: Session, case: Case, *, now: datetime) -> None:
    """Keep a case with the interviewer who is working on it; written once in half a lease at most."""
    if case.lease_until is None or case.lease_until < now + LEASE / 2:
        case.lease_until = now + LEASE
        session.flush()
