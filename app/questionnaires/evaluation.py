"""Work out, from the answers given, what applies now and what every calculation comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind, Template, Texts
from app.questionnaires.tags import best_tag
from app.questionnaires.values import Value, to_text

LECTS_REMEMBERED: Final = 1_024
_best_tag: Final = lru_cache(LECTS_REMEMBERED)(best_tag)
Known = tuple[Mapping[str, bool], Mapping[str, Value]]


@dataclass
class WorkedOut:
    """What is known of a state's evaluation: all of it, or that of the state before one question was answered."""

    evaluation: "Evaluation | None" = None
    since_answered: str | None = None


@dataclass(frozen=True)
class InterviewState:
    """All that an interview has come to; the engine holds nothing besides.

    `started_at` is in the respondent's own zone: today() and now() stay what they were then.
    `answers` may hold answers that do not apply any more; they are kept aside and never read. Nobody may change
    them in place: what follows from them is remembered with the state (`evaluate`).
    """

    answers: Mapping[str, GivenAnswer]
    seed: int
    started_at: datetime
    lect: str
    worked_out: WorkedOut = field(default_factory=WorkedOut, init=False, repr=False, compare=False)

    def is_answered(self, name: str) -> bool:
        """Tell whether the question has been put, whatever came of it."""
        answer = self.answers.get(name)
        return answer is not None and answer.status is not AnswerStatus.NOT_ASKED

    def with_answer(self, name: str, answer: GivenAnswer) -> "InterviewState":
        """Return the state after one more answer."""
        after = InterviewState({**self.answers, name: answer}, self.seed, self.started_at, self.lect)
        if self.worked_out.since_answered is None:
            after.worked_out.evaluation, after.worked_out.since_answered = self.worked_out.evaluation, name
        return after


def evaluate(form: Form, state: InterviewState) -> "Evaluation":
    """Return what follows from the answers, worked out once for each state.

    After one more answer only what depends on it is worked out anew: in a long questionnaire that is little, and
    every key press of an interview asks for it several times.
    """
    known = state.worked_out
    found = known.evaluation
    if found is None or found.form is not form:
        found = Evaluation(form, state)
    elif known.since_answered is not None:
        found = found.after(known.since_answered, state)
    known.evaluation, known.since_answered = found, None
    return found


class Evaluation:
    """One pass over the form in order of dependency; the scope in which expressions are read."""

    def __init__(self, form: Form, state: InterviewState, *, known: Known | None = None, since: str = "") -> None:
        """Work everything out, or only what the answer to `since` moves in what is known of the answers before."""
        self.form = form
        self.answers = state.answers
        self.started_at = state.started_at
        self.tag = _best_tag(state.lect, form.languages)
        applies, values = known or ({}, {})
        self._applies: dict[str, bool] = dict(applies)
        self._values: dict[str, Value] = dict(values)
        self._own: Value = ""
        for name in form.order if known is None else form.moved_by(since):
            question = form.by_name.get(name)
            if question is None:
                self._applies[name] = self._group_applies(name)
            else:
                self._settle(question)

    def after(self, answered: str, state: InterviewState) -> "Evaluation":
        """Return the evaluation of a state that differs from this one's in the answer to one question only."""
        return Evaluation(self.form, state, known=(self._applies, self._values), since=answered)

    def value(self, name: str) -> Value:
        """Return a question's value; empty text when it does not apply or has none."""
        return self._values[name]

    def own(self) -> Value:
        """Return the answer being checked."""
        return self._own

    def applies(self, name: str) -> bool:
        """Tell whether a question or group is relevant."""
        return self._applies[name]

    def choice_label(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen; empty for a code that is none."""
        choice = self.form.by_name[name].choice(code)
        return "" if choice is None else self.words(choice.label)

    def fits(self, question: Question, answer: GivenAnswer) -> bool:
        """Tell whether the constraint holds for a new answer, which `.` stands for."""
        if question.constraint is None:
            return True
        before = self._values[question.name]
        self._own = self._values[question.name] = typed(question, answer)
        try:
            return question.constraint.truth(self)
        finally:
            self._own, self._values[question.name] = "", before

    def words(self, texts: Texts) -> str:
        """Return the text in the language of the screen, answers piped in; empty where there is none."""
        template = texts.get(self.tag)
        return "" if template is None else "".join(self._pipe(template))

    def _pipe(self, template: Template) -> list[str]:
        return [
            part if isinstance(part, str) else self._spoken(part.reference) or self._text(part.evaluate(self))
            for part in template.parts
        ]

    def _spoken(self, name: str | None) -> str:
        """Read a chosen code by its label: nobody wants to hear the code."""
        question = None if name is None else self.form.by_name[name]
        if question is None or not question.kind.is_select:
            return ""
        return self._list_mark().join(
            self.choice_label(question.name, code) for code in to_text(self._values[question.name]).split()
        )

    def _list_mark(self) -> str:
        return "、" if self.tag.split("-")[0] in _CHINESE else ", "

    def _text(self, value: Value) -> str:
        return "" if value != value else to_text(value)  # noqa: PLR0124  only NaN differs from itself

    def _group_applies(self, name: str) -> bool:
        group = self.form.groups[name]
        above = not group.parents or self._applies[group.parents[-1]]
        return above and (group.relevant is None or group.relevant.truth(self))

    def _settle(self, question: Question) -> None:
        above = not question.group or self._applies[question.group[-1]]
        applies = above and (question.relevant is None or question.relevant.truth(self))
        self._applies[question.name] = applies
        self._values[question.name] = self._known_value(question) if applies else ""

    def _known_value(self, question: Question) -> Value:
        if question.kind is QuestionKind.CALCULATE:
            return "" if question.calculation is None else question.calculation.evaluate(self)
        answer = self.answers.get(question.name)
        return "" if answer is None else typed(question, answer)


_CHINESE = frozenset({"cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cdo", "cjy", "cpx", "czh", "czo", "mnp", "lzh"})


def typed(question: Question, answer: GivenAnswer) -> Value:
    """Turn a stored answer into the value that expressions see; empty text when there is none."""
    if answer.value is None:
        return ""
    if isinstance(answer.value, tuple):
        return " ".join(answer.value)
    if question.kind in (QuestionKind.INTEGER, QuestionKind.DECIMAL):
        return float(answer.value)
    return date.fromisoformat(answer.value) if question.kind is QuestionKind.DATE else answer.value
