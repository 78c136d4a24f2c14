"""Hold an interview: what comes next, what it is called, what it has come to. Pure and stateless."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.questionnaires.answers import NOT_ASKED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.codebook import CodebookChoice, CodebookItem, codebook
from app.questionnaires.course import Stop
from app.questionnaires.evaluation import Evaluation, InterviewState, evaluate
from app.questionnaires.form import Form
from app.questionnaires.items import ANOTHER, NO_MORE, Question, QuestionKind
from app.questionnaires.reading import MUST_BE_ANSWERED, is_required, read_answer
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
    "answered_question",
    "codebook",
    "is_finished",
    "next_question",
    "previous_question",
    "progress",
    "questions_in_error",
    "read_answer",
    "relevant_answers",
    "section_label",
    "wording",
]


ASKS_FOR_ANOTHER: Final[Mapping[str, str]] = {ANOTHER: "Yes, another one", NO_MORE: "No, that was the last one"}


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
    and confirmed; `another` asks whether a repeat has one more; `recording` is a sound file of the version, read in
    the same language. Empty strings where the author wrote nothing.
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
    another: str = ""
    recording: str = ""


def next_question(form: Form, state: InterviewState, *, after: str | None = None) -> Question | None:
    """Return the first relevant question without an answer; with `after`, the relevant one behind it.

    When all are answered, the first whose answer other answers have put in error. In a repeat a question's name
    is its address, such as `person[2]/age`; the repeat's own, `person[2]`, asks whether there is a second one.
    """
    evaluation = evaluate(form, state)
    if after is not None:
        stops = _behind(evaluation, after)
        return _named(next((stop for stop in stops if evaluation.is_asked(stop)), None))
    for stop in evaluation.screens:
        if not evaluation.is_settled(stop.address) and evaluation.is_asked(stop):
            return _named(stop)
    return _named(next(_in_error(evaluation), None))


def _in_error(evaluation: Evaluation) -> Iterator[Stop]:
    for stop in evaluation.screens:
        constraint = stop.question.constraint
        if constraint is None or not constraint.references or not evaluation.is_asked(stop):
            continue
        answer = evaluation.answers[stop.address]
        is_checked = answer.status is AnswerStatus.ANSWERED and answer.value is not None
        if is_checked and not evaluation.fits(stop.address, answer):
            yield stop


def questions_in_error(form: Form, state: InterviewState) -> list[str]:
    """Return the addresses of the answers that other answers have put in error since they were given."""
    evaluation = evaluate(form, state)
    settled = (stop.address for stop in evaluation.screens if evaluation.is_settled(stop.address))
    answered = {address: evaluation.answers[address] for address in settled}
    known = InterviewState(answered, state.seed, state.started_at, state.lect)
    return [stop.address for stop in _in_error(evaluate(form, known)) if stop.address in answered]


def previous_question(form: Form, state: InterviewState, before: str | None) -> Question | None:
    """Return the relevant question in front of `before`, or the last one for None."""
    evaluation = evaluate(form, state)
    stops = evaluation.screens
    if before is not None:
        stops = stops[: _place_of(evaluation, before)]
    return _named(next((stop for stop in reversed(stops) if evaluation.is_asked(stop)), None))


def answered_question(form: Form, state: InterviewState, address: str) -> Question | None:
    """Return the question at an address if it applies and has an answer; raises NotFoundError where there is none."""
    form.locate(address)
    evaluation = evaluate(form, state)
    stops = (stop for stop in evaluation.screens if stop.address == address and evaluation.is_asked(stop))
    return _named(next(stops, None)) if state.is_answered(address) else None


def _behind(evaluation: Evaluation, address: str) -> Sequence[Stop]:
    return evaluation.screens[_place_of(evaluation, address) + 1 :]


def _place_of(evaluation: Evaluation, address: str) -> int:
    """Find a screen; an instance that is gone counts as the end of the questionnaire."""
    evaluation.form.locate(address)
    found = (place for place, stop in enumerate(evaluation.screens) if stop.address == address)
    return next(found, len(evaluation.screens))


def _named(stop: Stop | None) -> Question | None:
    if stop is None:
        return None
    return replace(stop.question, name=stop.address) if stop.indexes else stop.question


def wording(form: Form, state: InterviewState, question: Question) -> Wording:
    """Put a question into the words of the state's lect, or of the nearest one the form has."""
    evaluation = evaluate(form, state)
    found, indexes = form.locate(question.name)
    place = evaluation.place(found.name, indexes)
    labels = (evaluation.words(form.groups[name].label, place) for name in reversed(question.group))
    return Wording(
        lect=evaluation.tag,
        label=evaluation.words(question.label, place),
        hint=evaluation.words(question.hint, place),
        section=next((label for label in labels if label), ""),
        choices=_choices(evaluation, found, indexes),
        required=is_required(evaluation, found, indexes),
        required_message=evaluation.words(question.required_message, place) or MUST_BE_ANSWERED,
        constraint_message=evaluation.words(question.constraint_message, place),
        proposed=_proposed(evaluation, found, indexes),
        another=evaluation.words(question.another, place),
        recording=question.recorded.get(evaluation.tag, ""),
    )


