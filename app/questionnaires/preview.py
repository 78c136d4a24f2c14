"""Every screen of a questionnaire in one of its languages, for whoever checks it before anybody is called."""

from dataclasses import dataclass

from app.questionnaires.codebook import condition_of
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind, Texts
from app.questionnaires.session import ASKS_FOR_ANOTHER, ChoiceWording


@dataclass(frozen=True)
class PreviewScreen:
    """One screen as its author wrote it, with ${name} where an answer comes in; empty where nothing is written.

    `condition`, `constraint` and `shown_value` are in the author's own notation. `is_filtered` says that only some
    of the choices are offered, by what was answered before. The screen of an open-ended repeat asks for another
    instance, in the words of `label`. `recording` names the sound file that is read in this language.
    """

    number: int
    name: str
    kind: QuestionKind
    appearance: str
    repeats: tuple[str, ...]
    section: str
    label: str
    hint: str
    choices: tuple[ChoiceWording, ...]
    is_filtered: bool
    required: bool
    condition: str | None
    constraint: str | None
    constraint_message: str
    shown_value: str | None
    recording: str


def screens_of(form: Form, language: str) -> list[PreviewScreen]:
    """List the screens in the order of the questionnaire; `language` is a tag that the form has a column for."""
    shown = (question for question in form.questions if question.is_asked or question.is_open_ended)
    return [_screen(form, question, language, number=number) for number, question in enumerate(shown, start=1)]


def _screen(form: Form, question: Question, language: str, *, number: int) -> PreviewScreen:
    sections = (_words(form.groups[name].label, language) for name in reversed(question.group))
    proposed = question.calculation or question.default
    return PreviewScreen(
        number=number,
        name=question.name,
        kind=question.kind,
        appearance=question.appearance,
        repeats=form.repeats_of[question.name],
        section=next((section for section in sections if section), ""),
        label=_words(question.another, language) or _words(question.label, language),
        hint=_words(question.hint, language),
        choices=_choices(question, language),
        is_filtered=question.item_set is not None and question.item_set.nodes.references != frozenset(),
        required=question.required,
        condition=condition_of(form, question),
        constraint=question.constraint.text.strip() if question.constraint else None,
        constraint_message=_words(question.constraint_message, language),
        recording=question.recorded.get(language, ""),
        shown_value=proposed.text.strip() if proposed and question.kind is not QuestionKind.REPEAT else None,
    )


def _choices(question: Question, language: str) -> tuple[ChoiceWording, ...]:
    if question.kind is QuestionKind.REPEAT:
        return tuple(ChoiceWording(code, label, reserved=False) for code, label in ASKS_FOR_ANOTHER.items())
    return tuple(
        ChoiceWording(choice.code, _words(choice.label, language), choice.code in question.reserved)
        for choice in question.choices
    )


def _words(texts: Texts, language: str) -> str:
    template = texts.get(language)
    return template.plain if template else ""
