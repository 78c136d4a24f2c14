"""The expression language: every published function and operator."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.questionnaires.expressions import DEEPEST, PUBLISHED, ExpressionError, authored, compile_expression
from app.questionnaires.values import Value, to_text

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "questionnaires.md"


@dataclass
class Answers:
    """A scope with some answers in it."""

    started_at: datetime = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    values: dict[str, Value] = field(default_factory=lambda: {"age": 35.0, "many": "1 2 98", "one": "2", "none": ""})

    def value(self, name: str) -> Value:
        return self.values[name]

    def own(self) -> Value:
        return 5.0

    def applies(self, name: str) -> bool:
        return name != "none"

    def choice_label(self, name: str, code: str) -> str:
        return f"{name}/{code}"


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
    "count(${none}) + count(${age})": "1",
    "count-non-empty(${none}) + count-non-empty(${one})": "1",
    "jr:choice-name(${one}, ' /data/group/many ')": "many/2",
    "jr:choice-name(${one}, '${many}')": "many/2",
    "regex('13985012345', '^1[3-9][0-9]{9}$')": "true",
    "regex('a123b', '[0-9]+')": "false",
}


@pytest.mark.parametrize(("text", "result"), EXAMPLES.items())
def test_an_expression_comes_to_its_value(text: str, result: str) -> None:
    assert to_text(compile_expression(text).evaluate(Answers())) == result


def test_every_published_function_is_tried_and_documented() -> None:
    documented = DOCUMENTATION.read_text(encoding="utf-8")
    assert {name for name in PUBLISHED if not any(f"{name}(" in text for text in EXAMPLES)} == set()
    assert {name for name in PUBLISHED if f"`{name}(" not in documented} == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("position(..)", "character 10"),
        ("indexed-repeat(${a}, ${b}, 1)", "indexed-repeat() is not supported"),
        ("pulldata('a', 'b', 'c', 'd')", "pulldata() is not supported"),
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


def test_a_long_chain_of_conditions_is_not_deep() -> None:
    chain = " or ".join(["${age} = 1"] * 500 + ["${age} = 35"])
    assert compile_expression(chain).truth(Answers())


def test_an_expression_knows_what_it_reads() -> None:
    expression = compile_expression("if(. > ${age}, jr:choice-name(${one}, '${many}'), '')")
    assert set(expression.references) == {"age", "one"}
    assert set(expression.labels_of) == {"many"}
    assert expression.reads_own


def test_paths_are_shown_as_the_author_wrote_them() -> None:
    assert authored(" /data/main/age  > 16 and . = 'a/b'") == "${age} > 16 and . = 'a/b'"
