"""The questionnaire that ships with the product."""

import pytest

from app.questionnaires.form import Form, QuestionKind

FIVE_POINTS = ("safety_overall", "walk_night", "feel_unsafe", "police", "courts", "procuratorate", "mediation")


def test_it_speaks_putonghua_cantonese_and_english(example: Form) -> None:
    assert example.languages == ("cmn-x-putonghu", "yue", "en")
    assert example.title == "公共安全感与满意度调查"


def test_it_has_about_twenty_items(example: Form) -> None:
    assert 18 <= sum(question.holds_data for question in example.asked) <= 24


@pytest.mark.parametrize("name", FIVE_POINTS)
def test_an_item_has_five_points_and_two_reserved_codes(example: Form, name: str) -> None:
    question = example.question(name)
    assert [choice.code for choice in question.choices] == ["1", "2", "3", "4", "5", "98", "99"]
    assert question.reserved == {"98", "99"}
    assert question.required


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("residence", QuestionKind.SELECT_ONE),
        ("age", QuestionKind.INTEGER),
        ("awareness", QuestionKind.SELECT_ONE),
        ("victim", QuestionKind.SELECT_ONE),
        ("victim_what", QuestionKind.SELECT_MULTIPLE),
        ("worries", QuestionKind.SELECT_MULTIPLE),
        ("told_how", QuestionKind.SELECT_ONE),
        ("comment", QuestionKind.TEXT),
    ],
)
def test_the_planned_items_are_there(example: Form, name: str, kind: QuestionKind) -> None:
    assert example.question(name).kind is kind


def test_everyone_is_asked_about_coaching_and_nobody_must_comment(example: Form) -> None:
    told, comment = example.question("told_how"), example.question("comment")
    assert (told.relevant, told.required, comment.required) == (None, True, False)


def test_cantonese_is_cantonese(example: Form) -> None:
    texts = "".join(question.label["yue"].plain for question in example.asked)
    assert all(word in texts for word in "喺唔嘅咗佢冇呀" if word != "佢")
    assert not any(word in texts for word in ("您", "什么", "怎么"))
