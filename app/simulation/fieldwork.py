"""Fieldwork as a discrete-event loop: interviewers take cases, call, code, and the rules say what is next.

No database and no waiting. What decides is what the product runs: rules, treatment, score, guess, match and quotas.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.campaigns.outcomes import COMPLETE, OVER_QUOTA
from app.dialing.domain import CaseState
from app.interviewing.played import IDLE_SECONDS
from app.quotas.domain import CellCount
from app.quotas.plans import QuotaPlan
from app.simulation.call import Call, CallReport, SeatWanted, Steps, World
from app.simulation.cases import SimulatedCase
from app.simulation.casework import Casework
from app.simulation.queue import Queue
from app.simulation.sample import Sampled
from app.simulation.seats import Needs, SeatBook
from app.simulation.workers import Shift, Worker

IDLE: Final = timedelta(seconds=IDLE_SECONDS)


@dataclass(frozen=True)
class Served:
    """One case that an interviewer was given, with what came of it."""

    at: datetime
    case_id: int
    worker: int
    report: CallReport


@dataclass(frozen=True)
class StandingCell:
    """A quota cell as it stands in the end, by the name of its quota."""

    quota: str
    count: CellCount


@dataclass
class Fieldwork:
    """What a run left behind; the seconds are interviewers' own."""

    cases: tuple[SimulatedCase, ...]
    served: list[Served] = field(default_factory=list)
    desk_seconds: float = 0.0
    call_seconds: float = 0.0
    cells: tuple[StandingCell, ...] = ()


@dataclass
class _UnderWay:
    """A call that somebody holds, and what it comes to next."""

    case: SimulatedCase
    taken_at: datetime
    steps: Steps
    stands_at: SeatWanted | CallReport | None = None


@dataclass
class _Desk:
    """An interviewer's desk, with the shifts to come."""

    worker: Worker
    pace: Random
    shifts: deque[Shift]
    call: _UnderWay | None = None

    def shift_at(self, now: datetime) -> Shift | None:
        """Return the shift under way or the next one, None when the last is over."""
        while self.shifts and self.shifts[0].ends_at <= now:
            self.shifts.popleft()
        return self.shifts[0] if self.shifts else None


def do_fieldwork(
    people: Sequence[Sampled],
    workers: Sequence[Worker],
    world: World,
    *,
    quotas: Sequence[QuotaPlan] = (),
    starts_at: datetime,
) -> Fieldwork:
    """Work the sample until the last shift is over or nobody is left to call; the same arguments give the same run."""
    return _Field(people, workers, world, book=SeatBook(quotas), starts_at=starts_at).work()


