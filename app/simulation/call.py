"""One simulated call, from the dial to the code: what the person does, and what the interviewer makes of it."""

import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from app.campaigns.outcomes import APPOINTMENT, BROKE_OFF, OVER_QUOTA, PARTIAL
from app.campaigns.rules import Rules
from app.core.errors import InvalidInputError
from app.dialing.greeting import greeting_lect
from app.interviewing.played import (
    CODING_SECONDS,
    GREETING_SECONDS,
    LONGEST_CALL,
    NOTING_SECONDS,
    OUTCOME_OF_ENDING,
    PREVIEW_SECONDS,
    READING_SECONDS,
    after_greeting,
)
from app.questionnaires.items import QuestionKind
from app.quotas.domain import NONE_KNOWN, Dimension, DimensionKind
from app.simulation.cases import SimulatedCase
from app.simulation.ground import Ground
from app.simulation.interview import Interview
from app.simulation.policies import Policy
from app.simulation.survey import Survey
from app.simulation.workers import Worker
from app.telephony.domain import CallEventKind, rang
from app.telephony.emulator.conversation import hear
from app.telephony.emulator.figures import Population
from app.telephony.emulator.network import Dial, timeline_of
from app.telephony.emulator.population import Person, following
from app.telephony.emulator.speech import AskedQuestion, Reply, Utterance, UtteranceKind

CALL_LATER: Final = "call_later"
UNKNOWN_OUTCOME: Final = "The questionnaire ends with the outcome %(code)s, which the rules say nothing about."


@dataclass(frozen=True)
class World:
    """All that stays the same while the fieldwork of one run goes on; `deciding` are the dimensions of its quotas."""

    population: Population
    ground: Ground
    survey: Survey
    rules: Rules
    policy: Policy
    ring_seconds: int
    seed: int
    deciding: tuple[Dimension, ...] = ()


@dataclass(frozen=True)
class SeatWanted:
    """What a call waits for: a place in the quotas, by what is known of the respondent at this time."""

    at: datetime
    values: Mapping[str, str]


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
    """One call as it is over: when dialled and coded, and whether it rang and somebody picked up.

    `seat` is what the quotas look at, as it is known in the end; None where there are none.
    """

    placed_at: datetime
    coded_at: datetime
    rang: bool
    answered: bool
    coded: Coded
    seat: Mapping[str, str] | None = None


# A call in steps: it stops where it needs a seat, is told whether it has one, and ends with its report.
Steps = Generator[SeatWanted, bool, CallReport]
_Talk = Generator[SeatWanted, bool, Coded]


