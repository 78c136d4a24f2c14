"""Describe every item of a questionnaire for whoever reads its answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.questionnaires.answers import AnswerStatus
from app.questionnaires.expressions import Expression
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind, Texts


@dataclass(frozen=True)
class CodebookChoice:
    """One code, its labels by language tag, and the answer status that it stands for."""

    code: str
    labels: Mapping[str, str]
    status: AnswerStatus


@dataclass(frozen=True)
class CodebookItem:
    """One item that holds data; conditions are in the author's own notation.

    `repeats` names the repeats around it: its answers are then named like `person[2]/age`. A repeat itself holds
    the number of its instances.
    """

    name: str
    kind: QuestionKind
    group: tuple[str, ...]
    repeats: tuple[str, ...]
    required: bool
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    choices: tuple[CodebookChoice, ...]
    reserved: tuple[str, ...]
    relevant: str | None
    constraint: str | None
    calculation: str | None


def codebook(form: Form) -> list[CodebookItem]:
    """List the items in the order of the questionnaire; notes hold no data and are left out."""
    return [_item(form, question) for question in form.questions if question.holds_data]


def _item(form: Form, question: Question) -> CodebookItem:
    return CodebookItem(
        name=question.name,
        kind=question.kind,
        group=question.group,
        repeats=form.repeats_of[question.name],
        required=question.required,
        labels=_plain(question.label),
        hints=_plain(question.hint),
        choices=tuple(
            CodebookChoice(choice.code, _plain(choice.label), _status(question, choice.code))
            for choice in question.choices
        ),
        reserved=tuple(sorted(question.reserved)),
        relevant=condition_of(form, question),
        constraint=None if question.constraint is None else question.constraint.text,
        calculation=None if question.calculation is None else question.calculation.text,
    )


def _status(question: Question, code: str) -> AnswerStatus:
    if code == question.dont_know:
        return AnswerStatus.DONT_KNOW
    return AnswerStatus.REFUSED if code == question.refused else AnswerStatus.ANSWERED


def _plain(texts: Texts) -> dict[str, str]:
    return {tag: template.plain for tag, template in texts.items()}


def condition_of(form: Form, question: Question) -> str | None:
    """Return when an item applies: where its own condition and those of all its groups hold; None for always."""
    every = [*(form.groups[name].relevant for name in question.group), question.relevant]
    return _joined([condition for condition in every if condition])


def _joined(conditions: list[Expression]) -> str | None:
    if len(conditions) == 1:
        return conditions[0].text.strip()
    return " and ".join(f"({condition.text.strip()})" for condition in conditions) or None