class _Field:
    def __init__(
        self, people: Sequence[Sampled], workers: Sequence[Worker], world: World, *, book: SeatBook, starts_at: datetime
    ) -> None:
        self._world = world
        self._book = book
        self._starts_at = starts_at
        self._desks = [
            _Desk(worker, Random(f"pace/{world.seed}/{worker.number}"), deque(worker.shifts))  # noqa: S311  play
            for worker in workers
        ]
        self._casework = Casework(world)
        self._queue = Queue(world.rules.language, world.ground.understanding)
        self._ticked_at: datetime | None = None
        self._needs: tuple[int, Needs] | None = None
        self._done = Fieldwork(tuple(self._open(number, one) for number, one in enumerate(people, start=1)))
        self._zones = {case.time_zone for case in self._done.cases}
        for case in self._done.cases:
            self._queue.put(case)

    def _open(self, number: int, one: Sampled) -> SimulatedCase:
        cell = self._book.labels.label(area_code=one.unit.area or None, phone_kind=one.unit.kinds[0])
        return self._casework.open(number, one, cell=cell, now=self._starts_at)

    def work(self) -> Fieldwork:
        """Let everybody act at their own time, in its order."""
        turns = [(self._starts_at, place) for place in range(len(self._desks))]
        while turns:
            now, place = heapq.heappop(turns)
            again_at = self._turn(self._desks[place], now)
            if again_at is not None:
                heapq.heappush(turns, (again_at, place))
        self._done.cells = tuple(StandingCell(self._book.name_of(n), count) for n, count in self._book.counts())
        return self._done

    def _turn(self, desk: _Desk, now: datetime) -> datetime | None:
        """Do the next thing at a desk; returns when it is the desk's turn again, None once it is left for good."""
        if desk.call is not None and isinstance(desk.call.stands_at, SeatWanted):
            values = desk.call.stands_at.values
            return self._go_on(desk.call, has_seat=self._book.take(desk.call.case.id, values, now=now))
        if desk.call is not None and isinstance(desk.call.stands_at, CallReport):
            self._finish(desk, desk.call, desk.call.stands_at)
        shift = desk.shift_at(now)
        if shift is None or self._is_over:
            return None
        return shift.starts_at if shift.starts_at > now else self._take(desk, now, until=shift.ends_at)

    @property
    def _is_over(self) -> bool:
        """Nobody is left to be called, or no quota wants anybody any more."""
        is_worked_through = self._queue.is_empty and all(desk.call is None for desk in self._desks)
        return is_worked_through or self._book.is_filled

    def _take(self, desk: _Desk, now: datetime, *, until: datetime) -> datetime:
        self._tick(now)
        case = self._queue.take(desk.worker)
        if case is None:
            again_at = min(now + IDLE, until)
            self._done.desk_seconds += (again_at - now).total_seconds()
            return again_at
        steps = Call(case, desk.worker, self._world, pace=desk.pace, now=now).hold()
        desk.call = _UnderWay(case, now, steps)
        return self._go_on(desk.call)

    def _go_on(self, call: _UnderWay, *, has_seat: bool | None = None) -> datetime:
        """Let a call go on until it needs a seat or is over; returns when that is."""
        try:
            call.stands_at = next(call.steps) if has_seat is None else call.steps.send(has_seat)
        except StopIteration as end:
            report: CallReport = end.value
            call.stands_at = report
            return report.coded_at
        return call.stands_at.at

    def _finish(self, desk: _Desk, call: _UnderWay, report: CallReport) -> None:
        case, desk.call = call.case, None
        report = self._counted(case, report)
        self._casework.finish(case, desk.worker, report)
        if case.state != CaseState.CLOSED:
            self._queue.put(case)
        elif case.outcome != COMPLETE:
            self._book.release(case.id)
        self._done.served.append(Served(call.taken_at, case.id, desk.worker.number, report))
        spent = (report.coded_at - call.taken_at).total_seconds()
        case.seconds += spent
        self._done.desk_seconds += spent
        self._done.call_seconds += spent

    def _counted(self, case: SimulatedCase, report: CallReport) -> CallReport:
        """Count a complete in its cells; without room there it is over quota, whatever the interviewer thought."""
        if report.coded.code != COMPLETE or report.seat is None:
            return report
        if not self._book.take(case.id, report.seat, now=report.coded_at):
            return replace(report, coded=replace(report.coded, code=OVER_QUOTA))
        self._book.complete(case.id)
        return report

    def _tick(self, now: datetime) -> None:
        """Do the background work of the minute, once."""
        minute = now.replace(second=0, microsecond=0)
        if minute == self._ticked_at:
            return
        self._ticked_at = minute
        for case in self._queue.advance(minute):
            self._casework.put_off(case, now=now)
            self._queue.put(case)
        self._book.expire(now=minute)
        if self._needs is None or self._needs[0] != self._book.changes:
            self._needs = self._book.changes, self._book.needs(self._world.rules.weights)
        hours = self._world.rules.calling_hours
        is_open = {zone: hours.is_open(minute, zone) for zone in self._zones}
        self._queue.set_pools(is_open=is_open, need_of=self._needs[1].of)
