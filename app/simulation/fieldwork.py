"""Fieldwork as a discrete-event loop: interviewers take cases, call, code, and the rules say what is next.

No database and no waiting. What decides is what the product runs: rules, treatment, score, guess and match.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.campaigns.domain import Action
from app.dialing.appointments import ready_for
from app.dialing.domain import (
    APPOINTMENT_LEVEL,
    OWN_WORD,
    AppointmentKind,
    Arm,
    CaseState,
    FactKind,
    KnownFact,
    Priority,
    best_guess,
)
from app.dialing.intake import SPREAD, UNTRIED
from app.dialing.outcomes import HEARD
from app.dialing.release import SECONDS_IN_DAY, patience_ends
from app.dialing.score import draw_for, priority_of
from app.dialing.treatment import Dial, History, NextStep, next_step, opening_for
from app.interviewing.interviews import SPOKEN
from app.interviewing.played import IDLE_SECONDS
from app.languages.domain import UNDETERMINED, Match, match_of
from app.simulation.call import Call, CallReport, Coded, World
from app.simulation.queue import Queue, SimulatedCase, Worker
from app.simulation.sample import Sampled

TICK: Final = timedelta(minutes=1)  # how often background work lets cases in


@dataclass(frozen=True)
class Served:
    """One case that an interviewer was given, with what came of it."""

    at: datetime
    case_id: int
    worker: int
    report: CallReport


@dataclass
class Fieldwork:
    """What a run left behind; the seconds are interviewers' own."""

    cases: tuple[SimulatedCase, ...]
    served: list[Served] = field(default_factory=list)
    desk_seconds: float = 0.0
    call_seconds: float = 0.0


def do_fieldwork(
    people: Sequence[Sampled], workers: Sequence[Worker], world: World, *, starts_at: datetime, days: int
) -> Fieldwork:
    """Work the sample until the days are over or no case is left; the same arguments give the same run."""
    return _Field(people, workers, world, starts_at=starts_at).work(until=starts_at + timedelta(days=days))


