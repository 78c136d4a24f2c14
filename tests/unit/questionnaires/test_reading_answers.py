"""An answer is checked and brought into one form, or refused with the words of its author."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.questionnaires.answers import AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.form import Form
from app.questionnaires.reading import LONGEST_TEXT, plain_digits, plain_text
from app.questionnaires.session import InterviewState, read_answer

SURVEY = """
|type|name|label::English (en)|label::粤语 (yue)|required|relevant|constraint|constraint_message::English (en)|constraint_message::粤语 (yue)|required_message::English (en)|required_message::粤语 (yue)|bind::cati:dkref|calculation|
|integer|age|Age?|几岁？|yes||. <= 120|At most 120, not 100%.|最多 120。|Ask for the age.|问年纪。|98 99||
|decimal|rate|Rate?|几多？|||${age} = '' or . > ${age} div 2|||||98||
|date|day|Day?|边日？|||. <= today()|Not in the future.|唔好将来。|||||
|text|words|Words?|讲咩？||||||||||
|select_one yn|sure|Sure?|系咪？|yes|||||||98 99||
|select_multiple w|worry|What?|咩呀？|||count-selected(.) <= 2|Two at most.|最多两样。|||98 99||
|note|bye|Bye.|再见。||||||||||
|calculate|double|||||||||||${age} * 2|
|text|hidden|Hidden?|匿？||${age} > 200||||||||
"""  # noqa: E501  a table
CHOICES = "|list_name|name|label::English (en)|label::粤语 (yue)|\n" + "".join(
    f"|{name}|{code}|{code}|{code}|\n"
    for name, codes in (("yn", "1 0 98 99"), ("w", "1 2 3 98 99"))
    for code in codes.split()
)
SETTINGS = '|namespaces|\n|cati="urn:xiangyin:cati"|'
ANSWERED, DONT_KNOW, REFUSED = AnswerStatus.ANSWERED, AnswerStatus.DONT_KNOW, AnswerStatus.REFUSED


@pytest.fixture
def form(make_form: Callable[..., Form]) -> Form:
    return make_form(survey=SURVEY, choices=CHOICES, settings=SETTINGS)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("age", ("３５", "35")),
        ("age", (" 035 ", "35")),
        ("age", ("٣٥", "35")),
        ("age", ("-0", "0")),
        ("rate", ("12．50", "12.5")),
        ("rate", ("1。5", "1.5")),
        ("rate", (".5", "0.5")),
        ("rate", ("100", "100")),
        ("day", ("2026年1月5日", "2026-01-05")),
        ("day", ("2026/1/5", "2026-01-05")),
        ("words", ("  还可以\x00\ud800  ", "还可以")),
        ("words", (" ", None)),
    ],
)
def test_what_is_typed_is_stored_plainly(
    form: Form, state: InterviewState, name: str, typed: tuple[str, str | None]
) -> None:
    text, value = typed
    assert read_answer(form, state, name, raw=RawAnswer(text)) == GivenAnswer(value, ANSWERED)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("age", (RawAnswer("1.5"), "whole number")),
        ("age", (RawAnswer("thirty"), "whole number")),
        ("age", (RawAnswer("1_0"), "whole number")),
        ("age", (RawAnswer("9" * 16), "whole number")),
        ("age", (RawAnswer("121"), "At most 120, not 100%.")),
        ("age", (RawAnswer(""), "Ask for the age.")),
        ("rate", (RawAnswer("1,5"), "number in digits")),
        ("rate", (RawAnswer("1e5"), "number in digits")),
        ("day", (RawAnswer("2026-02-30"), "year-month-day")),
        ("day", (RawAnswer("tomorrow"), "year-month-day")),
        ("day", (RawAnswer("2026-11-24"), "Not in the future.")),
        ("day", (RawAnswer(status=DONT_KNOW), "offers no")),
        ("rate", (RawAnswer(status=REFUSED), "offers no")),
        ("age", (RawAnswer(status=AnswerStatus.NOT_ASKED), "offers no")),
        ("words", (RawAnswer("x" * (LONGEST_TEXT + 1)), "longer than")),
        ("sure", (RawAnswer(codes=("7",)), "7 is not one of the choices.")),
        ("sure", (RawAnswer(codes=("1", "0")), "one answer only")),
        ("sure", (RawAnswer(), "This question must be answered.")),
        ("worry", (RawAnswer(codes=("1", "98")), "together with another")),
        ("worry", (RawAnswer(codes=("1", "2", "3")), "Two at most.")),
        ("double", (RawAnswer("1"), "no question double")),
        ("nobody", (RawAnswer("1"), "no question nobody")),
        ("hidden", (RawAnswer("1"), "does not apply")),
    ],
)
def test_what_cannot_be_is_refused(
    form: Form, state: InterviewState, name: str, refusal: tuple[RawAnswer, str]
) -> None:
    raw, words = refusal
    with pytest.raises(InvalidInputError) as caught:
        read_answer(form, state, name, raw=raw)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("sure", (RawAnswer(codes=("1",)), GivenAnswer("1", ANSWERED))),
        ("sure", (RawAnswer(codes=("98",)), GivenAnswer("98", DONT_KNOW))),
        ("sure", (RawAnswer(status=REFUSED), GivenAnswer("99", REFUSED))),
        ("worry", (RawAnswer(codes=("3", "1", "3")), GivenAnswer(("1", "3"), ANSWERED))),
        ("worry", (RawAnswer(codes=("99",)), GivenAnswer(("99",), REFUSED))),
        ("worry", (RawAnswer(status=DONT_KNOW), GivenAnswer(("98",), DONT_KNOW))),
        ("worry", (RawAnswer(), GivenAnswer(None, ANSWERED))),
        ("age", (RawAnswer(status=DONT_KNOW), GivenAnswer(None, DONT_KNOW))),
        ("age", (RawAnswer("98"), GivenAnswer("98", ANSWERED))),
        ("bye", (RawAnswer("anything"), GivenAnswer(None, ANSWERED))),
    ],
)
def test_codes_and_statuses_agree(
    form: Form, state: InterviewState, name: str, reading: tuple[RawAnswer, GivenAnswer]
) -> None:
    raw, answer = reading
    assert read_answer(form, state, name, raw=raw) == answer


def test_the_author_speaks_in_the_language_of_the_screen(form: Form, state: InterviewState) -> None:
    cantonese = InterviewState({}, 1, state.started_at, lect="yue")
    with pytest.raises(InvalidInputError, match="最多 120。"):
        read_answer(form, cantonese, "age", raw=RawAnswer("121"))


def test_a_constraint_sees_the_other_answers(form: Form, state: InterviewState) -> None:
    later = state.with_answer("age", GivenAnswer("40", ANSWERED))
    assert read_answer(form, later, "rate", raw=RawAnswer("20.5")).value == "20.5"
    with pytest.raises(InvalidInputError, match="This answer is not possible"):
        read_answer(form, later, "rate", raw=RawAnswer("20"))


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_full_width_digits_are_digits(number: int) -> None:
    assert plain_digits(str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)})) == str(number)


@given(st.text(max_size=50))
def test_any_text_can_be_stored(text: str) -> None:
    assert "\0" not in plain_text(text).encode().decode()
