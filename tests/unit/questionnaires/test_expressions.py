"""The expression language: every published function and operator."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.evaluation import InterviewState, evaluate
from app.questionnaires.expressions import DEEPEST, PUBLISHED, ExpressionError, authored, compile_expression
from app.questionnaires.form import Form
from app.questionnaires.places import Place
from app.questionnaires.values import Value, to_text

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "questionnaires.md"
SURVEY = """
|type                |name  |label::English (en)|repeat_count|calculation|choice_filter|
|integer             |age   |Age?               |            |           |             |
|select_multiple list|many  |Which?             |            |           |kind != ''   |
|select_one list     |one   |Which?             |            |           |             |
|text                |none  |Nothing?           |            |           |             |
|begin repeat        |person|Person             |3           |           |             |
|text                |who   |Name?              |            |           |             |
|integer             |years |Age?               |            |           |             |
|begin group         |inner |                   |            |           |             |
|calculate           |twice |                   |            |${years} * 2|            |
|end group           |      |                   |            |           |             |
|end repeat          |      |                   |            |           |             |
"""
CHOICES = """
|list_name|name|label::English (en)|kind |
|list     |1   |First              |big  |
|list     |2   |Second             |small|
|list     |98  |Do not know        |small|
"""
GIVEN = {
    "age": "35",
    "one": "2",
    "person[1]/who": "Ana",
    "person[1]/years": "40",
    "person[2]/who": "Bao",
    "person[2]/years": "12",
    "person[3]/who": "Sue",
}


@pytest.fixture(scope="module")
def place(make_form: Callable[..., Form]) -> Place:
    """Stand beside the second of three people, after some answers; what is checked is 5."""
    answers = {name: GivenAnswer(value, AnswerStatus.ANSWERED) for name, value in GIVEN.items()}
    answers["many"] = GivenAnswer(("1", "2", "98"), AnswerStatus.ANSWERED)
    state = InterviewState(answers, 1, datetime(2026, 11, 23, 10, 30, tzinfo=UTC), "en")
    evaluation = evaluate(make_form(survey=SURVEY, choices=CHOICES), state)
    return evaluation.place("twice", (2,)).with_own(5.0)


EXAMPLES = {
    "1 + 2 * 3 - 4": "3",
    "-${age} - -1": "-34",
    "10 div 4": "2.5",
    "10 mod 4 = 2": "true",
    "1 div 0": "Infinity",
    "0 div 0 = 0 div 0": "false",
    "-7 mod 2": "-1",
    "1 = 1 or 1 div 0": "true",
    "${one} = 2 and ${one} != '3'": "true",
    "${none} > 1 or ${none} < 1": "false",
    "${none} = ''": "true",
    "${age}-1": "34",
    "/data/group/age >= 35": "true",
    ". >= 5 and . < 6": "true",
    "selected(${many}, '98')": "true",
    "selected(${many}, '9')": "false",
    "count-selected(${many})": "3",
    "selected-at(${many}, 1)": "2",
    "selected-at(${many}, 7)": "",
    "if(${age} > 18, 'adult', 'minor')": "adult",
    "coalesce(${none}, ${one})": "2",
    "concat('a', ${one})": "a2",
    "once(today())": "2026-11-23",
    "concat('a', 1, true())": "a1true",
    "contains('abc', 'b')": "true",
    "starts-with('abc', 'ab')": "true",
    "ends-with('abc', 'bc')": "true",
    "substr('abcdef', 1, 3)": "bc",
    "substr('abcdef', -2)": "ef",
    "substr('abc', 9)": "",
    "string(007)": "7",
    "string-length('中文')": "2",
    "normalize-space(' a  b ')": "a b",
    "number('x')": "NaN",
    "int(-2.7)": "-2",
    "int('x')": "NaN",
    "round(-1.5)": "-1",
    "round(2.345, 2)": "2.35",
    "round('x')": "NaN",
    "floor(-1.2)": "-2",
    "ceiling(1.2)": "2",
    "abs(-3)": "3",
    "min(3, ${none}, 2)": "2",
    "max(3, 'x')": "NaN",
    "min(${none})": "NaN",
    "boolean('0')": "true",
    "not(false())": "true",
    "today() > '2026-01-01'": "true",
    "today() - date('2026-11-20')": "3",
    "date(today() + 7)": "2026-11-30",
    "date('soon')": "",
    "now() > today()": "true",
    "sum(${age})": "35",
    "count(${none}) + count(${age})": "2",
    "count-non-empty(${none}) + count-non-empty(${one})": "1",
    "jr:choice-name(${one}, ' /data/group/many ')": "Second",
    "jr:choice-name(${one}, '${many}')": "Second",
    "jr:choice-name('7', '${many}')": "",
    "regex('13985012345', '^1[3-9][0-9]{9}$')": "true",
    "regex('a123b', '[0-9]+')": "false",
    "substring('12345', 2, 3)": "234",
    "substring('12345', 1.5, 2.6)": "234",
    "substring('12345', 0, 3)": "12",
    "substring('12345', 4)": "45",
    "substring-before('1999/04/01', '/')": "1999",
    "substring-before('1999', '/')": "",
    "substring-after('1999/04/01', '/')": "04/01",
    "substring-after('1999', '')": "1999",
    "translate('--aaa--', 'abc-', 'ABC')": "AAA",
    "digest('abc', 'MD5', 'hex')": "900150983cd24fb0d6963f7d28e17f72",
    "digest('abc', 'SHA-1', 'base64')": "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
    "digest('abc', 'SHA-256', 'hex')": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "digest('abc', 'CRC')": "",
    "base64-decode('5Lmh6Z+z')": "乡音",
    "base64-decode('?')": "",
    "boolean-from-string('true') and boolean-from-string('1')": "true",
    "boolean-from-string('yes')": "false",
    "number('2026-11-23') = number(today())": "true",
    "number('2026-11-23T12:00') - number('2026-11-23')": "0.5",
    "pow(2, 10)": "1024",
    "pow(0, -1)": "Infinity",
    "pow(-8, 0.5)": "NaN",
    "sqrt(16) + sqrt(-1)": "NaN",
    "exp(0) + exp10(2)": "101",
    "exp(1000)": "Infinity",
    "log(exp(1)) + log10(1000)": "4",
    "log(0)": "-Infinity",
    "round(sin(pi() div 2) + cos(0) + tan(0), 9)": "2",
    "round(asin(1) + acos(1) + atan(0), 4)": "1.5708",
    "round(atan2(1, 1) * 4, 4)": "3.1416",
    "asin(2)": "NaN",
    "format-date('2026-03-05', '%Y-%m-%d %y %n/%e %b %a %%')": "2026-03-05 26 3/5 Mar Thu %",
    "format-date(today(), '%d.%m.')": "23.11.",
    "format-date('never', '%Y')": "",
    "format-date-time('2026-03-05T07:08:09.010', '%H:%M:%S.%3 %h %q')": "07:08:09.010 7 %q",
    "format-date-time(now(), '%H:%M')": "10:30",
    "format-date-time(0.5, '%H:%M')": "12:00",
    "decimal-date-time('1970-01-02T12:00:00.000+00:00')": "1.5",
    "decimal-date-time('1970-01-02')": "1",
    "decimal-date-time('x')": "NaN",
    "decimal-time('12:00')": "0.5",
    "decimal-time('18:00:00.000+08:00')": "0.75",
    "decimal-time(now()) * 24": "10.5",
    "decimal-time('25:00')": "NaN",
    "join(', ', ${who})": "Bao",
    "join('-', 'a', 'b')": "a-b",
    "checklist(2, 2, ${age} > 1, ${age} > 99, 1)": "true",
    "checklist(-1, 0, 0, 1)": "false",
    "weighted-checklist(5, -1, 1, 5, 0, 9)": "true",
    "weighted-checklist(6, 8, 1, 5)": "false",
    "random() >= 0 and random() < 1": "true",
    "random() = random()": "false",
    "string-length(uuid())": "36",
    "string-length(uuid(8)) + string-length(uuid('x'))": "8",
    "uuid() = uuid()": "false",
    "position(..)": "2",
    "position(../..)": "2",
    "position(../../..)": "1",
    "position(${person})": "2",
    "${years} + /data/person/years + ../years + current()/../years": "48",
    "indexed-repeat(${who}, ${person}, 1)": "Ana",
    "indexed-repeat(${who}, ${person}, 9)": "",
    "indexed-repeat(${who}, ${person}, ${none})": "",
    "count(${person})": "3",
    "count(${person}[years > 18])": "1",
    "count(${person}[./years >= 12 and position() > 1])": "1",
    "sum(${person}/years)": "52",
    "max(${person}/years, 41)": "41",
    "count-non-empty(${person}/years)": "2",
    "join('+', ${person}[last()]/who)": "Sue",
    "${person}[2]/who": "Bao",
    "${person}[years = current()/../years]/who": "Bao",
    "join('', ${person}/who | ${who})": "AnaBaoSueBao",
    "count(${years}[. > 10])": "1",
    "instance('list')/root/item[name = ${one}]/kind": "small",
    "instance('list')/root/item[kind = 'small'][2]/name": "98",
    "count(instance('list')/root/item[name > ${one}])": "1",
    "join(' ', randomize(instance('list')/root/item, 3)/name)": "98 1 2",
    "join(' ', randomize(instance('list')/root/item, 'seed')/name) != ''": "true",
    "pulldata('list', 'kind', 'name', ${one})": "small",
    "pulldata('list', 'kind', 'name', 1)": "big",
    "pull-data('list', 'kind', 'name', '7')": "",
}


@pytest.mark.parametrize(("text", "result"), EXAMPLES.items())
def test_an_expression_comes_to_its_value(place: Place, text: str, result: str) -> None:
    assert _rounded(compile_expression(text).evaluate(place)) == result


def _rounded(value: Value) -> str:
    return to_text(round(value, 9) if isinstance(value, float) and math.isfinite(value) else value)


def test_every_published_function_is_tried_and_documented() -> None:
    documented = DOCUMENTATION.read_text(encoding="utf-8")
    assert {name for name in PUBLISHED if not any(f"{name}(" in text for text in EXAMPLES)} == set()
    assert {name for name in PUBLISHED if f"`{name}(" not in documented} == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age", "Write ${age}"),
        ("position()", "in square brackets only"),
        ("position(1)", "position() takes .."),
        ("last() = 2", "in square brackets only"),
        ("area(${a})", "needs places"),
        ("indexed-repeat(${a}, 1, 1)", "indexed-repeat() takes a question"),
        ("indexed-repeat(${a}, ${b}, 1, ${c})", "indexed-repeat() takes a question"),
        ("pulldata(${a}, 'b', 'c', 'd')", "must be texts in quotes"),
        ("weighted-checklist(1, 2, 3, 4, 5)", "a weight behind every value"),
        ("randomize('a')", "takes a list"),
        ("${a} | 'b'", "A bar stands between"),
        ("attribute::a", "character 1"),
        ("*", "character 1"),
        ("version()", "version() is not supported"),
        ("1 +", "ends too early"),
        ("", "ends too early"),
        ("${age} == 3", "character 9"),
        ("'open", "character 1"),
        ("//age", "character 1"),
        ("if(1, 2)", "takes 3 arguments"),
        ("round(1, 2, 3)", "takes 1–2 arguments"),
        ("coalesce(1)", "takes ≥ 2 arguments"),
        ("sum(1)", "takes a question"),
        ("once(${age})", "cannot depend on an answer"),
        ("regex(., ${one})", "must be a text in quotes"),
        ("regex(., '(a)(?=b)')", "cannot be used here"),
        ("jr:choice-name(${one}, ${one})", "must be a question in quotes"),
        ("not(" * 50 + "1" + ")" * 50, f"more than {DEEPEST} levels"),
        ("1" * 20_001, "longer than"),
    ],
)
def test_what_cannot_be_published_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=r".*") as caught:
        compile_expression(text)
    assert words in str(caught.value)


def test_a_long_chain_of_conditions_is_not_deep(place: Place) -> None:
    chain = " or ".join(["${age} = 1"] * 500 + ["${age} = 35"])
    assert compile_expression(chain).truth(place)


def test_an_expression_knows_what_it_reads() -> None:
    expression = compile_expression("if(. > ${age}, jr:choice-name(${one}, '${many}'), '')")
    assert set(expression.references) == {"age", "one"}
    assert set(expression.labels_of) == {"many"}
    assert expression.reads_own


def test_paths_are_shown_as_the_author_wrote_them() -> None:
    assert authored(" /data/main/age  > 16 and . = 'a/b'") == "${age} > 16 and . = 'a/b'"


def test_an_expression_knows_what_it_reads_as_one_value_and_what_in_every_instance() -> None:
    expression = compile_expression("sum(${years}) + ${age} + count(${person}[who = ${name}])")
    assert expression.references == {"years", "age", "person", "who", "name"}
    assert expression.singles == {("age", ""), ("who", "person"), ("name", "person")}


def test_months_are_named_in_the_language_of_the_screen(place: Place, make_form: Callable[..., Form]) -> None:
    form = make_form(
        survey=SURVEY.replace("English (en)", "普通话 (cmn-x-putonghu)"),
        choices=CHOICES.replace("English (en)", "普通话 (cmn-x-putonghu)"),
    )
    state = InterviewState({}, 1, datetime(2026, 11, 23, tzinfo=UTC), "cmn")
    written = compile_expression("format-date(today(), '%b %a')").evaluate(evaluate(form, state).place("age", ()))
    assert written == "11月 周一"


def test_a_draw_is_the_same_again_and_another_for_another_respondent(make_form: Callable[..., Form]) -> None:
    form = make_form(survey=SURVEY, choices=CHOICES)
    draws = [
        compile_expression("random()").evaluate(
            evaluate(form, InterviewState({}, seed, datetime(2026, 11, 23, tzinfo=UTC), "en")).place("age", ())
        )
        for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]