class _Field:
    def __init__(
        self, people: Sequence[Sampled], workers: Sequence[Worker], world: World, *, starts_at: datetime
    ) -> None:
        self._world = world
        self._workers = {worker.number: worker for worker in workers}
        self._paces = {
            worker.number: Random(f"pace/{world.seed}/{worker.number}")  # noqa: S311  play, not secrets
            for worker in workers
        }
        self._queue = Queue(world.rules.language, world.understanding)
        self._held: dict[int, tuple[SimulatedCase, CallReport]] = {}
        self._starts_at = starts_at
        self._done = Fieldwork(tuple(self._open(number, one) for number, one in enumerate(people, start=1)))
        for case in self._done.cases:
            self._queue.put(case)

    def work(self, *, until: datetime) -> Fieldwork:
        """Let everybody act at their own time, in its order."""
        turns = [(self._starts_at, number) for number in self._workers]
        heapq.heapify(turns)
        while turns:
            now, number = heapq.heappop(turns)
            if number in self._held:
                self._finish(*self._held.pop(number))
            if now < until and not (self._queue.is_empty and not self._held):
                heapq.heappush(turns, (self._act(number, now), number))
        return self._done

    def _act(self, number: int, now: datetime) -> datetime:
        """Do the next thing, and return when it is over."""
        opens_at = self._world.rules.calling_hours.next_opening(now, self._world.time_zone)
        if opens_at > now:
            return opens_at
        for case in self._queue.advance(self._last_tick(now)):
            self._put_off(case, now)
        case_taken = self._queue.take(self._workers[number])
        if case_taken is None:
            self._done.desk_seconds += IDLE_SECONDS
            return now + timedelta(seconds=IDLE_SECONDS)
        call = Call(case_taken, self._workers[number], self._world, pace=self._paces[number], now=now)
        report = call.hold()
        self._held[number] = case_taken, report
        self._done.served.append(Served(now, case_taken.id, number, report))
        spent = (report.coded_at - now).total_seconds()
        self._done.desk_seconds += spent
        self._done.call_seconds += spent
        self._note_dial(case_taken, self._workers[number], report)
        return report.coded_at

    def _last_tick(self, now: datetime) -> datetime:
        return now - (now - self._starts_at) % TICK

    def _open(self, number: int, sampled: Sampled) -> SimulatedCase:
        """Make a case as the intake does; its turn is drawn from the seed and its number."""
        rules, seed = self._world.rules, self._world.seed
        facts = list(sampled.facts) if self._world.policy.sees_lects else []
        draw = draw_for(seed, sampled.number)
        is_random = draw_for(seed, f"arm/{sampled.number}") < rules.language.random_share
        return SimulatedCase(
            id=number,
            sampled=sampled,
            facts=facts,
            lect=best_guess(facts, self._world.offered).lect,
            arm=Arm.RANDOM if is_random else Arm.MATCHED,
            priority=priority_of(Priority.SCORED, UNTRIED, rules.weights, draw=draw),
            due_at=self._starts_at - SPREAD * draw,
            partial_from=patience_ends(self._starts_at, rules),
        )

    def _note_dial(self, case: SimulatedCase, worker: Worker, report: CallReport) -> None:
        match = match_of(worker.skills, case.lect, self._world.understanding)
        slice_ = self._world.rules.slice_at(report.placed_at, self._world.time_zone)
        case.dials.append(
            Dial(
                at=report.placed_at,
                position=1,
                outcome=report.coded.code,
                rang=report.rang,
                answered=report.answered,
                time_slice=slice_,
                is_matched=match is Match.FULL,
            )
        )
        case.barred = worker.number  # until the next step says whether it stays so

    def _finish(self, case: SimulatedCase, report: CallReport) -> None:
        """Keep what was learnt and release the case to its next step."""
        now, rules = report.coded_at, self._world.rules
        case.is_started = case.is_started or report.coded.used is not None
        if self._world.policy.sees_lects:
            case.facts += _learnt(report.coded)
            case.lect = best_guess(case.facts, self._world.offered).lect
        step = self._next_step(case, report.coded, now=now)
        waits = max((step.due_at - now).total_seconds(), 0.0) / SECONDS_IN_DAY
        draw = draw_for(self._world.seed, f"case/{case.id}")
        standing = replace(step.standing, days_waiting=waits)
        case.priority = priority_of(step.level, standing, rules.weights, draw=draw)
        case.state, case.due_at, case.ready_until = step.state, step.due_at, step.ready_until
        case.partial_from = patience_ends(step.due_at, rules)
        case.barred = case.barred if step.bars_last else None
        case.outcome = report.coded.code
        if step.state != CaseState.CLOSED:
            self._queue.put(case)

    def _next_step(self, case: SimulatedCase, coded: Coded, *, now: datetime) -> NextStep:
        history = History(tuple(case.dials), interview_started=case.is_started)
        step = next_step(history, self._world.rules, time_zone=self._world.time_zone, now=now)
        is_appointment = self._world.rules.treatments[coded.code].action == Action.APPOINTMENT
        if coded.booked_at is None or not is_appointment:
            return step
        due_at = ready_for(AppointmentKind.MEDIUM, coded.booked_at, self._world.rules.appointments)
        return replace(
            step,
            state=CaseState.WAITING,
            due_at=max(due_at, now),
            level=APPOINTMENT_LEVEL[AppointmentKind.MEDIUM],
            ready_until=None,
            bars_last=False,
        )

    def _put_off(self, case: SimulatedCase, now: datetime) -> None:
        """Let a case whose time is over wait for its next, as the background work does."""
        opening = opening_for(History(tuple(case.dials)), self._world.rules, now, time_zone=self._world.time_zone)
        case.state, case.ready_until = CaseState.WAITING, None
        if opening is not None:
            case.due_at, case.ready_until = opening.due_at, opening.ready_until
        self._queue.put(case)


def _learnt(coded: Coded) -> list[KnownFact]:
    stated = [
        (FactKind.DECLARED, coded.declared, OWN_WORD),
        (FactKind.USED, coded.used, SPOKEN),
        (FactKind.OBSERVED, coded.lect, HEARD),
    ]
    return [KnownFact(kind, lect, confidence) for kind, lect, confidence in stated if lect not in {None, UNDETERMINED}]
