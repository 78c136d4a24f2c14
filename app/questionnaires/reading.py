"""Check what an interviewer entered and bring it into the form in which it is stored."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.core.errors import InvalidInputError, NotFoundError
from app.questionnaires.answers import ACKNOWLEDGED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.course import MOST_INSTANCES, Stop
from app.questionnaires.evaluation import Evaluation, InterviewState, evaluate
from app.questionnaires.form import Form
from app.questionnaires.instants import read_time
from app.questionnaires.items import ANOTHER, NO_MORE, Question, QuestionKind
from app.questionnaires.values import to_number

MUST_BE_ANSWERED: Final = "This question must be answered."
NOT_POSSIBLE: Final = "This answer is not possible here. Check it."
LONGEST_TEXT: Final = 10_000
# A double, which the expressions count in, holds 15 decimal digits.
MOST_DIGITS: Final = 15
_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def read_answer(form: Form, state: InterviewState, address: str, *, raw: RawAnswer) -> GivenAnswer:
    """Check one answer against its question, in the language of the screen.

    Raises InvalidInputError for an unknown or irrelevant question, a missing or unreadable value, an
    unknown code, or a constraint that does not hold.
    """
    evaluation = evaluate(form, state)
    stop = _asked(evaluation, address)
    question = stop.question
    answer = _read(evaluation, stop, raw)
    place = evaluation.place(question.name, stop.indexes)
    if answer == ACKNOWLEDGED and is_required(evaluation, question, stop.indexes):
        raise InvalidInputError(evaluation.words(question.required_message, place) or MUST_BE_ANSWERED)
    is_checked = answer.status is AnswerStatus.ANSWERED and answer.value is not None
    if is_checked and not evaluation.fits(address, answer):
        raise InvalidInputError(evaluation.words(question.constraint_message, place) or NOT_POSSIBLE)
    if is_checked and form.has_repeats:
        _check_count(form, state.with_answer(address, answer), address)
    return answer


def _asked(evaluation: Evaluation, address: str) -> Stop:
    """Find the question where it stands; raises InvalidInputError unless it is there and applies."""
    try:
        question, indexes = evaluation.form.locate(address)
    except NotFoundError:
        question, indexes = None, ()
    is_question = question is not None and (
        question.is_asked or len(indexes) > len(evaluation.form.repeats_of[question.name])
    )
    if question is None or not is_question:
        raise InvalidInputError("There is no question %(name)s to be answered.", name=address)
    stop = Stop(address, question, indexes)
    if not evaluation.is_asked(stop):
        raise InvalidInputError("The question %(name)s does not apply after the answers given so far.", name=address)
    return stop


def is_required(evaluation: Evaluation, question: Question, indexes: tuple[int, ...]) -> bool:
    """Tell whether an answer is needed after the answers given so far; for one more instance it always is."""
    if question.required_if is None:
        return question.required or question.kind is QuestionKind.REPEAT
    return question.required_if.truth(evaluation.place(question.name, indexes))


def _check_count(form: Form, after: InterviewState, address: str) -> None:
    """Refuse an answer after which something would have to be asked more often than can be."""
    evaluation = evaluate(form, after)
    for name in form.moved_by(address):
        repeat = form.by_name.get(name)
        if repeat is None or repeat.kind is not QuestionKind.REPEAT or repeat.calculation is None:
            continue
        for indexes in evaluation.instances(form.repeats_of[name]):
            wanted = to_number(repeat.calculation.evaluate(evaluation.place(name, indexes)))
            if evaluation.applies(form.address(name, indexes)) and wanted > MOST_INSTANCES:
                raise InvalidInputError(
                    "%(name)s can be asked at most %(most)s times. Check the number.",
                    name=name,
                    most=str(MOST_INSTANCES),
                )


def _read(evaluation: Evaluation, stop: Stop, raw: RawAnswer) -> GivenAnswer:
    offered = evaluation.offered(stop.question, stop.indexes) if stop.question.kind.is_select else ()
    return read_value(stop.question, raw, listed=[choice.code for choice in offered])


def read_value(question: Question, raw: RawAnswer, *, listed: Sequence[str]) -> GivenAnswer:
    """Check one answer by what its question alone says; `listed` are the codes that it offers.

    Raises InvalidInputError for what cannot be read. An empty answer has no value.
    """
    if question.kind.is_read_only:
        return ACKNOWLEDGED if question.kind is QuestionKind.NOTE else GivenAnswer("OK", AnswerStatus.ANSWERED)
    if raw.status is not AnswerStatus.ANSWERED:
        return _read_reserved(question, raw.status)
    if question.kind is QuestionKind.REPEAT:
        return _read_codes(question, raw.codes, listed=[ANOTHER, NO_MORE])
    if question.kind.is_select:
        return _read_codes(question, raw.codes or typed_order(question, raw.text), listed=listed)
    text = plain_text(raw.text or "")
    if not text:
        return ACKNOWLEDGED
    value = _READERS[question.kind](text)
    if question.scale is not None and not question.scale.has(Decimal(value)):
        scale = question.scale
        raise InvalidInputError(
            "Enter a number from %(start)s to %(end)s in steps of %(step)s.",
            start=f"{scale.start:f}",
            end=f"{scale.end:f}",
            step=f"{scale.step:f}",
        )
    return GivenAnswer(value, AnswerStatus.ANSWERED)


def _read_reserved(question: Question, status: AnswerStatus) -> GivenAnswer:
    codes = {AnswerStatus.DONT_KNOW: question.dont_know, AnswerStatus.REFUSED: question.refused}
    code = codes.get(status)
    if code is None:
        raise InvalidInputError('This question offers no "don\'t know" or "refused" of that kind.')
    if not question.kind.is_select:
        return GivenAnswer(None, status)
    return GivenAnswer((code,) if question.kind.takes_many else code, status)


def typed_order(question: Question, text: str | None) -> tuple[str, ...]:
    """Read the codes of a rank from text, where their order is typed."""
    return tuple((text or "").replace(",", " ").split()) if question.kind is QuestionKind.RANK else ()


def _read_codes(question: Question, codes: tuple[str, ...], *, listed: Sequence[str]) -> GivenAnswer:
    unknown = sorted(set(codes) - set(listed))
    if unknown:
        raise InvalidInputError("%(code)s is not one of the choices.", code=unknown[0])
    is_ranked = question.kind is QuestionKind.RANK
    chosen = tuple(dict.fromkeys(codes)) if is_ranked else tuple(code for code in listed if code in codes)
    if not chosen:
        return ACKNOWLEDGED
    if len(chosen) > 1 and not question.kind.takes_many:
        raise InvalidInputError("Choose one answer only.")
    if len(chosen) > 1 and question.reserved & set(chosen):
        raise InvalidInputError('"Don\'t know" and "refused" cannot be chosen together with another answer.')
    if is_ranked and not question.reserved & set(chosen) and len(chosen) < len(set(listed) - question.reserved):
        raise InvalidInputError("Put all of them in order: some have no place yet.")
    return GivenAnswer(chosen if question.kind.takes_many else chosen[0], _status_of(question, chosen[0]))


def _status_of(question: Question, code: str) -> AnswerStatus:
    if code == question.dont_know:
        return AnswerStatus.DONT_KNOW
    return AnswerStatus.REFUSED if code == question.refused else AnswerStatus.ANSWERED


def plain_text(text: str) -> str:
    """Drop what no keyboard means: outer space, control characters, halves of surrogate pairs."""
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError("The text is longer than %(most)s characters. Shorten it.", most=str(LONGEST_TEXT))
    return "".join(
        character
        for character in text.strip()
        if character in "\n\t" or unicodedata.category(character) not in _DROPPED
    ).strip()


_DROPPED: Final = frozenset({"Cc", "Cs"})


def plain_digits(text: str) -> str:
    """Write full-width and other scripts' digits as 0-9, and the signs an input method makes."""
    compatible = unicodedata.normalize("NFKC", text).replace("−", "-").replace("。", ".")
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in compatible
    ).replace(" ", "")


