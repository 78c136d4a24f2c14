"""Count what was done for the cases of every lect, a batch of cases at a time.

A statement over all attempts of a campaign holds its snapshot for as long as it runs, and every claim meanwhile walks
over what was changed since; see docs/performance.md. Each batch is a statement of its own, and what it comes to is
added up here, so cases that change while it is counted may be taken as they were or as they are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, cast, func, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.outcomes import COMPLETE
from app.dialing.case_list import end_of_page
from app.dialing.domain import Arm
from app.dialing.models import Attempt, Case, Pool
from app.sampling.models import SampleImport, SampleUnit

BATCH: Final = 20_000  # cases
WAIT_SECONDS: Final = 360  # waits are told apart by tenths of an hour, as they are shown
SECONDS_IN_HOUR: Final = 3_600
_IN_BATCH: Final = (Case.id > bindparam("after")) & (Case.id <= bindparam("until"))
_RANG: Final = (Attempt.rang_at.is_not(None)) | (Attempt.answered_at.is_not(None))
_TRIES: Final = (
    select(
        Pool.lect,
        Attempt.time_slice,
        func.count(),
        func.count().filter(Case.outcome.is_distinct_from(COMPLETE)),
    )
    .join(Case, Case.id == Attempt.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .where(
        Attempt.case_id > bindparam("after"),
        Attempt.case_id <= bindparam("until"),
        Attempt.campaign_id == bindparam("campaign_id"),
        Pool.arm == Arm.MATCHED,
        _RANG,
    )
    .group_by(Pool.lect, Attempt.time_slice)
)
_FIRST_DIAL: Final = (
    select(Attempt.case_id, func.min(Attempt.requested_at).label("at"))
    .where(Attempt.case_id > bindparam("after"), Attempt.case_id <= bindparam("until"))
    .group_by(Attempt.case_id)
    .subquery()
)
_WAITED: Final = func.extract(
    "epoch",
    func.coalesce(_FIRST_DIAL.c.at, bindparam("now")) - func.greatest(bindparam("opened_at"), SampleImport.imported_at),
)
_STEPS: Final = cast(func.floor(_WAITED / WAIT_SECONDS + 0.5), Integer)
_CASES: Final = (
    select(
        Pool.lect,
        _STEPS.label("steps"),
        func.count(),
        func.count().filter(Case.outcome == COMPLETE),
        func.count().filter(_FIRST_DIAL.c.at.is_(None)),
    )
    .select_from(Case)
    .join(Pool, Pool.id == Case.pool_id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .join(SampleImport, SampleImport.id == SampleUnit.import_id)
    .outerjoin(_FIRST_DIAL, _FIRST_DIAL.c.case_id == Case.id)
    .where(Case.campaign_id == bindparam("campaign_id"), _IN_BATCH, Pool.arm == Arm.MATCHED)
    .group_by(Pool.lect, "steps")
)


@dataclass
class LectCounts:
    """What was done for one lect's cases; `tries` are those of the cases without a complete interview.

    `waits` counts the cases by the tenths of an hour until their first dial, or until now without one.
    """

    cases: int = 0
    completes: int = 0
    never_tried: int = 0
    tries: int = 0
    waits: Counter[int] = field(default_factory=Counter)
    slices: Counter[str] = field(default_factory=Counter)

    @property
    def median_wait_hours(self) -> float:
        """The wait that half of the cases stay under, rounded to a tenth of an hour each."""
        return median_of(self.waits) * WAIT_SECONDS / SECONDS_IN_HOUR


def count_effort(session: Session, campaign: Campaign, *, now: datetime, batch: int = BATCH) -> dict[str, LectCounts]:
    """Count by lect the cases that are given out by lect; those of the random arm stay out."""
    counts: dict[str, LectCounts] = {}
    since = {"campaign_id": campaign.id, "now": now, "opened_at": campaign.opened_at or campaign.created_at}
    for after, until in _batches(session, campaign.id, batch):
        bounds = {**since, "after": after, "until": until}
        for lect, steps, cases, completes, never_tried in session.execute(_CASES, bounds):
            one = counts.setdefault(lect, LectCounts())
            one.cases += cases
            one.completes += completes
            one.never_tried += never_tried
            one.waits[steps] += cases
        for lect, name, of_all, of_unfinished in session.execute(_TRIES, bounds):
            one = counts.setdefault(lect, LectCounts())
            one.slices[name or ""] += of_all
            one.tries += of_unfinished
    return counts


def median_of(counts: Mapping[int, int]) -> float:
    """Return the median of values that are given with how often each occurs; 0 of none."""
    total = sum(counts.values())
    if not total:
        return 0.0
    middle = {(total - 1) // 2, total // 2}
    found, passed = [], 0
    for value in sorted(counts):
        found += [value for place in middle if passed <= place < passed + counts[value]]
        passed += counts[value]
    return sum(found) / len(found)


def _batches(session: Session, campaign_id: int, batch: int) -> Iterator[tuple[int, int]]:
    """Yield the ids between which the next cases lie, the first excluded and the last included."""
    after = 0
    while (until := end_of_page(session, campaign_id, after=after, limit=batch)) is not None:
        yield after, until
        after = until
