"""Work out, from the answers given, what applies now and what every calculation comes to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final

from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.course import MOST_INSTANCES, Stop, screens, variables
from app.questionnaires.form import Form
from app.questionnaires.items import ANOTHER, Choice, Question, QuestionKind, Template, Texts
from app.questionnaires.nodesets import Focus
from app.questionnaires.places import Place
from app.questionnaires.tags import best_tag
from app.questionnaires.typed_answers import typed
from app.questionnaires.values import Value, to_number, to_text

LECTS_REMEMBERED: Final = 1_024
Known = tuple[dict[str, bool], dict[str, Value], dict[str, int], set[str]]
_best_tag: Final = lru_cache(LECTS_REMEMBERED)(best_tag)


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

    def is_answered(self, address: str) -> bool:
        """Tell whether the question has been put, whatever came of it."""
        answer = self.answers.get(address)
        return answer is not None and answer.status is not AnswerStatus.NOT_ASKED

    def with_answer(self, address: str, answer: GivenAnswer) -> "InterviewState":
        """Return the state after one more answer."""
        after = InterviewState({**self.answers, address: answer}, self.seed, self.started_at, self.lect)
        if self.worked_out.since_answered is None:
            after.worked_out.evaluation, after.worked_out.since_answered = self.worked_out.evaluation, address
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
        found = Evaluation(form, state, before=found, since=known.since_answered)
    known.evaluation, known.since_answered = found, None
    return found


class Evaluation:
    """One pass over the form in order of dependency; the scope in which expressions are read."""

    def __init__(
        self, form: Form, state: InterviewState, *, before: "Evaluation | None" = None, since: str = ""
    ) -> None:
        """Work everything out, or only what the answer to `since` moves in what is known of the answers before."""
        self.form = form
        self.answers = state.answers
        self.started_at = state.started_at
        self.seed = state.seed
        self.tag = _best_tag(state.lect, form.languages)
        known: Known = ({}, {}, {}, set()) if before is None else before.known()
        self._applies, self._values, self._counts, self._fallen = known
        self._instances: dict[tuple[str, ...], list[tuple[int, ...]]] = {}
        for name in form.order if before is None else form.moved_by(since):
            question = form.by_name.get(name)
            for indexes in self.instances(form.repeats_of[name]):
                if question is None:
                    self._applies[form.address(name, indexes)] = self._group_applies(name, indexes)
                else:
                    self._settle(question, indexes)
        self._screens = None if before is None else before.screens_for(self._counts)

    def known(self) -> Known:
        """Return a copy of all that was worked out."""
        return self._applies.copy(), self._values.copy(), self._counts.copy(), self._fallen.copy()

    def known_value(self, address: str) -> Value:
        """Return a question's value; empty text when it does not apply or has none."""
        return self._values.get(address, "")

    def applies(self, address: str) -> bool:
        """Tell whether a question or group is relevant."""
        return self._applies.get(address, False)

    def instances(self, repeats: tuple[str, ...]) -> Sequence[tuple[int, ...]]:
        """Return the instances of nested repeats, in order."""
        if not repeats:
            return _NO_REPEAT
        if repeats not in self._instances:
            *around, name = repeats
            self._instances[repeats] = [
                (*indexes, instance)
                for indexes in self.instances(tuple(around))
                for instance in range(1, 1 + self._counts.get(self.form.address(name, indexes), 0))
            ]
        return self._instances[repeats]

    def label_of(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen; empty for a code that is none."""
        choice = self.form.by_name[name].choice(code)
        return "" if choice is None else self.words(choice.label, self.place(name, ()))

    def place(self, name: str, indexes: tuple[int, ...]) -> Place:
        """Return where the expressions of a question or group stand."""
        repeats = self.form.repeats_of[name]
        return Place(self, self.form.address(name, indexes), repeats=repeats, indexes=indexes[: len(repeats)])

    def is_settled(self, address: str) -> bool:
        """Tell whether a question has been put and what was said still is one of the choices offered."""
        answer = self.answers.get(address)
        return answer is not None and answer.status is not AnswerStatus.NOT_ASKED and address not in self._fallen

    def fits(self, address: str, answer: GivenAnswer) -> bool:
        """Tell whether the constraint holds for an answer, which `.` stands for."""
        question, indexes = self.form.locate(address)
        if question.constraint is None:
            return True
        before, own = self.known_value(address), typed(question, answer, self.started_at)
        self._values[address] = own
        try:
            return question.constraint.truth(self.place(question.name, indexes).with_own(own))
        finally:
            self._values[address] = before

    def words(self, texts: Texts, place: Place) -> str:
        """Return the text in the language of the screen, answers piped in; empty where there is none."""
        template = texts.get(self.tag)
        return "" if template is None else "".join(self._pipe(template, place))

    def _pipe(self, template: Template, place: Place) -> list[str]:
        return [
            part if isinstance(part, str) else self._spoken(part.reference, place) or self._text(part.evaluate(place))
            for part in template.parts
        ]

    def _spoken(self, name: str | None, place: Place) -> str:
        """Read a chosen code by its label: nobody wants to hear the code."""
        question = None if name is None else self.form.by_name[name]
        if question is None or not question.kind.is_select:
            return ""
        codes = to_text(place.value(question.name)).split()
        return self._list_mark().join(self.label_of(question.name, code) for code in codes)

    def _list_mark(self) -> str:
        return "、" if self.tag.split("-")[0] in _CHINESE else ", "

    def _text(self, value: Value) -> str:
        return "" if value != value else to_text(value)  # noqa: PLR0124  only NaN differs from itself

    def offered(self, question: Question, indexes: tuple[int, ...]) -> Sequence[Choice]:
        """Return the choices that the filter leaves, in their order; reserved ones are always there."""
        if question.item_set is None:
            return question.choices
        nodes = question.item_set.nodes.select
        place = self.place(question.name, indexes)
        rows = [] if nodes is None else [node.row for node in nodes(place) if isinstance(node, Focus) and node.row]
        codes = list(dict.fromkeys(row.get(question.item_set.code, "") for row in rows))
        codes += [choice.code for choice in question.choices if choice.code in question.reserved - {*codes}]
        return [choice for code in codes if (choice := question.choice(code)) is not None]

    @property
    def screens(self) -> Sequence[Stop]:
        """Return what comes up on the screen if it applies, in order."""
        if self._screens is None:
            self._screens = screens(self.form, self._count_at)
        return self._screens

    def screens_for(self, counts: Mapping[str, int]) -> Sequence[Stop] | None:
        """Return the same screens where the repeats have as many instances as here."""
        return self._screens if counts == self._counts else None

    @cached_property
    def variables(self) -> Sequence[Stop]:
        """Return what holds data, in order."""
        return variables(self.form, self._count_at)

    def _count_at(self, address: str) -> int:
        return self._counts.get(address, 0)

    def is_asked(self, stop: Stop) -> bool:
        """Tell whether a screen comes up; whether there is another instance is asked behind every one."""
        if stop.question.kind is QuestionKind.REPEAT:
            *around, instance = stop.indexes
            return 1 < instance <= 1 + self._count_at(self.form.address(stop.question.name, tuple(around)))
        return self.applies(stop.address)

    def _group_applies(self, name: str, indexes: tuple[int, ...]) -> bool:
        group = self.form.groups[name]
        above = self._around_applies(group.parents, indexes)
        return above and (group.relevant is None or group.relevant.truth(self.place(name, indexes)))

    def _around_applies(self, groups: tuple[str, ...], indexes: tuple[int, ...]) -> bool:
        if not groups:
            return True
        depth = len(self.form.repeats_of[groups[-1]])
        return self.applies(self.form.address(groups[-1], indexes[:depth]))

    def _settle(self, question: Question, indexes: tuple[int, ...]) -> None:
        address = self.form.address(question.name, indexes)
        above = self._around_applies(question.group, indexes)
        applies = above and (question.relevant is None or question.relevant.truth(self.place(question.name, indexes)))
        self._applies[address] = applies
        self._fallen.discard(address)
        if question.kind is QuestionKind.REPEAT:
            self._settle_count(question, indexes, address=address)
        self._values[address] = self._worked_out(question, indexes, address=address) if applies else ""

    def _settle_count(self, repeat: Question, indexes: tuple[int, ...], *, address: str) -> None:
        """Count the instances; what was known of those beyond is forgotten, their answers are kept aside."""
        before, now = self._counts.get(address, 0), self._count(repeat, indexes) if self.applies(address) else 0
        self._counts[address] = now
        self._instances = {}
        for gone in range(now + 1, before + 1):
            start = f"{self.form.address(repeat.name, (*indexes, gone))}/"
            for known in (self._applies, self._values, self._counts):
                for stale in [one for one in known if one.startswith(start)]:
                    del known[stale]

    def _count(self, repeat: Question, indexes: tuple[int, ...]) -> int:
        if repeat.calculation is not None:
            number = to_number(repeat.calculation.evaluate(self.place(repeat.name, indexes)))
            return 0 if math.isnan(number) else int(min(max(number, 0), MOST_INSTANCES))
        count = 1
        while count < MOST_INSTANCES and self._has_another(repeat.name, (*indexes, count + 1)):
            count += 1
        return count

    def _has_another(self, name: str, indexes: tuple[int, ...]) -> bool:
        answer = self.answers.get(self.form.address(name, indexes))
        return answer is not None and answer.value == ANOTHER

    def _worked_out(self, question: Question, indexes: tuple[int, ...], *, address: str) -> Value:
        if question.kind is QuestionKind.REPEAT:
            return float(self._counts[address])
        if question.is_calculated:
            return self.calculated(question, indexes)
        answer = self.answers.get(address)
        if answer is None:
            return ""
        if question.item_set is not None and self._has_fallen(question, indexes, answer):
            self._fallen.add(address)
            return ""
        return typed(question, answer, self.started_at)

    def calculated(self, question: Question, indexes: tuple[int, ...]) -> Value:
        """Work a calculation out; beside triggers, once one of them has been answered."""
        place = self.place(question.name, indexes)
        if question.calculation is None or (
            question.triggers and all(place.value(name) == "" for name in question.triggers)
        ):
            return ""
        return question.calculation.evaluate(place)

    def _has_fallen(self, question: Question, indexes: tuple[int, ...], answer: GivenAnswer) -> bool:
        codes = (answer.value,) if isinstance(answer.value, str) else answer.value or ()
        return not {*codes} <= {choice.code for choice in self.offered(question, indexes)}


_NO_REPEAT: Final[Sequence[tuple[int, ...]]] = [()]
_CHINESE: Final = frozenset(
    {"cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cdo", "cjy", "cpx", "czh", "czo", "mnp", "lzh"}
)
