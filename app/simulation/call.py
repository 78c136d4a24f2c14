"""One simulated call, from the dial to the code: what the person does, and what the interviewer makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.campaigns.rules import Rules
from app.dialing.greeting import greeting_lect
from app.interviewing.played import (
    CODING_SECONDS,
    GREETING_SECONDS,
    LONGEST_CALL,
    OUTCOME_OF_ENDING,
    PREVIEW_SECONDS,
    READING_SECONDS,
    after_greeting,
)
from app.languages.domain import Understanding
from app.simulation.interview import ShortForm
from app.simulation.plans import Policy
from app.simulation.queue import SimulatedCase, Worker
from app.telephony.domain import CallEventKind, rang
from app.telephony.emulator.conversation import hear
from app.telephony.emulator.figures import Population
from app.telephony.emulator.network import Dial, timeline_of
from app.telephony.emulator.population import following
from app.telephony.emulator.speech import AskedQuestion, Reply, Utterance, UtteranceKind

BROKE_OFF: Final = "broke_off"
PARTIAL: Final = "partial"
APPOINTMENT: Final = "appointment"
CALL_LATER: Final = "call_later"


@dataclass(frozen=True)
class World:
    """All that stays the same while the fieldwork of one run goes on; `time_zone` is the respondents'."""

    population: Population
    understanding: Understanding
    form: ShortForm
    rules: Rules
    policy: Policy
    offered: tuple[str, ...]
    time_zone: str
    ring_seconds: int
    seed: int


@dataclass(frozen=True)
class Coded:
    """What the interviewer codes; `lect` is the one heard, `declared` the respondent's own word."""

    code: str
    lect: str | None = None
    declared: str | None = None
    used: str | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True)
class CallReport:
    """One call as it is over: when dialled and coded, and whether it rang and somebody picked up."""

    placed_at: datetime
    coded_at: datetime
    rang: bool
    answered: bool
    coded: Coded


class Call:
    """A case on an interviewer's line; the clock runs as the two speak."""

    def __init__(self, case: SimulatedCase, worker: Worker, world: World, *, pace: Random, now: datetime) -> None:
        self._case = case
        self._worker = worker
        self._world = world
        self._pace = pace
        self._now = now

    def hold(self) -> CallReport:
        """Dial, talk if somebody picks up, and code; changes what the person remembers and has answered."""
        self._spend(self._between(PREVIEW_SECONDS))
        placed_at = self._now
        memory, world = self._case.memory, self._world
        dial = Dial(0, placed_at, world.ring_seconds, world.time_zone, memory.calls, memory.expects_call)
        timeline = timeline_of(self._case.sampled.person, dial, population=world.population, seed=world.seed)
        answer = next((event for event in timeline if event.kind is CallEventKind.ANSWERED), None)
        last = answer or timeline[-1]
        self._now = last.at
        coded = self._talk() if last.ending is None else Coded(OUTCOME_OF_ENDING[last.ending])
        has_rung = rang(timeline)
        self._case.memory = self._case.memory.for_next_call(rang=has_rung)
        self._spend(self._between(CODING_SECONDS))
        return CallReport(placed_at, self._now, has_rung, answer is not None, coded)

    def _talk(self) -> Coded:
        own = self._worker.own
        lect = greeting_lect(self._case.facts, own, self._world.understanding)
        self._spend(self._between(GREETING_SECONDS))
        heard = self._say(lect, UtteranceKind.GREETING)
        self._spend(heard.after_seconds)
        move = after_greeting(heard, lect=lect, own=own)
        if move.call_back_in_hours is not None:
            return self._book(move.call_back_in_hours)
        if move.code is not None:
            return Coded(move.code, move.lect, declared=move.declared)
        lect = move.lect or lect
        return Coded(self._interview(lect), declared=move.declared, used=lect)

    def _book(self, hours: int) -> Coded:
        wished = self._now + timedelta(hours=hours)
        if not self._world.rules.calling_hours.is_open(wished, self._world.time_zone):
            return Coded(CALL_LATER)
        return Coded(APPOINTMENT, booked_at=wished)

    def _interview(self, lect: str) -> str:
        answers, form = self._case.answers, self._world.form
        for _ in range(LONGEST_CALL):
            item = form.next_item(answers)
            if item is None:
                self._say(lect, UtteranceKind.GOODBYE)
                return form.finished_as(answers)
            self._spend(self._between(READING_SECONDS))
            heard = self._say(lect, UtteranceKind.QUESTION, item)
            self._spend(heard.after_seconds)
            if heard.hangs_up:
                return BROKE_OFF
            if heard.said is not None:  # otherwise they asked to hear it again
                answers[item.name] = heard.said
        return PARTIAL

    def _say(self, lect: str, kind: UtteranceKind, item: AskedQuestion | None = None) -> Reply:
        person, world = self._case.sampled.person, self._world
        degree = world.understanding.degree(person.main_lect, lect)
        utterance = Utterance(lect, kind, item, following(person, lect, degree=degree))
        reply, memory = hear(person, self._case.memory, utterance, population=world.population, seed=world.seed)
        self._case.memory = memory
        return reply

    def _spend(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def _between(self, bounds: tuple[float, float]) -> float:
        return self._pace.uniform(*bounds)
