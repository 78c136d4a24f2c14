"""Weigh the cases that become due, lect by lect and hour by hour, against the interviewers who are rostered. Pure."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.dialing.domain import NOT_A_LECT
from app.languages.domain import Level, Match, Understanding, match_of

# Attempts of one interviewer in an hour as long as the campaign has not shown its own: a start value of ours for
# dialling by hand, with a preview, half of the calls unanswered and every tenth an interview of a quarter of an hour.
USUAL_PACE: Final = 12.0
NEAR_NOTHING: Final = 1e-9


@dataclass(frozen=True)
class Span:
    """A column of the table: [starts_at, ends_at).

    `open_hours` are its hours in which calls are allowed, by time zone; `windows` the stretches of it in which somebody
    somewhere may be called.
    """

    starts_at: datetime
    ends_at: datetime
    open_hours: Mapping[str, float]
    windows: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class Backlog:
    """Cases of one lect and zone that may be called from `due_at` on, at no agreed time; a mean where expected."""

    lect: str
    time_zone: str
    due_at: datetime
    cases: float


@dataclass(frozen=True)
class Speaker:
    """An interviewer of the campaign, with the shifts that touch the table."""

    person_id: int
    levels: Mapping[str, Level]
    does_triage: bool
    shifts: tuple[tuple[datetime, datetime], ...] = ()


class Gap(StrEnum):
    """Why the cases of a lect find nobody."""

    NOBODY_CERTIFIED = "nobody_certified"  # no interviewer of the campaign is a full match, on duty or not
    NOBODY_ROSTERED = "nobody_rostered"  # some are, and none of them has a shift in these hours
    TOO_FEW_HOURS = "too_few_hours"  # some are on duty, for fewer hours than the cases need


@dataclass(frozen=True)
class LectSpan:
    """One cell: cases due by appointment and from the backlog, and the interviewers on duty at some time of it."""

    appointments: int
    backlog: float
    full: int
    partial: int

    @property
    def due(self) -> float:
        """Cases to be called, a mean where the backlog is spread."""
        return self.appointments + self.backlog


@dataclass(frozen=True)
class Staffing:
    """How a lect is provided for; hours are interviewer hours of full matches within the calling hours."""

    certified: int
    hours_rostered: float
    hours_needed: float
    hours_missing: float
    gap: Gap | None


def match_for(speaker: Speaker, lect: str, understanding: Understanding, *, anyone_unknown: bool) -> Match:
    """Say how well somebody serves a lect; calls of no known lect are served in full by whoever may take them."""
    if Level.INTERVIEWS not in speaker.levels.values():
        return Match.NONE
    takes_unknown = anyone_unknown or speaker.does_triage
    if lect in NOT_A_LECT:
        return Match.FULL if takes_unknown else Match.NONE
    match = match_of(speaker.levels, lect, understanding)
    if match is Match.UNKNOWN:
        return Match.PARTIAL if takes_unknown else Match.NONE
    return match


def spread(backlog: Iterable[Backlog], spans: Sequence[Span]) -> dict[str, list[float]]:
    """Spread each lect's backlog evenly over the callable hours from its due time on; a list by span for each lect.

    Cases due after the last span are left out. What no later span may call waits in the last one, so that it
    is seen.
    """
    due: dict[str, list[float]] = {}
    for part in backlog:
        places = due.setdefault(part.lect, [0.0] * len(spans))
        first = next((i for i, span in enumerate(spans) if part.due_at < span.ends_at), None)
        if first is None:
            continue
        hours = [span.open_hours.get(part.time_zone, 0.0) for span in spans[first:]]
        total = sum(hours)
        if total <= 0:
            places[-1] += part.cases
            continue
        for i, share in enumerate(hours, first):
            places[i] += part.cases * share / total
    return due


def on_duty(speaker: Speaker, starts_at: datetime, ends_at: datetime) -> timedelta:
    """Return how long somebody works within [starts_at, ends_at)."""
    parts = (min(end, ends_at) - max(start, starts_at) for start, end in speaker.shifts)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))


def hours_of(speaker: Speaker, spans: Iterable[Span]) -> float:
    """Return the hours of somebody's shifts in which calls may be made."""
    worked = (on_duty(speaker, start, end) for span in spans for start, end in span.windows)
    return sum(worked, timedelta(0)) / timedelta(hours=1)


def share_out(supply: Mapping[frozenset[str], float], wanted: Mapping[str, float]) -> dict[str, float]:
    """Give every lect as many hours as can be had when each hour is worked in one lect only.

    `supply` holds the hours of people by the lects they interview in, `wanted` the hours by lect. The sum that is
    given is the largest possible: a maximum flow by shortest augmenting paths (Edmonds & Karp 1972), so whoever
    speaks two lects is never counted twice and goes where nobody else can. The lects with the fewest hours on
    offer are served first, which takes nothing from the sum: what a lect has got, later paths never take away.
    """
    flow = _Flow(dict(supply), dict(wanted))
    offered = {lect: sum(hours for group, hours in supply.items() if lect in group) for lect in wanted}
    for lect in sorted(wanted, key=lambda one: (offered[one], one)):
        while flow.push(lect):
            pass
    return {lect: hours - flow.lacking[lect] for lect, hours in wanted.items()}


