"""Hold an interview: what comes next, what it is called, what it has come to. Pure and stateless."""

from dataclasses import dataclass

from app.questionnaires.answers import NOT_ASKED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.codebook import CodebookChoice, CodebookItem, codebook
from app.questionnaires.evaluation import Evaluation, InterviewState, evaluate
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.reading import MUST_BE_ANSWERED, read_answer
from app.questionnaires.values import Value, to_text

__all__ = [
    "AnswerStatus",
    "ChoiceWording",
    "CodebookChoice",
    "CodebookItem",
    "GivenAnswer",
    "InterviewState",
    "RawAnswer",
    "Wording",
    "codebook",
    "is_finished",
    "next_question",
    "previous_question",
    "progress",
    "read_answer",
    "relevant_answers",
    "wording",
]


@dataclass(frozen=True)
class ChoiceWording:
    """A choice as it is read aloud; reserved ones are for the interviewer's eyes only."""

    code: str
    label: str
    reserved: bool


@dataclass(frozen=True)
class Wording:
    """One question in words; `lect` is the tag of the column they came from.

    `section` is the label of the nearest group that has one; `proposed` is the default, to be offered
    and confirmed; empty strings where the author wrote nothing.
    """

    lect: str
    label: str
    hint: str
    section: str
    choices: tuple[ChoiceWording, ...]
    required: bool
    required_message: str
    constraint_message: str
    proposed: str


def next_question(form: Form, state: InterviewState, *, after: str | None = None) -> Question | None:
    """Return the first relevant question without an answer; with `after`, the relevant one behind it."""
    evaluation = evaluate(form, state)
    asked = form.asked
    if after is not None:
        asked = asked[asked.index(form.question(after)) + 1 :]
    return next(
        (
            question
            for question in asked
            if evaluation.applies(question.name) and (after is not None or not state.is_answered(question.name))
        ),
        None,
    )


def previous_question(form: Form, state: InterviewState, before: str | None) -> Question | None:
    """Return the relevant question in front of `before`, or the last one for None."""
    evaluation = evaluate(form, state)
    asked = form.asked if before is None else form.asked[: form.asked.index(form.question(before))]
    return next((question for question in reversed(asked) if evaluation.applies(question.name)), None)


def wording(form: Form, state: InterviewState, question: Question) -> Wording:
    """Put a question into the words of the state's lect, or of the nearest one the form has."""
    evaluation = evaluate(form, state)
    labels = (evaluation.words(form.groups[name].label) for name in reversed(question.group))
    return Wording(
        lect=evaluation.tag,
        label=evaluation.words(question.label),
        hint=evaluation.words(question.hint),
        section=next((label for label in labels if label), ""),
        choices=tuple(
            ChoiceWording(choice.code, evaluation.words(choice.label), choice.code in question.reserved)
            for choice in question.choices
        ),
        required=question.required,
        required_message=evaluation.words(question.required_message) or MUST_BE_ANSWERED,
        constraint_message=evaluation.words(question.constraint_message),
        proposed="" if question.default is None else to_text(question.default.evaluate(evaluation)),
    )


def relevant_answers(form: Form, state: InterviewState) -> dict[str, GivenAnswer]:
    """Return every item that holds data with what may be published of it.

    Answers that no longer apply come out as not asked, whatever was once said; calculations are worked out.
    """
    evaluation = evaluate(form, state)
    return {question.name: _published(evaluation, question) for question in form.questions if question.holds_data}


def _published(evaluation: Evaluation, question: Question) -> GivenAnswer:
    if not evaluation.applies(question.name):
        return NOT_ASKED
    if question.kind is QuestionKind.CALCULATE:
        return GivenAnswer(_calculated(evaluation.value(question.name)), AnswerStatus.ANSWERED)
    return evaluation.answers.get(question.name, NOT_ASKED)


def _calculated(value: Value) -> str | None:
    """Write down a calculation; what came to nothing or to no number is None."""
    text = to_text(value)
    return None if text == "" or (isinstance(value, float) and text == "NaN") else text


def progress(form: Form, state: InterviewState) -> tuple[int, int]:
    """Count what is answered and what applies, notes included."""
    evaluation = evaluate(form, state)
    relevant = [question.name for question in form.asked if evaluation.applies(question.name)]
    return sum(state.is_answered(name) for name in relevant), len(relevant)


def is_finished(form: Form, state: InterviewState) -> bool:
    """Tell whether nothing that applies is left to ask."""
    return next_question(form, state) is None
