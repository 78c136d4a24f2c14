"""Every answer is saved at once, once, and never overwritten."""

from typing import Any

import pytest

from app.languages.domain import PUTONGHUA
from tests.integration.interviewing.conftest import Saved
from tests.stage import Desk


@pytest.fixture
def first(desk: Desk) -> Any:
    """The first question of an interview with somebody on the line."""
    desk.reach()
    return desk.post("interview", {"lect": PUTONGHUA})["question"]


def sent(question: str, sequence: int, **given: object) -> dict[str, object]:
    return {"question": question, "client_sequence": sequence, **given}


def test_an_answer_is_stored_before_the_next_is_asked(desk: Desk, first: Any, saved: Saved) -> None:
    shown = desk.answer(first, codes=("1",))
    assert saved.values() == [("residence", ["1"])]
    assert (shown["question"]["name"], shown["question"]["next_sequence"]) == ("age", 2)


def test_an_answer_sent_twice_is_stored_once(desk: Desk, first: Any, saved: Saved) -> None:
    once, again = (desk.post("answers", sent("residence", 1, codes=["1"])) for _ in range(2))
    assert once == again
    assert len(saved.rows()) == 1


@pytest.mark.parametrize(("question", "given"), [("age", {"text": "40"}), ("residence", {"codes": ["0"]})])
def test_something_else_under_the_same_sequence_is_refused(
    desk: Desk, first: Any, saved: Saved, question: str, given: dict[str, object]
) -> None:
    desk.answer(first, codes=("1",))
    problem = desk.post("answers", sent(question, 1, **given), refused=409)
    assert "Another screen" in problem["detail"]
    assert saved.values() == [("residence", ["1"])]


def test_a_gap_in_the_sequence_is_refused_because_an_answer_is_missing(desk: Desk, first: Any, saved: Saved) -> None:
    desk.post("answers", sent("residence", 2, codes=["1"]), refused=409)
    assert saved.rows() == []


def test_a_correction_is_a_new_row(desk: Desk, first: Any, saved: Saved) -> None:
    desk.answer(first, codes=("1",))
    back = desk.post("back")["question"]
    desk.answer(back, codes=("0",))
    assert saved.values() == [("residence", ["1"]), ("residence", ["0"])]


def test_going_back_shows_the_earlier_question_with_its_answer(desk: Desk, first: Any, saved: Saved) -> None:
    desk.answer(first, codes=("1",))
    back = desk.post("back")["question"]
    assert (back["name"], back["given"]["value"], back["can_go_back"]) == ("residence", "1", False)
    assert desk.show()["question"]["name"] == "residence"
    assert len(saved.rows()) == 1


def test_going_back_from_the_first_question_stays_there(desk: Desk, first: Any) -> None:
    assert desk.post("back")["question"]["name"] == "residence"


def test_a_late_repetition_leaves_the_screen_where_it_is(desk: Desk, first: Any) -> None:
    desk.answer(first, codes=("1",))
    desk.post("back")
    assert desk.post("answers", sent("residence", 1, codes=["1"]))["question"]["name"] == "residence"


def test_an_impossible_answer_names_its_question_and_stores_nothing(desk: Desk, first: Any, saved: Saved) -> None:
    desk.answer(first, codes=("1",))
    problem = desk.post("answers", sent("age", 2, text="200"), refused=422)
    assert [fault["where"] for fault in problem["errors"]] == ["age"]
    assert "120" in problem["detail"]
    assert len(saved.rows()) == 1


def test_a_question_that_does_not_apply_cannot_be_answered(desk: Desk, first: Any, saved: Saved) -> None:
    problem = desk.post("answers", sent("police", 1, codes=["5"]), refused=422)
    assert problem["errors"][0]["where"] == "police"
    assert saved.rows() == []


def test_a_dont_know_keeps_its_code_and_its_status(desk: Desk, first: Any, saved: Saved) -> None:
    desk.post("answers", sent("residence", 1, status="dont_know", latency_ms=2500))
    [row] = saved.rows()
    assert (row.value, row.status, row.latency_ms) == (["98"], "dont_know", 2500)


def test_nobody_on_the_line_answers_nothing(desk: Desk, first: Any, saved: Saved) -> None:
    desk.post("hang-up")
    problem = desk.post("answers", sent("residence", 1, codes=["1"]), refused=409)
    assert problem["detail"] == "Nobody is on the line."
    assert saved.rows() == []


def test_an_interview_begins_only_with_somebody_on_the_line(desk: Desk) -> None:
    desk.post("next-case")
    desk.post("interview", {"lect": PUTONGHUA}, refused=409)
    desk.post("dial")
    desk.post("interview", {"lect": PUTONGHUA}, refused=409)
