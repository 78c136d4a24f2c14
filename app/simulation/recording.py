"""Write down in a questionnaire what somebody said, and tell how a finished interview ends."""

from collections.abc import Iterator
from typing import Final

from app.core.errors import InvalidInputError
from app.interviewing.interviews import OUTCOME_ITEM
from app.questionnaires.answers import AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.form import Form
from app.questionnaires.items import NO_MORE, QuestionKind
from app.questionnaires.session import InterviewState, read_answer, relevant_answers, wording
from app.telephony.emulator.speech import SpokenAnswer

NOTHING_FITS: Final = (
    "The simulated people have no answer that the question %(name)s accepts. "
    'Offer "don\'t know" there, or let it be passed over.'
)
# Numbers and days that a question about an unknown thing may accept, tried in this order.
_NUMBERS: Final = ("0", "1", "2", "5", "10", "20", "50", "100", "500", "1000", "1990", "1970", "2010", "5000", "20000")
_MOMENTS: Final = {
    QuestionKind.DATE: "2000-01-01",
    QuestionKind.TIME: "12:00",
    QuestionKind.DATETIME: "2000-01-01 12:00",
}


def recorded(form: Form, state: InterviewState, name: str, *, said: SpokenAnswer) -> GivenAnswer:
    """Return the answer as the interviewer writes it down.

    What the form refuses becomes "don't know", then "refused", then no answer, then whatever it does accept: the
    simulated people know nothing of a form's own rules. Raises InvalidInputError where nothing is accepted.
    """
    for raw in _ways_to_write(form, state, name, said=said):
        try:
            return read_answer(form, state, name, raw=raw)
        except InvalidInputError:
            continue
    raise InvalidInputError(NOTHING_FITS, name=name)


def finished_as(form: Form, state: InterviewState) -> str | None:
    """Return the outcome that a finished interview names by its own calculation, None where it is complete."""
    said = relevant_answers(form, state).get(OUTCOME_ITEM)
    return str(said.value) if said is not None and said.value else None


def _ways_to_write(form: Form, state: InterviewState, name: str, *, said: SpokenAnswer) -> Iterator[RawAnswer]:
    yield RawAnswer(said.text, said.codes, AnswerStatus(said.given.value))
    yield RawAnswer(status=AnswerStatus.DONT_KNOW)
    yield RawAnswer(status=AnswerStatus.REFUSED)
    yield RawAnswer()
    question = form.question(name)
    yield from (RawAnswer(codes=(choice.code,)) for choice in question.choices)
    if question.kind is QuestionKind.REPEAT:
        yield RawAnswer(codes=(NO_MORE,))
    elif question.kind is QuestionKind.RANK:
        offered = wording(form, state, question).choices
        yield RawAnswer(codes=tuple(choice.code for choice in offered if not choice.reserved))
    elif question.kind in _MOMENTS:
        yield RawAnswer(text=_MOMENTS[question.kind])
    elif not question.kind.is_select:
        yield from (RawAnswer(text=number) for number in _NUMBERS)
