"""Equal effort: whether the cases of every lect get as many calls, at as good times, as the campaign's others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.domain import WEEKDAYS
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Slice
from app.dialing.effort_counts import count_effort
from app.languages.models import Lect

# The ratio is the four-fifths rule by which unequal treatment is suspected in hiring (29 CFR 1607.4 D); that it
# serves here too, and the least numbers, are our own judgement.
FOUR_FIFTHS: Final = 0.8
LEAST_CASES: Final = 30
# Pearson's chi-square at 1 %, by degrees of freedom from 1; used where every expected count is 5 or more (Cochran
# 1954). With many calls any difference is significant, so at least a tenth of them must lie in other slices too.
CRITICAL: Final = (6.635, 9.210, 11.345, 13.277, 15.086, 16.812, 18.475, 20.090, 21.666, 23.209)
LEAST_EXPECTED: Final = 5
LEAST_SHIFTED: Final = 0.1
EVENING: Final = time(17)  # BRFSS: weeknights begin at 17:00


class Inequality(StrEnum):
    """In what a group is worse off."""

    FEWER_TRIES = "fewer_tries"  # under four fifths of the campaign's tries per case
    OTHER_TIMES = "other_times"  # its tries lie in other time slices than those of the others


@dataclass(frozen=True)
class Tally:
    """What was done for one lect's cases; `slices` counts tries (dials that rang) by time slice.

    `unfinished` are the cases without a complete interview, open or closed, and `tries` theirs alone: whoever
    answers early needs few. `median_wait_hours` is the median over all cases of the time until the first dial, or
    until now without one, each rounded to a tenth of an hour.
    """

    lect: str
    cases: int
    completes: int
    never_tried: int
    tries: int
    median_wait_hours: float
    slices: Mapping[str, int] = field(default_factory=dict)

    @property
    def unfinished(self) -> int:
        """Cases without a complete interview."""
        return self.cases - self.completes

    @property
    def tries_per_case(self) -> float:
        """Mean tries of the unfinished cases."""
        return self.tries / self.unfinished if self.unfinished else 0.0

    @property
    def all_tries(self) -> int:
        """Tries of all cases, also the complete ones."""
        return sum(self.slices.values())


@dataclass(frozen=True)
class GroupEffort:
    """One lect's effort; `evening_share` and `slice_shares` are shares of its tries."""

    lect: str
    name_zh: str
    name_en: str
    cases: int
    completes: int
    tries_per_case: float
    never_tried_share: float
    median_wait_hours: float
    evening_share: float
    slice_shares: dict[str, float]
    inequalities: tuple[Inequality, ...]


@dataclass(frozen=True)
class Effort:
    """A campaign's effort by lect, beside that of all its cases."""

    tries_per_case: float
    evening_share: float
    groups: tuple[GroupEffort, ...]

    @property
    def unequal(self) -> tuple[GroupEffort, ...]:
        """The groups that are worse off."""
        return tuple(group for group in self.groups if group.inequalities)


def effort_of(session: Session, campaign: Campaign, *, now: datetime) -> Effort:
    """Compare what is done for each lect's cases with the campaign's; cases of the random arm stay out.

    A case belongs to the lect it waits for now. Every attempt of the campaign is counted, in the database and a batch
    of cases at a time: for a page that a person opens, not for a screen that refreshes itself.
    """
    evenings = {part.name for part in rules_of(session, campaign).slices if is_evening(part)}
    tallies = _tallies(session, campaign, now=now)
    names = {lect.tag: lect for lect in session.scalars(select(Lect).where(Lect.tag.in_([t.lect for t in tallies])))}
    whole = total_of(tallies)
    groups = [_group(tally, tallies, lect=names[tally.lect], evenings=evenings) for tally in tallies]
    return Effort(whole.tries_per_case, evening_share(whole, evenings), tuple(groups))


def is_evening(part: Slice) -> bool:
    """Tell whether a time slice lies outside weekday office hours, when most people can be reached.

    Weekday evenings and weekends are best for first and second calls (Weeks, Kulka & Pierson 1987).
    """
    weekdays = part.hours.days[: WEEKDAYS.index("saturday")]
    return all(window.start >= EVENING for day in weekdays for window in day)


