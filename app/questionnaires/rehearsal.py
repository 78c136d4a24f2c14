"""Hold interviews with made-up respondents before anybody is called, to see that every one comes to an end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from app.core.errors import InvalidInputError
from app.questionnaires.answers import AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.evaluation import InterviewState
from app.questionnaires.form import Form
from app.questionnaires.items import ANOTHER, NO_MORE, Question, QuestionKind
from app.questionnaires.patterns import PatternError, compile_pattern
from app.questionnaires.session import next_question, read_answer, wording
from app.questionnaires.xform import expressions_of

MOST_STEPS: Final = 5_000
TRIES: Final = 40
# When interviews are rehearsed; what a form makes of the date of the day must not change whether it is published.
BEGINS_AT: Final = datetime(2026, 1, 15, 10, tzinfo=UTC)
_USUAL: Final = ("0", "1", "2", "3", "5", "10", "18", "30", "45", "65", "100", "1000")
_NUMBER: Final = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])")
_TEXT: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_PATTERN: Final = re.compile(r"regex\s*\([^']*?,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_CLOCKS: Final = ("00:00", "08:30", "12:00", "18:45", "23:59")
_REFUSES: Final = 0.08
_PASSES_OVER: Final = 0.3
_STOPS: Final = 0.6


@dataclass
class Rehearsal:
    """What came of the interviews: the questions that were asked, and those that took none of many answers.

    `unending` is the question at which an interview was given up because it came to no end; None where all did.
    """

    runs: int = 0
    longest: int = 0
    asked: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    unending: str | None = None

    def never_asked(self, form: Form) -> list[str]:
        """Name the questions that came up in no interview."""
        return [question.name for question in form.asked if question.name not in self.asked]


def rehearse(form: Form, *, runs: int, seed: int = 1) -> Rehearsal:
    """Hold this many interviews; the same seed holds the same ones."""
    found = Rehearsal()
    respondent = Respondent(form, Random(seed))  # noqa: S311  people are made up, no secret
    for run in range(runs):
        state = InterviewState({}, seed * 1_000 + run, BEGINS_AT, form.languages[run % len(form.languages)])
        hold_interview(form, state, respondent, found=found)
        found.runs += 1
    return found


def hold_interview(
    form: Form, state: InterviewState, respondent: "Respondent", *, found: Rehearsal | None = None
) -> InterviewState:
    """Ask until nothing is left to ask, or a question takes none of the answers; returns the state then."""
    kept = found or Rehearsal()
    for step in range(MOST_STEPS):
        question = next_question(form, state)
        if question is None:
            kept.longest = max(kept.longest, step)
            return state
        name = form.locate(question.name)[0].name
        kept.asked.add(name)
        given = respondent.answer(state, question)
        if given is None:
            kept.refusing.add(name)
            return state
        state = state.with_answer(question.name, given)
    kept.unending = name
    return state


class Respondent:
    """Somebody who answers at random, with a taste for the numbers and words that the form itself speaks of."""

    def __init__(self, form: Form, chance: Random) -> None:
        self._form = form
        self._chance = chance
        texts = [expression.text for question in form.questions for expression in expressions_of(question)]
        texts += [group.relevant.text for group in form.groups.values() if group.relevant]
        numbers = {number for text in texts for number in _NUMBER.findall(text)}
        beside = {str(int(float(number)) + step) for number in numbers for step in (-1, 1) if len(number) < 16}  # noqa: PLR2004
        self._numbers = sorted(numbers | beside | set(_USUAL))
        self._words = sorted({one or other for text in texts for one, other in _TEXT.findall(text)} | {"x"})

    def answer(self, state: InterviewState, question: Question) -> GivenAnswer | None:
        """Return the first answer that the question takes; None when it takes none of many."""
        for raw in self._ideas(state, question):
            try:
                return read_answer(self._form, state, question.name, raw=raw)
            except InvalidInputError:
                continue
        return None

    def _ideas(self, state: InterviewState, question: Question) -> Iterator[RawAnswer]:
        chance = self._chance
        if question.reserved and chance.random() < _REFUSES:
            yield RawAnswer(status=chance.choice([AnswerStatus.DONT_KNOW, AnswerStatus.REFUSED]))
        if chance.random() < _PASSES_OVER:
            yield RawAnswer()
        if question.kind is QuestionKind.REPEAT:
            yield RawAnswer(codes=(NO_MORE if chance.random() < _STOPS else ANOTHER,))
        elif question.kind.is_select:
            yield from self._codes(state, question)
        else:
            yield from (RawAnswer(self._text(question)) for _ in range(TRIES))
            yield from (RawAnswer(text) for text in _fitting(question))
        yield from (RawAnswer(status=status) for status in (AnswerStatus.DONT_KNOW, AnswerStatus.REFUSED))
        yield RawAnswer()

    def _codes(self, state: InterviewState, question: Question) -> Iterator[RawAnswer]:
        choices = wording(self._form, state, question).choices
        codes = [choice.code for choice in choices if not choice.reserved]
        if question.kind is QuestionKind.RANK:
            yield RawAnswer(codes=tuple(self._chance.sample(codes, len(codes))))
            return
        for _ in range(TRIES if codes else 0):
            most = len(codes) if question.kind is QuestionKind.SELECT_MULTIPLE else 1
            yield RawAnswer(codes=tuple(self._chance.sample(codes, self._chance.randint(1, most))))
        yield from (RawAnswer(codes=(choice.code,)) for choice in choices)

    def _text(self, question: Question) -> str:
        chance = self._chance
        day = BEGINS_AT.date() + timedelta(days=chance.choice((-20_000, -400, -40, -7, -1, 0, 1, 30, 400)))
        if question.scale is not None:
            steps = int((question.scale.end - question.scale.start) / question.scale.step)
            return f"{question.scale.start + question.scale.step * chance.randint(*sorted((0, steps))):f}"
        if question.kind in (QuestionKind.INTEGER, QuestionKind.DECIMAL):
            return chance.choice(self._numbers)
        moment = {QuestionKind.DATE: _day(day), QuestionKind.TIME: chance.choice(_CLOCKS)}
        moment[QuestionKind.DATETIME] = f"{_day(day)} {chance.choice(_CLOCKS)}"
        return moment.get(question.kind) or chance.choice(self._words)


def _day(day: date) -> str:
    return day.isoformat()


def _fitting(question: Question) -> Iterator[str]:
    """Make up texts that fit the patterns of a constraint."""
    for one, other in _PATTERN.findall(question.constraint.text if question.constraint else ""):
        try:
            yield compile_pattern(one or other).shortest()
        except PatternError:
            continue
