"""A battery is what its author calls so, else what follows one another with the same choices."""

from app.campaigns.quality_rules import FEWEST_ITEMS
from app.quality.design import design_of, step_of
from app.quality.domain import Battery, Pair
from app.questionnaires.form import Form
from app.questionnaires.workbook import EXAMPLES, compile_workbook
from tests.unit.questionnaires.conftest import EN, workbook_of

CHOICES = (
    f"|list_name|name|{EN}|\n|five|1|Bad|\n|five|2|Fair|\n|five|3|Good|\n|other|1|No|\n|other|2|Or|\n|other|3|Yes|"
)


def form_of(*rows: str) -> Form:
    survey = "\n".join([f"|type|name|{EN}|quality::battery|quality::same_as|quality::reverse_of|", *rows])
    return compile_workbook(workbook_of(survey=survey, choices=CHOICES), "tiny.xlsx").form


def asked(listed: str, name: str, battery: str = " ", same: str = " ", reverse: str = " ") -> str:
    return f"|select_one {listed}|{name}|{name}?|{battery}|{same}|{reverse}|"


def test_as_many_in_a_row_as_rules_can_ask_for_are_a_battery() -> None:
    form = form_of(*(asked("five", name) for name in "abc"), *(asked("other", name) for name in "ef"))
    assert FEWEST_ITEMS == 3
    assert design_of(form).batteries == (Battery(("a", "b", "c"), 3),)


def test_other_choices_in_between_break_the_row() -> None:
    form = form_of(asked("five", "a"), asked("five", "b"), asked("other", "c"), asked("five", "d"), asked("five", "e"))
    assert design_of(form).batteries == ()


def test_the_author_names_one_across_the_questionnaire_and_keeps_questions_out() -> None:
    form = form_of(
        asked("five", "a", "work"), asked("other", "b"), asked("five", "c", "work"),
        *(asked("five", name) for name in "de"), asked("five", "f", "-"),
    )  # fmt: skip
    assert design_of(form).batteries == (Battery(("a", "c"), 3),)


def test_pairs_are_named_by_the_later_question() -> None:
    form = form_of(asked("five", "a"), asked("five", "b", same="a"), asked("other", "c", reverse="a"))
    assert design_of(form).pairs == (Pair("a", "b", 3), Pair("a", "c", 3, is_reversed=True))


def test_two_that_name_each_other_are_one_pair() -> None:
    form = form_of(
        asked("five", "a", same="b"), asked("five", "b", same="a"),
        asked("other", "c", reverse="d"), asked("other", "d", reverse="c"),
    )  # fmt: skip
    assert design_of(form).pairs == (Pair("b", "a", 3), Pair("d", "c", 3, is_reversed=True))


def test_a_reserved_code_is_no_step() -> None:
    form = compile_workbook((EXAMPLES / "public-safety.xlsx").read_bytes(), "x.xlsx").form
    police = form.question("police")
    assert [step_of(police, code) for code in ("1", "5", "98", "99", None)] == [1, 5, None, None, None]
