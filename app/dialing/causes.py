"""Why there is no case for an interviewer: what keeps each of the campaign's open cases from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool, PoolCount
from app.dialing.routing import FULL_CELL, ServedPool
from app.languages.domain import Level, Match, Understanding, match_of
from app.languages.service import load_understanding
from app.staffing.service import skills_of

NOT_CERTIFIED: Final = "%(number)s cases are open, but you are not certified to interview in any lect yet."
KEPT_FOR_OTHERS: Final = "%(number)s cases are kept for another interviewer, whom the respondent asked for."
FOR_TRIAGE: Final = "%(number)s cases whose lect is not known for sure go to interviewers who tell lects apart."
FULL_MATCHES_ONLY: Final = "%(number)s cases go to full matches only, and you are a partial one."
OTHER_LECT: Final = "%(number)s cases need a lect that you do not interview in."
NOT_DUE: Final = "%(number)s cases wait for their time."
HELD: Final = "%(number)s cases are with an interviewer."
QUOTA_IS_FULL: Final = "%(number)s cases belong to a quota that is full."
OUTSIDE_HOURS: Final = "%(number)s cases may not be called at this hour."
REFUSED_YOU: Final = "%(number)s cases go to somebody else, because the respondent refused when you called."
BETTER_MATCH: Final = "%(number)s cases still wait for a better match."
TAKEN: Final = "%(number)s cases were ready a moment ago and have been taken."
# What lasts before what passes: the order in which they are told.
_IN_ORDER: Final = (
    NOT_CERTIFIED, KEPT_FOR_OTHERS, FOR_TRIAGE, FULL_MATCHES_ONLY, OTHER_LECT, REFUSED_YOU, QUOTA_IS_FULL,
    OUTSIDE_HOURS, NOT_DUE, BETTER_MATCH, HELD, TAKEN,
)  # fmt: skip

_NOT_IN_QUEUE: Final = {CaseState.WAITING: NOT_DUE, CaseState.HELD: HELD}
_COUNTS: Final = (
    select(PoolCount.state, PoolCount.number, Pool.id, Pool.lect, Pool.person_id)
    .join(Pool, Pool.id == PoolCount.pool_id)
    .where(Pool.campaign_id == bindparam("campaign_id"), PoolCount.number > 0)
)
# Asked where a claim has just found nothing to take: what is ready in these pools has then refused this interviewer,
# but for a few cases that others are taking. It reads as much as the claim did, along the same two indexes.
_BARRED_IN: Final = select(Case.pool_id, func.count()).where(
    Case.state == CaseState.READY, Case.barred_id == bindparam("person_id")
)
_BARRED: Final = union_all(
    _BARRED_IN.where(Case.pool_id.in_(bindparam("whole", expanding=True))).group_by(Case.pool_id),
    _BARRED_IN.where(Case.takes_partial, Case.pool_id.in_(bindparam("patient", expanding=True))).group_by(Case.pool_id),
)


@dataclass
class _Asker:
    """The interviewer who asks, with what it takes to say why a pool is not theirs."""

    session: Session
    person_id: int
    served: Mapping[int, ServedPool]

    @cached_property
    def skills(self) -> Mapping[str, Level]:
        return skills_of(self.session, self.person_id)

    @cached_property
    def understanding(self) -> Understanding:
        return load_understanding(self.session)

    @cached_property
    def barred(self) -> Mapping[int, int]:
        wanted: dict[str, object] = {"person_id": self.person_id}
        for name, is_patient in (("whole", False), ("patient", True)):
            reachable = (pool for pool in self.served.values() if pool.is_open and pool.only_patient == is_patient)
            wanted[name] = [pool.pool_id for pool in reachable]
        return dict(self.session.execute(_BARRED, wanted).all())

    def why_not_served(self, lect: str, kept_for: int | None) -> str:
        """Name what lasts: no hour and no count of minutes changes it."""
        if kept_for not in {None, self.person_id}:
            return KEPT_FOR_OTHERS
        if Level.INTERVIEWS not in self.skills.values():
            return NOT_CERTIFIED
        match = match_of(self.skills, lect, self.understanding)
        return {Match.UNKNOWN: FOR_TRIAGE, Match.PARTIAL: FULL_MATCHES_ONLY}.get(match, OTHER_LECT)

    def split_ready(self, pool: ServedPool, number: int) -> dict[str, int]:
        """Tell what keeps the ready cases of a pool that is theirs; those that refused them are barred for them."""
        if pool.need == FULL_CELL:
            return {QUOTA_IS_FULL: number}
        if not pool.is_open:
            return {OUTSIDE_HOURS: number}
        barred = min(self.barred.get(pool.pool_id, 0), number)
        return {REFUSED_YOU: barred, BETTER_MATCH if pool.only_patient else TAKEN: number - barred}


def why_nothing_is_due(
    session: Session, campaign_id: int, person_id: int, *, served: Sequence[ServedPool]
) -> dict[str, int]:
    """Count the campaign's open cases by what keeps them from this interviewer; an English gettext id for each cause.

    `served` are all the pools that the interviewer serves, also those that are shut.

    Cases are those of the last count of the pools, some seconds ago: counting them anew on every refusal would cost
    more than serving one. Each case counts once, for a cause that lasts before one that passes.
    """
    asker = _Asker(session, person_id, {pool.pool_id: pool for pool in served})
    causes: Counter[str] = Counter()
    for state, number, pool_id, lect, kept_for in session.execute(_COUNTS, {"campaign_id": campaign_id}):
        pool = asker.served.get(pool_id)
        if pool is None:
            causes[asker.why_not_served(lect, kept_for)] += number
        elif state != CaseState.READY:
            causes[_NOT_IN_QUEUE[CaseState(state)]] += number
        else:
            causes.update(asker.split_ready(pool, number))
    return {cause: causes[cause] for cause in _IN_ORDER if causes[cause]}