def evening_share(tally: Tally, evenings: set[str]) -> float:
    """Return the share of the tries that lay in evening and weekend slices."""
    return sum(tally.slices.get(name, 0) for name in evenings) / tally.all_tries if tally.all_tries else 0.0


def total_of(tallies: Sequence[Tally]) -> Tally:
    """Add all groups up; waits do not add."""
    slices: dict[str, int] = {}
    for tally in tallies:
        for name, tries in tally.slices.items():
            slices[name] = slices.get(name, 0) + tries
    return Tally(
        "",
        sum(tally.cases for tally in tallies),
        sum(tally.completes for tally in tallies),
        sum(tally.never_tried for tally in tallies),
        sum(tally.tries for tally in tallies),
        0.0,
        slices,
    )


def inequalities_of(tally: Tally, tallies: Sequence[Tally]) -> tuple[Inequality, ...]:
    """Say in what a group is worse off than the campaign; small groups are not judged."""
    found = []
    if tally.unfinished >= LEAST_CASES and tally.tries_per_case < FOUR_FIFTHS * total_of(tallies).tries_per_case:
        found.append(Inequality.FEWER_TRIES)
    others = total_of([other for other in tallies if other is not tally])
    if slices_differ(tally.slices, others.slices):
        found.append(Inequality.OTHER_TIMES)
    return tuple(found)


def slices_differ(mine: Mapping[str, int], theirs: Mapping[str, int]) -> bool:
    """Tell whether two distributions over time slices differ beyond chance and by as much as matters.

    Slices too rare to be judged alone are taken together.
    """
    totals = sum(mine.values()), sum(theirs.values())
    if not all(totals):
        return False
    pairs = _judged(mine, theirs, least=LEAST_EXPECTED * sum(totals) / min(totals))
    if not 1 < len(pairs) <= len(CRITICAL) + 1:
        return False
    chi_square = sum(
        (count - expected) ** 2 / expected
        for pair in pairs
        for count, total in zip(pair, totals, strict=True)
        for expected in [sum(pair) * total / sum(totals)]
    )
    shifted = sum(abs(own / totals[0] - other / totals[1]) for own, other in pairs) / 2
    return chi_square > CRITICAL[len(pairs) - 2] and shifted >= LEAST_SHIFTED


def _judged(mine: Mapping[str, int], theirs: Mapping[str, int], *, least: float) -> list[tuple[int, int]]:
    """Return the two counts of each slice that has `least` tries or more, and those of the rest in one, if enough."""
    pairs = [(mine.get(name, 0), theirs.get(name, 0)) for name in sorted(mine.keys() | theirs.keys())]
    common = [pair for pair in pairs if sum(pair) >= least]
    rare = [pair for pair in pairs if sum(pair) < least]
    rest = sum(own for own, _ in rare), sum(other for _, other in rare)
    return [*common, rest] if sum(rest) >= least else common


def _group(tally: Tally, tallies: Sequence[Tally], *, lect: Lect, evenings: set[str]) -> GroupEffort:
    return GroupEffort(
        lect=tally.lect,
        name_zh=lect.name_zh,
        name_en=lect.name_en,
        cases=tally.cases,
        completes=tally.completes,
        tries_per_case=tally.tries_per_case,
        never_tried_share=tally.never_tried / tally.cases if tally.cases else 0.0,
        median_wait_hours=tally.median_wait_hours,
        evening_share=evening_share(tally, evenings),
        slice_shares={name: tries / tally.all_tries for name, tries in tally.slices.items()},
        inequalities=inequalities_of(tally, tallies),
    )


def _tallies(session: Session, campaign: Campaign, *, now: datetime) -> list[Tally]:
    """Count, the largest group first."""
    tallies = [
        Tally(
            lect,
            cases=counted.cases,
            completes=counted.completes,
            never_tried=counted.never_tried,
            tries=counted.tries,
            median_wait_hours=counted.median_wait_hours,
            slices=dict(counted.slices),
        )
        for lect, counted in count_effort(session, campaign, now=now).items()
    ]
    return sorted(tallies, key=lambda tally: (-tally.cases, tally.lect))
