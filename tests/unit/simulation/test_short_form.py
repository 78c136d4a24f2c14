"""The items that a simulation asks are those of the shipped questionnaire, and so is the screener's rule."""

from datetime import UTC, datetime
from functools import cache

import pytest

from app.questionnaires.form import Form, parse_form
from app.questionnaires.session import AnswerStatus, GivenAnswer, InterviewState, next_question, relevant_answers
from app.questionnaires.workbook import EXAMPLES, compile_workbook
from app.simulation.interview import SCREENER, short_form
from app.telephony.emulator.speech import AnswerGiven, SpokenAnswer

SHORT = short_form()
AT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
YES, NO, UNSURE = SpokenAnswer(codes=("1",)), SpokenAnswer(codes=("0",)), SpokenAnswer(AnswerGiven.DONT_KNOW)


@cache
def questionnaire() -> Form:
    source = (EXAMPLES / "public-safety.xlsx").read_bytes()
    return parse_form(compile_workbook(source, "public-safety.xlsx").xform)


def aged(years: int) -> SpokenAnswer:
    return SpokenAnswer(text=str(years))


def given(said: SpokenAnswer) -> GivenAnswer:
    if said.given is not AnswerGiven.ANSWERED:
        return GivenAnswer(None, AnswerStatus.DONT_KNOW)
    return GivenAnswer(said.codes[0] if said.codes else said.text, AnswerStatus.ANSWERED)


@pytest.mark.parametrize("name", [item.name for item in SHORT.items])
def test_an_item_is_asked_as_in_the_questionnaire(name: str) -> None:
    item, question = SHORT.item(name), questionnaire().question(name)
    assert (item.kind, item.choices) == (question.kind.value, tuple(choice.code for choice in question.choices))
    assert not item.choices or set(item.reserved) == set(question.reserved)


def test_the_items_are_in_the_questionnaires_order() -> None:
    order = [question.name for question in questionnaire().asked]
    assert [item.name for item in SHORT.items] == sorted((item.name for item in SHORT.items), key=order.index)


SCREENED = [
    {"residence": NO},
    {"residence": UNSURE},
    {"residence": YES, "age": aged(15)},
    {"residence": YES, "age": aged(16)},
    {"residence": YES, "age": UNSURE, "adult": YES},
    {"residence": YES, "age": UNSURE, "adult": NO},
    {"residence": YES, "age": UNSURE, "adult": UNSURE},
]


@pytest.mark.parametrize("said", SCREENED)
def test_the_screener_decides_as_the_questionnaire_does(said: dict[str, SpokenAnswer]) -> None:
    state = InterviewState({name: given(one) for name, one in said.items()}, seed=1, started_at=AT, lect="en")
    by_form = relevant_answers(questionnaire(), state)["outcome"].value or "complete"
    assert SHORT.finished_as(said) == by_form
    asked = next_question(questionnaire(), state)
    ours = SHORT.next_item(said)
    assert (ours.name if ours else None) == (asked.name if asked and asked.kind.value != "note" else None)


def test_the_screener_asks_one_item_after_the_other() -> None:
    said: dict[str, SpokenAnswer] = {}
    for name, answer in zip(SCREENER, (YES, UNSURE, YES), strict=True):
        asked = SHORT.next_item(said)
        assert asked is not None
        assert asked.name == name
        said[name] = answer
    assert SHORT.is_eligible(said)


def test_the_index_counts_the_top_two_among_those_with_an_opinion() -> None:
    said = [SpokenAnswer(codes=(code,)) for code in ("5", "4", "3", "1")]
    assert SHORT.index_of([*said, UNSURE]) == (50.0, 4)
    assert SHORT.index_of([UNSURE]) == (None, 0)