@dataclass
class _Flow:
    """Hours not yet given away, hours still lacking, and what is given so far by group and lect."""

    left: dict[frozenset[str], float]
    lacking: dict[str, float]
    given: dict[tuple[frozenset[str], str], float] = field(default_factory=dict)

    def push(self, wanted: str) -> bool:
        """Move hours to a lect along one shortest path; False when it has all or nothing more can be had."""
        if self.lacking[wanted] <= NEAR_NOTHING:
            return False
        reached: dict[str, frozenset[str]] = {}
        freed: dict[frozenset[str], str] = {}
        waiting = deque(group for group in sorted(self.left, key=_few_first) if self.left[group] > NEAR_NOTHING)
        seen = set(waiting)
        while waiting:
            group = waiting.popleft()
            for lect in sorted(group & self.lacking.keys() - reached.keys()):
                reached[lect] = group
                if lect == wanted:
                    self._move(lect, reached, freed)
                    return True
                for other in sorted(self._givers(lect) - seen, key=_few_first):
                    freed[other] = lect
                    seen.add(other)
                    waiting.append(other)
        return False

    def _givers(self, lect: str) -> set[frozenset[str]]:
        return {group for (group, to), hours in self.given.items() if to == lect and hours > NEAR_NOTHING}

    def _move(self, last: str, reached: Mapping[str, frozenset[str]], freed: Mapping[frozenset[str], str]) -> None:
        gives, returns = [(reached[last], last)], []
        while (lect := freed.get(gives[-1][0])) is not None:
            returns.append((gives[-1][0], lect))
            gives.append((reached[lect], lect))
        source = gives[-1][0]
        amount = min(self.left[source], self.lacking[last], *(self.given[pair] for pair in returns))
        self.left[source] -= amount
        self.lacking[last] -= amount
        for pair in gives:
            self.given[pair] = self.given.get(pair, 0.0) + amount
        for pair in returns:
            self.given[pair] -= amount


def _few_first(group: frozenset[str]) -> tuple[int, list[str]]:
    """People of one lect before those of several; then by name, so that the result never wavers."""
    return len(group), sorted(group)


@dataclass(frozen=True)
class Field:
    """What a table is made from: its columns, the interviewers of the campaign, and the rules they work under."""

    spans: Sequence[Span]
    speakers: Sequence[Speaker]
    understanding: Understanding
    pace: float = USUAL_PACE
    anyone_unknown: bool = True
    serves_partial: bool = True

    def match(self, speaker: Speaker, lect: str) -> Match:
        """Return the match under the campaign's rules; where they allow no partial one, it is none."""
        match = match_for(speaker, lect, self.understanding, anyone_unknown=self.anyone_unknown)
        return Match.NONE if match is Match.PARTIAL and not self.serves_partial else match

    def cells(self, lect: str, backlog: Sequence[float], times: Collection[datetime]) -> tuple[LectSpan, ...]:
        """Return one lect's row of the table; `times` are those of its appointments."""
        matches = [(speaker, self.match(speaker, lect)) for speaker in self.speakers]
        return tuple(
            LectSpan(
                sum(span.starts_at <= at < span.ends_at for at in times),
                backlog[i],
                _count(matches, Match.FULL, span),
                _count(matches, Match.PARTIAL, span),
            )
            for i, span in enumerate(self.spans)
        )

    def staffing(self, due: Mapping[str, float], must: Mapping[str, float]) -> dict[str, Staffing]:
        """Weigh each lect's due cases against the hours of its full matches, each hour used once.

        `must` are the cases that have to be called in this time, for which hours may be missing. They are taken as
        callable whenever a speaker is on duty, so it tells of a shortage that no other distribution over the time
        would mend. One attempt for each due case.
        """
        needed = {lect: must[lect] / self.pace for lect in due}
        full = {lect: [one for one in self.speakers if self.match(one, lect) is Match.FULL] for lect in due}
        hours = {speaker.person_id: hours_of(speaker, self.spans) for speaker in self.speakers}
        supply: dict[frozenset[str], float] = {}
        for speaker in self.speakers:
            group = frozenset(lect for lect in due if speaker in full[lect])
            supply[group] = supply.get(group, 0.0) + hours[speaker.person_id]
        given = share_out(supply, needed)
        staffing = {}
        for lect, speakers in full.items():
            rostered = sum(hours[speaker.person_id] for speaker in speakers)
            missing = needed[lect] - given[lect]
            missing = missing if missing > NEAR_NOTHING else 0.0
            gap = gap_of(len(speakers), rostered, missing)
            staffing[lect] = Staffing(len(speakers), rostered, due[lect] / self.pace, missing, gap)
        return staffing


def gap_of(certified: int, hours_rostered: float, hours_missing: float) -> Gap | None:
    """Name what is missing, the gravest first; None where everything is provided for."""
    if certified == 0:
        return Gap.NOBODY_CERTIFIED
    if hours_rostered <= 0:
        return Gap.NOBODY_ROSTERED
    return Gap.TOO_FEW_HOURS if hours_missing > 0 else None


def _count(matches: Collection[tuple[Speaker, Match]], wanted: Match, span: Span) -> int:
    return sum(
        match is wanted and on_duty(speaker, span.starts_at, span.ends_at) > timedelta(0) for speaker, match in matches
    )