class Call:
    """A case on an interviewer's line; the clock runs as the two speak."""

    def __init__(self, case: SimulatedCase, worker: Worker, world: World, *, pace: Random, now: datetime) -> None:
        self._case = case
        self._worker = worker
        self._world = world
        self._pace = pace
        self._now = now
        self._seat: Mapping[str, str] | None = None

    def hold(self) -> Steps:
        """Dial, talk if somebody picks up, and code; changes what the person remembers and has answered."""
        self._spend(self._between(PREVIEW_SECONDS))
        placed_at = self._now
        memory, world = self._case.memory, self._world
        zone = self._case.time_zone
        dial = Dial(0, placed_at, world.ring_seconds, zone, memory.calls, memory.expects_call)
        timeline = timeline_of(self._callee(), dial, population=world.population, seed=world.seed)
        answer = next((event for event in timeline if event.kind is CallEventKind.ANSWERED), None)
        last = answer or timeline[-1]
        self._now = last.at
        coded = (yield from self._talk()) if last.ending is None else Coded(OUTCOME_OF_ENDING[last.ending])
        has_rung = rang(timeline)
        self._case.memory = self._case.memory.for_next_call(rang=has_rung)
        self._spend(self._between(CODING_SECONDS))
        return CallReport(placed_at, self._now, has_rung, answer is not None, coded, self._seat)

    def _callee(self) -> Person:
        """Return whom the number reaches: the same person on every number, but each line works or not by itself."""
        sampled = self._case.sampled
        line = sampled.lines[self._case.position - 1]
        return sampled.person if line is sampled.person.line else replace(sampled.person, line=line)

    def _talk(self) -> _Talk:
        own = self._worker.own
        lect = greeting_lect(self._case.facts, own, self._world.ground.understanding)
        self._spend(self._between(GREETING_SECONDS))
        heard = self._say(lect, UtteranceKind.GREETING)
        self._spend(heard.after_seconds)
        move = after_greeting(heard, lect=lect, own=own)
        if move.call_back_in_hours is not None:
            return self._book(move.call_back_in_hours)
        if move.code is not None:
            return Coded(move.code, move.lect, declared=move.declared)
        lect = move.lect or lect
        code = yield from self._interview(lect)
        return Coded(code, declared=move.declared, used=lect)

    def _book(self, hours: int) -> Coded:
        wished = self._now + timedelta(hours=hours)
        if not self._world.rules.calling_hours.is_open(wished, self._case.time_zone):
            return Coded(CALL_LATER)
        return Coded(APPOINTMENT, booked_at=wished)

    def _interview(self, lect: str) -> Generator[SeatWanted, bool, str]:
        interview = self._begin(lect)
        if not (yield from self._seated(interview, lect)):
            return self._end(lect, OVER_QUOTA)
        decisive = {dimension.question for dimension in self._world.deciding}
        for _ in range(max(LONGEST_CALL, 2 * self._world.survey.most_questions)):
            question = interview.next_question()
            if question is None:
                return self._end(lect, self._known(interview.finished_as()))
            if self._ask(interview, question, lect):
                return BROKE_OFF
            if question.name in decisive and not (yield from self._seated(interview, lect)):
                return self._end(lect, OVER_QUOTA)
        return PARTIAL

    def _begin(self, lect: str) -> Interview:
        case = self._case
        if case.interview is None:
            local = self._now.astimezone(ZoneInfo(case.time_zone))
            digest = hashlib.sha256(f"interview/{self._world.seed}/{case.sampled.key}".encode()).digest()
            seed = int.from_bytes(digest[:4], "big")
            case.interview = Interview(self._world.survey, seed=seed, started_at=local, lect=lect)
        case.interview.go_on_in(lect)
        return case.interview

    def _ask(self, interview: Interview, question: AskedQuestion, lect: str) -> bool:
        """Put one question, or read one text out; returns whether the respondent has hung up."""
        self._spend(self._between(READING_SECONDS))
        if question.kind == QuestionKind.NOTE:
            self._spend(NOTING_SECONDS)
            interview.read_out(question.name)
            return False
        heard = self._say(lect, UtteranceKind.QUESTION, question)
        self._spend(heard.after_seconds)
        if heard.said is not None and not heard.hangs_up:  # otherwise they asked to hear it again, or are gone
            interview.write_down(question.name, heard.said)
        return heard.hangs_up

    def _seated(self, interview: Interview, lect: str) -> Generator[SeatWanted, bool, bool]:
        if not self._world.deciding:
            return True
        unit = self._case.sampled.unit
        self._seat = {
            DimensionKind.AREA.value: unit.area or NONE_KNOWN,
            DimensionKind.PHONE.value: unit.kinds[self._case.position - 1],
            DimensionKind.LECT.value: lect,
            **interview.values_of(self._world.deciding),
        }
        return (yield SeatWanted(self._now, self._seat))

    def _end(self, lect: str, code: str) -> str:
        """Say goodbye, and return the outcome to code."""
        self._say(lect, UtteranceKind.GOODBYE)
        return code

    def _known(self, code: str) -> str:
        if code not in self._world.rules.treatments:
            raise InvalidInputError(UNKNOWN_OUTCOME, code=code)
        return code

    def _say(self, lect: str, kind: UtteranceKind, item: AskedQuestion | None = None) -> Reply:
        person, world = self._case.sampled.person, self._world
        degree = world.ground.understanding.degree(person.main_lect, lect)
        utterance = Utterance(lect, kind, item, following(person, lect, degree=degree))
        reply, memory = hear(person, self._case.memory, utterance, population=world.population, seed=world.seed)
        self._case.memory = memory
        return reply

    def _spend(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def _between(self, bounds: tuple[float, float]) -> float:
        return self._pace.uniform(*bounds)