def section_label(form: Form, state: InterviewState, group: str) -> str:
    """Return the heading of a group in the words of the state's lect; empty where the author wrote none."""
    evaluation = evaluate(form, state)
    return evaluation.words(form.groups[group].label, evaluation.place(group, ()))


def _choices(evaluation: Evaluation, question: Question, indexes: tuple[int, ...]) -> tuple[ChoiceWording, ...]:
    if question.kind is QuestionKind.REPEAT:
        return tuple(ChoiceWording(code, label, reserved=False) for code, label in ASKS_FOR_ANOTHER.items())
    place = evaluation.place(question.name, indexes)
    return tuple(
        ChoiceWording(choice.code, evaluation.words(choice.label, place), choice.code in question.reserved)
        for choice in evaluation.offered(question, indexes)
    )


def _proposed(evaluation: Evaluation, question: Question, indexes: tuple[int, ...]) -> str:
    """Return what is offered to be confirmed, or what a read-only question shows."""
    value: Value = ""
    if question.calculation is not None and question.kind is not QuestionKind.REPEAT:
        value = evaluation.calculated(question, indexes)
    if value == "" and question.default is not None:
        value = question.default.evaluate(evaluation.place(question.name, indexes))
    return _calculated(value) or ""


def relevant_answers(form: Form, state: InterviewState) -> dict[str, GivenAnswer]:
    """Return every item that holds data with what may be published of it, by address.

    Answers that no longer apply come out as not asked, whatever was once said; calculations are worked out. A repeat
    holds the number of its instances; what stands in instances that are not there is left out.
    """
    evaluation = evaluate(form, state)
    return {stop.address: _published(evaluation, stop) for stop in evaluation.variables}


def _published(evaluation: Evaluation, stop: Stop) -> GivenAnswer:
    if not evaluation.applies(stop.address):
        return NOT_ASKED
    if stop.question.is_calculated or stop.question.kind is QuestionKind.REPEAT:
        return GivenAnswer(_calculated(evaluation.known_value(stop.address)), AnswerStatus.ANSWERED)
    return evaluation.answers[stop.address] if evaluation.is_settled(stop.address) else NOT_ASKED


def _calculated(value: Value) -> str | None:
    """Write down a calculation; what came to nothing or to no number is None."""
    text = to_text(value)
    return None if text == "" or (isinstance(value, float) and text == "NaN") else text


def progress(form: Form, state: InterviewState) -> tuple[int, int]:
    """Count what is answered and what applies, notes included."""
    evaluation = evaluate(form, state)
    relevant = [stop.address for stop in evaluation.screens if evaluation.is_asked(stop)]
    return sum(evaluation.is_settled(address) for address in relevant), len(relevant)


def is_finished(form: Form, state: InterviewState) -> bool:
    """Tell whether nothing that applies is left to ask or to put right."""
    return next_question(form, state) is None
