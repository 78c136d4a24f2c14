"""Check what an interviewer entered and bring it into the form in which it is stored."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from app.core.errors import InvalidInputError
from app.questionnaires.answers import ACKNOWLEDGED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.evaluation import InterviewState, evaluate
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind

MUST_BE_ANSWERED: Final = "This question must be answered."
LONGEST_TEXT: Final = 10_000
# A double, which the expressions count in, holds 15 decimal digits.
MOST_DIGITS: Final = 15
_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def read_answer(form: Form, state: InterviewState, name: str, *, raw: RawAnswer) -> GivenAnswer:
    """Check one answer against its question, in the language of the screen.

    Raises InvalidInputError for an unknown or irrelevant question, a missing or unreadable value, an
    unknown code, or a constraint that does not hold.
    """
    question = form.by_name.get(name)
    if question is None or not question.is_asked:
        raise InvalidInputError("There is no question %(name)s to be answered.", name=name)
    evaluation = evaluate(form, state)
    if not evaluation.applies(name):
        raise InvalidInputError("The question %(name)s does not apply after the answers given so far.", name=name)
    answer = _read(question, raw)
    if answer == ACKNOWLEDGED and question.required:
        raise InvalidInputError(evaluation.words(question.required_message) or MUST_BE_ANSWERED)
    is_checked = answer.status is AnswerStatus.ANSWERED and answer.value is not None
    if is_checked and not evaluation.fits(question, answer):
        raise InvalidInputError(
            evaluation.words(question.constraint_message) or "This answer is not possible here. Check it."
        )
    return answer


def _read(question: Question, raw: RawAnswer) -> GivenAnswer:
    if question.kind is QuestionKind.NOTE:
        return ACKNOWLEDGED
    if raw.status is not AnswerStatus.ANSWERED:
        return _read_reserved(question, raw.status)
    if question.kind.is_select:
        return _read_codes(question, raw.codes)
    text = plain_text(raw.text or "")
    return GivenAnswer(_READERS[question.kind](text), AnswerStatus.ANSWERED) if text else ACKNOWLEDGED


def _read_reserved(question: Question, status: AnswerStatus) -> GivenAnswer:
    codes = {AnswerStatus.DONT_KNOW: question.dont_know, AnswerStatus.REFUSED: question.refused}
    code = codes.get(status)
    if code is None:
        raise InvalidInputError('This question offers no "don\'t know" or "refused" of that kind.')
    if not question.kind.is_select:
        return GivenAnswer(None, status)
    return GivenAnswer((code,) if question.kind is QuestionKind.SELECT_MULTIPLE else code, status)


def _read_codes(question: Question, codes: tuple[str, ...]) -> GivenAnswer:
    listed = [choice.code for choice in question.choices]
    unknown = sorted(set(codes) - set(listed))
    if unknown:
        raise InvalidInputError("%(code)s is not one of the choices.", code=unknown[0])
    chosen = tuple(code for code in listed if code in codes)
    if not chosen:
        return ACKNOWLEDGED
    if len(chosen) > 1 and question.kind is QuestionKind.SELECT_ONE:
        raise InvalidInputError("Choose one answer only.")
    if len(chosen) > 1 and question.reserved & set(chosen):
        raise InvalidInputError('"Don\'t know" and "refused" cannot be chosen together with another answer.')
    value = chosen if question.kind is QuestionKind.SELECT_MULTIPLE else chosen[0]
    return GivenAnswer(value, _status_of(question, chosen[0]))


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


_READERS: Final[Mapping[QuestionKind, Callable[[str], str]]] = {
    QuestionKind.INTEGER: _read_integer,
    QuestionKind.DECIMAL: _read_decimal,
    QuestionKind.DATE: _read_date,
    QuestionKind.TEXT: lambda text: text,
}