def _read_integer(text: str) -> str:
    digits = plain_digits(text)
    if not _INTEGER.fullmatch(digits) or len(digits.lstrip("+-0")) > MOST_DIGITS:
        raise InvalidInputError("Enter a whole number in digits.")
    return str(int(digits))


def _read_decimal(text: str) -> str:
    digits = plain_digits(text)
    if not _DECIMAL.fullmatch(digits) or len(re.sub(r"\D", "", digits).lstrip("0")) > MOST_DIGITS:
        raise InvalidInputError("Enter a number in digits, with a point before the fraction.")
    plain = format(Decimal(digits), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _read_date(text: str) -> str:
    found = _DATE.fullmatch(plain_digits(text))
    try:
        year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month, day).isoformat()
    except ValueError:
        raise InvalidInputError("Enter a date as year-month-day, for example 2026-11-23.") from None


def _read_time(text: str) -> str:
    found = read_time(plain_digits(text).replace("：", ":"))
    if found is None:
        raise InvalidInputError("Enter a time of 24 hours, for example 18:30.")
    return found.isoformat("minutes")


def _read_datetime(text: str) -> str:
    day, _, clock = " ".join(text.replace("T", " ").split()).partition(" ")
    return f"{_read_date(day)}T{_read_time(clock)}"


_READERS: Final[Mapping[QuestionKind, Callable[[str], str]]] = {
    QuestionKind.INTEGER: _read_integer,
    QuestionKind.DECIMAL: _read_decimal,
    QuestionKind.DATE: _read_date,
    QuestionKind.TIME: _read_time,
    QuestionKind.DATETIME: _read_datetime,
    QuestionKind.TEXT: lambda text: text,
}
