"""The questionnaire of a simulation: the published form as the engine runs it, and what its index needs asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from app.core.errors import InvalidInputError
from app.interviewing.interviews import OUTCOME_ITEM
from app.questionnaires.course import MOST_INSTANCES
from app.questionnaires.evaluation import evaluate
from app.questionnaires.form import Form, dependencies, parse_form
from app.questionnaires.items import ANOTHER, NO_MORE, Group, Question, QuestionKind
from app.questionnaires.session import InterviewState
from app.questionnaires.workbook import compile_workbook
from app.simulation.index import Index, IndexPlan
from app.simulation.recording import finished_as, recorded
from app.telephony.emulator.figures import Population
from app.telephony.emulator.opinions import true_answer
from app.telephony.emulator.population import Person
from app.telephony.emulator.speech import AskedQuestion

EXAMPLE: Final = "public-safety.xlsx"
# What people truly think does not depend on the hour; a form that asks the time gets this one.
_AT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Survey:
    """A form, and the index that is measured with it; None where none is declared that fits."""

    form: Form
    index: Index | None

    @cached_property
    def questions(self) -> Mapping[str, AskedQuestion]:
        """Every question as a respondent hears it."""
        return {question.name: _heard(question) for question in self.form.asked}

    def heard(self, question: Question) -> AskedQuestion:
        """Return a question as a respondent hears it; one in a repeat is another question in every instance."""
        return self.questions.get(question.name) or _heard(question)

    @property
    def most_questions(self) -> int:
        """How many questions an interview may come to; in repeats, many times those of the form."""
        return len(self.questions) * (MOST_INSTANCES if self.form.has_repeats else 1)

    def true_score(self, person: Person, population: Population) -> float | None:
        """Return what the person's own index would be if they understood and answered truly.

        None without an opinion, and for whoever the screener turns away. Only what decides on that is asked.
        """
        if self.index is None:
            return None
        state = self._unasked
        while (question := self._next_deciding(state)) is not None:
            said = true_answer(person, self.questions[question.name], population=population)
            state = state.with_answer(question.name, recorded(self.form, state, question.name, said=said))
        return self.index.score(state.answers) if finished_as(self.form, state) is None else None

    @cached_property
    def _unasked(self) -> InterviewState:
        return InterviewState({}, seed=0, started_at=_AT, lect=self.form.languages[0])

    def _next_deciding(self, state: InterviewState) -> Question | None:
        evaluation = evaluate(self.form, state)
        unasked = (question for question in self._deciding if not state.is_answered(question.name))
        return next((question for question in unasked if evaluation.applies(question.name)), None)

    @cached_property
    def _deciding(self) -> tuple[Question, ...]:
        """The items of the index, and whatever decides on whether they are asked and how the interview ends."""
        items: dict[str, Group | Question] = {**self.form.groups, **self.form.by_name}
        reached: set[str] = set()
        ahead = [name for name in (OUTCOME_ITEM, *(self.index.scores if self.index else ())) if name in items]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += _read_by(items[name])
        return tuple(q for q in self.form.asked if q.name in reached and q.kind is not QuestionKind.NOTE)


@cache
def survey_of(xform: str, index: IndexPlan | None) -> Survey:
    """Read a compiled form, once in each process; raises InvalidInputError when the index does not fit."""
    form = parse_form(xform)
    return Survey(form, None if index is None else Index.read(index, form))


def fitting_index(xform: str, index: IndexPlan) -> IndexPlan | None:
    """Return the index if it fits the form, otherwise None."""
    try:
        survey_of(xform, index)
    except InvalidInputError:
        return None
    return index


@cache
def example_form() -> str:
    """Return the shipped example, compiled."""
    source = files("app.questionnaires").joinpath(f"examples/{EXAMPLE}").read_bytes()
    return compile_workbook(source, EXAMPLE).xform


def compiled_form(path: Path) -> str:
    """Compile a workbook; raises InvalidInputError with a fault for every cell that must be changed."""
    return compile_workbook(path.read_bytes(), path.name).xform


def _heard(question: Question) -> AskedQuestion:
    is_repeat = question.kind is QuestionKind.REPEAT
    codes = (ANOTHER, NO_MORE) if is_repeat else tuple(choice.code for choice in question.choices)
    return AskedQuestion(question.name, question.kind.value, codes, reserved=tuple(sorted(question.reserved)))


def _read_by(item: Group | Question) -> Iterator[str]:
    yield from dependencies(item)
    if isinstance(item, Question) and item.constraint is not None:
        yield from item.constraint.references
