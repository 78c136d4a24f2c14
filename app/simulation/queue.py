"""The queue of one campaign in memory: the order of the claim in the database, without the database.

Levels, match, score and patience are the product's own; only where the cases are kept differs. The quota's need
is left out, because a simulation has no quotas.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.campaigns.rules import LanguageRules
from app.dialing.domain import Arm, CaseState, KnownFact
from app.dialing.routing import RANK, rank_of
from app.dialing.score import LEVEL_STEP
from app.dialing.treatment import Dial
from app.languages.domain import Level, Match, Understanding, match_of
from app.simulation.sample import Sampled
from app.telephony.emulator.speech import Memory, SpokenAnswer

PoolKey = tuple[str, Arm]
_Entry = tuple[int, datetime, int, int]  # priority downwards, due time, case, turn of the case


@dataclass
class SimulatedCase:
    """A case as it changes; `answers` is what was said, which nothing in the queue may look at."""

    id: int
    sampled: Sampled
    facts: list[KnownFact]
    lect: str
    arm: Arm
    priority: int
    due_at: datetime
    partial_from: datetime | None
    state: CaseState = CaseState.READY
    ready_until: datetime | None = None
    barred: int | None = None
    turn: int = 0  # grows with every change, so that older entries in the queue are known as stale
    dials: list[Dial] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    answers: dict[str, SpokenAnswer] = field(default_factory=dict)
    is_started: bool = False
    outcome: str | None = None


@dataclass
class _Pool:
    ready: list[_Entry] = field(default_factory=list)
    patient: list[_Entry] = field(default_factory=list)  # those that a partial match may take by now


@dataclass(frozen=True)
class Worker:
    """One interviewer with the lects that may be used."""

    number: int
    skills: Mapping[str, Level]

    @property
    def own(self) -> list[str]:
        """The lects that the interviewer interviews in."""
        return [lect for lect, level in self.skills.items() if level is Level.INTERVIEWS]


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
            heapq.heappush(self._pools[case.lect, case.arm].patient, _entry(case))
        overdue = self._due(self._bounded, now)
        for case in overdue:
            del self._cases[case.id]
        return overdue

    def take(self, worker: Worker) -> SimulatedCase | None:
        """Give the best case that this interviewer serves: level, then match, then score, due time and id."""
        best: tuple[tuple[int, int, int, datetime, int], SimulatedCase] | None = None
        for key, pool in self._pools.items():
            rank = self._rank(worker, key)
            if rank is None:
                continue
            entry = self._first(pool.patient if rank == RANK[Match.PARTIAL] else pool.ready, barred=worker.number)
            if entry is None:
                continue
            priority = -entry[0]
            place = (-(priority // LEVEL_STEP), rank, -priority, entry[1], entry[2])
            if best is None or place < best[0]:
                best = (place, self._cases[entry[2]])
        return self._hold(best[1]) if best else None

    def _hold(self, case: SimulatedCase) -> SimulatedCase:
        case.state = CaseState.HELD
        case.turn += 1
        del self._cases[case.id]
        return case

    def _make_ready(self, case: SimulatedCase) -> None:
        heapq.heappush(self._pools[case.lect, case.arm].ready, _entry(case))
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
            match = match_of(worker.skills, key[0], self._understanding)
            self._ranks[worker.number, key] = rank_of(match, key[1], self._rules, takes_unknown=True)
        return self._ranks[worker.number, key]


def _entry(case: SimulatedCase) -> _Entry:
    return (-case.priority, case.due_at, case.id, case.turn)
