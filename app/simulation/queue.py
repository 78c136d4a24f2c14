"""The queue of one campaign in memory: the order of the claim in the database, without the database.

Levels, match, score, need and patience are the product's own; only where the cases are kept differs.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.campaigns.domain import UnknownLect
from app.campaigns.rules import LanguageRules
from app.dialing.domain import CaseState
from app.dialing.routing import FULL_CELL, RANK, rank_of
from app.dialing.score import LEVEL_STEP
from app.languages.domain import Level, Match, Understanding, match_of
from app.simulation.cases import PoolKey, SimulatedCase
from app.simulation.workers import Worker

_Entry = tuple[int, datetime, int, int]  # priority downwards, due time, case, turn of the case
_Place = tuple[int, int, int, datetime, int]


@dataclass
class _Pool:
    ready: list[_Entry] = field(default_factory=list)
    patient: list[_Entry] = field(default_factory=list)  # those that a partial match may take by now
    is_open: bool = True
    need: int = 0


class Queue:
    """Ready cases by pool, and waiting ones by the time they are let in."""

    def __init__(self, rules: LanguageRules, understanding: Understanding) -> None:
        self._rules = rules
        self._understanding = understanding
        self._cases: dict[int, SimulatedCase] = {}
        self._pools: defaultdict[PoolKey, _Pool] = defaultdict(_Pool)
        self._waiting: list[tuple[datetime, int, int]] = []
        self._impatient: list[tuple[datetime, int, int]] = []
        self._bounded: list[tuple[datetime, int, int]] = []
        self._ranks: dict[tuple[int, PoolKey], int | None] = {}

    @property
    def is_empty(self) -> bool:
        """No case is ready or waiting."""
        return not self._cases

    def put(self, case: SimulatedCase) -> None:
        """Take a ready or waiting case in."""
        case.turn += 1
        self._cases[case.id] = case
        if case.state == CaseState.READY:
            self._make_ready(case)
        else:
            heapq.heappush(self._waiting, (case.due_at, case.id, case.turn))

    def advance(self, now: datetime) -> list[SimulatedCase]:
        """Do what a tick does; returns the ready cases whose time slice or wish has ended, which must be put anew."""
        for case in self._due(self._waiting, now):
            case.state = CaseState.READY
            self._make_ready(case)
        for case in self._due(self._impatient, now):
            heapq.heappush(self._pools[case.pool].patient, _entry(case))
        overdue = self._due(self._bounded, now)
        for case in overdue:
            del self._cases[case.id]
        return overdue

    def set_pools(self, *, is_open: Mapping[str, bool], need_of: Callable[[str], int]) -> None:
        """Open and shut the pools by their time zone, and give each the need of its quota label, in points."""
        for (_, _, cell, zone), pool in self._pools.items():
            pool.is_open, pool.need = is_open[zone], need_of(cell)

    def take(self, worker: Worker) -> SimulatedCase | None:
        """Give the best case that this interviewer serves: level, then match, then score with need, due time, id."""
        best: tuple[_Place, SimulatedCase] | None = None
        for key, pool in self._pools.items():
            rank = self._rank(worker, key) if pool.is_open and pool.need != FULL_CELL else None
            if rank is None:
                continue
            entry = self._first(pool.patient if rank == RANK[Match.PARTIAL] else pool.ready, barred=worker.number)
            if entry is None:
                continue
            priority = -entry[0]
            place = (-(priority // LEVEL_STEP), rank, -priority - pool.need, entry[1], entry[2])
            if best is None or place < best[0]:
                best = (place, self._cases[entry[2]])
        return self._hold(best[1]) if best else None

    def _hold(self, case: SimulatedCase) -> SimulatedCase:
        case.state = CaseState.HELD
        case.turn += 1
        del self._cases[case.id]
        return case

    def _make_ready(self, case: SimulatedCase) -> None:
        heapq.heappush(self._pools[case.pool].ready, _entry(case))
        if case.partial_from is not None:
            heapq.heappush(self._impatient, (case.partial_from, case.id, case.turn))
        if case.ready_until is not None:
            heapq.heappush(self._bounded, (case.ready_until, case.id, case.turn))

    def _due(self, times: list[tuple[datetime, int, int]], now: datetime) -> list[SimulatedCase]:
        due = []
        while times and times[0][0] <= now:
            _, case_id, turn = heapq.heappop(times)
            if self._is_current(case_id, turn):
                due.append(self._cases[case_id])
        return due

    def _is_current(self, case_id: int, turn: int) -> bool:
        return case_id in self._cases and self._cases[case_id].turn == turn

    def _first(self, entries: list[_Entry], *, barred: int) -> _Entry | None:
        """Return the first current entry that is not kept from this interviewer; stale ones are dropped on the way."""
        passed = []
        found = None
        while entries:
            if not self._is_current(entries[0][2], entries[0][3]):
                heapq.heappop(entries)
            elif self._cases[entries[0][2]].barred == barred:
                passed.append(heapq.heappop(entries))
            else:
                found = entries[0]
                break
        for entry in passed:
            heapq.heappush(entries, entry)
        return found

    def _rank(self, worker: Worker, key: PoolKey) -> int | None:
        if (worker.number, key) not in self._ranks:
            self._ranks[worker.number, key] = self._rank_of(worker, key)
        return self._ranks[worker.number, key]

    def _rank_of(self, worker: Worker, key: PoolKey) -> int | None:
        if Level.INTERVIEWS not in worker.skills.values():
            return None
        takes_unknown = self._rules.unknown_lect == UnknownLect.ANYONE or worker.does_triage
        match = match_of(worker.skills, key[0], self._understanding)
        return rank_of(match, key[1], self._rules, takes_unknown=takes_unknown)


def _entry(case: SimulatedCase) -> _Entry:
    return (-case.priority, case.due_at, case.id, case.turn)
