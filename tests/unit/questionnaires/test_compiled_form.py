"""What survives the way from the workbook through pyxform into the engine."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.errors import InvalidInputError, NotFoundError
from app.questionnaires.form import Form, QuestionKind, parse_form
from app.questionnaires.session import InterviewState, wording
from app.questionnaires.workbook import compile_workbook

MakeForm = Callable[..., Form]
SURVEY = """
|type|name|label::粤语 (yue)|label::English (en)|relevant|constraint|default|bind::cati:dkref|required|
|begin group|outer|外|Outer||||||
|select_one yn|sure|“系”？|‘Sure’?|||1|98 99|yes|
|begin_group|inner|||${sure} = “1”|||||
|integer|age|几岁？|Age?||. < 120||98 -||
|date|day|边日？|When?|||today()|||
|end group|||||||||
|end_group|||||||||
|note|end|你${age}岁，${sure}|You are ${age}|${age} >= 1|||||
"""
CHOICES = """
|list_name|name|label::粤语 (yue)|label::English (en)|
|yn       |1   |系               |Yes                |
|yn       |02  |唔系             |No                 |
|yn       |98  |唔知             |Don't know         |
|yn       |99  |唔讲             |Refused            |
"""
SETTINGS = """
|form_title|form_id|default_language|namespaces              |
|Tiny      |tiny   |English (en)    |cati="urn:xiangyin:cati"|
"""


@pytest.fixture
def form(make_form: MakeForm) -> Form:
    return make_form(survey=SURVEY, choices=CHOICES, settings=SETTINGS)


def test_the_frame_is_kept(form: Form) -> None:
    assert (form.title, form.form_id, form.languages) == ("Tiny", "tiny", ("en", "yue"))
    assert [question.name for question in form.questions] == ["sure", "age", "day", "end"]
    assert form.language_names == {"en": "English", "yue": "粤语"}


def test_the_default_language_comes_first_and_then_column_order(make_form: MakeForm) -> None:
    survey = "|type|name|label::B (bo)|label::A (en)|hint::A (en)|hint::B (bo)|\n|integer|age|b|a|h|i|"
    assert make_form(survey=survey).languages == ("bo", "en")


def test_questions_know_their_groups_and_kinds(form: Form) -> None:
    assert form.question("age").group == ("outer", "inner")
    assert [question.kind for question in form.questions] == [
        QuestionKind.SELECT_ONE,
        QuestionKind.INTEGER,
        QuestionKind.DATE,
        QuestionKind.NOTE,
    ]


def test_codes_keep_their_zeros_and_reserved_codes_their_meaning(form: Form) -> None:
    sure = form.question("sure")
    assert [choice.code for choice in sure.choices] == ["1", "02", "98", "99"]
    assert (sure.dont_know, sure.refused) == ("98", "99")
    assert set(sure.reserved) == {"98", "99"}
    assert (form.question("age").dont_know, form.question("age").refused) == ("98", None)


def test_curly_quotes_are_kept_in_texts_and_straightened_in_expressions(form: Form) -> None:
    assert form.question("sure").label["yue"].plain == "“系”？"
    assert form.question("sure").label["en"].plain == "‘Sure’?"
    relevant = form.groups["inner"].relevant
    assert relevant is not None
    assert "'1'" in relevant.text.replace('"', "'")


def test_piped_text_gets_no_spaces_of_its_own(form: Form) -> None:
    assert form.question("end").label["yue"].plain == "你${age}岁，${sure}"


def test_defaults_are_values_or_expressions(form: Form, state: InterviewState) -> None:
    assert wording(form, state, form.question("sure")).proposed == "1"
    assert wording(form, state, form.question("day")).proposed == "2026-11-23"


def test_everything_comes_after_what_it_depends_on(form: Form) -> None:
    order = form.order
    assert order.index("sure") < order.index("inner") < order.index("age") < order.index("end")


def test_an_unknown_question_is_not_found(form: Form) -> None:
    with pytest.raises(NotFoundError):
        form.question("nobody")


def test_title_and_language_have_defaults(make_workbook: Callable[..., bytes]) -> None:
    source = make_workbook(survey="|type|name|label::English (en)|\n|integer|age|Age?|")
    compiled = compile_workbook(source, "wave 3.xlsx")
    assert (compiled.title, compiled.form.languages, len(compiled.sha256)) == ("wave 3", ("en",), 64)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<h:head>", "<h:head"),
        ("model", "muddle"),
        ('type="int"', 'type="geopoint"'),
        ("/data/age ", "/data/nobody "),
        ("instance('yn')", "instance('no')"),
        ("(en)", "(zh)"),
        ("bind nodeset=", "bound nodeset="),
        (". &lt; 120", "foo(.)"),
    ],
)
def test_a_foreign_form_that_cannot_run_is_refused(make_workbook: Callable[..., Any], old: str, new: str) -> None:
    source = make_workbook(survey=SURVEY, choices=CHOICES, settings=SETTINGS)
    xform = compile_workbook(source, "tiny.xlsx").xform.replace("/data/outer/inner/age ", "/data/age ")
    with pytest.raises(InvalidInputError):
        parse_form(xform.replace(old, new))


def test_a_circle_in_a_foreign_form_is_refused(make_workbook: Callable[..., Any]) -> None:
    xform = compile_workbook(make_workbook(survey=SURVEY, choices=CHOICES, settings=SETTINGS), "tiny.xlsx").xform
    with pytest.raises(InvalidInputError, match="in a circle"):
        parse_form(xform.replace(" /data/outer/sure  = ", " /data/outer/inner/age  = "))
