"""What an interviewer notes beside the answers: once, with the question and the lect, and never lost."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interviewing.models import InterviewMark
from app.languages.domain import PUTONGHUA
from tests.stage import Desk


@pytest.fixture
def begun(desk: Desk) -> Any:
    """An interview in 粤语 at its first question."""
    desk.reach()
    return desk.post("interview", {"lect": "yue"})["question"]


def noted(session: Session) -> Sequence[InterviewMark]:
    return session.scalars(select(InterviewMark).order_by(InterviewMark.id)).all()


def test_a_mark_keeps_its_question_its_lect_and_its_time(desk: Desk, begun: Any, session: Session) -> None:
    desk.post("marks", {"kind": "repeated", "question": "residence"})
    [mark] = noted(session)
    assert (mark.kind, mark.question, mark.lect, mark.at) == ("repeated", "residence", "yue", desk.clock())


def test_after_a_switch_marks_carry_the_new_lect(desk: Desk, begun: Any, session: Session) -> None:
    desk.post("marks", {"kind": "clarified", "question": "residence"})
    desk.post("interview", {"lect": PUTONGHUA})
    desk.post("marks", {"kind": "clarified", "question": "residence"})
    assert [mark.lect for mark in noted(session)] == ["yue", PUTONGHUA]


def test_a_mark_sent_twice_under_its_own_key_is_noted_once(desk: Desk, begun: Any, session: Session) -> None:
    once, again = (desk.post("marks", {"kind": "coached", "client_key": "a1"}) for _ in range(2))
    assert once == again
    assert len(noted(session)) == 1


def test_a_mark_is_taken_back_by_a_row_of_its_own(desk: Desk, begun: Any, session: Session) -> None:
    first = desk.post("marks", {"kind": "overheard"})
    desk.post("marks/take-back")
    assert [mark.takes_back_id for mark in noted(session)] == [None, first["id"]]
    problem = desk.post("marks/take-back", refused=409)
    assert "Nothing was noted" in problem["detail"]


def test_the_mark_of_a_key_is_taken_back_and_no_other(desk: Desk, begun: Any, session: Session) -> None:
    first = desk.post("marks", {"kind": "overheard", "client_key": "a1"})
    desk.post("marks", {"kind": "coached", "client_key": "a2"})
    desk.post("marks/take-back", {"client_key": "a1"})
    assert noted(session)[-1].takes_back_id == first["id"]
    desk.post("marks/take-back", {"client_key": "a1"}, refused=409)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"kind": "followed", "section": "nowhere", "rating": 3}, "section"),
        ({"kind": "followed"}, "rating"),
        ({"kind": "repeated", "rating": 3}, "rating"),
    ],
)
def test_a_rating_out_of_place_is_refused(
    desk: Desk, begun: Any, session: Session, sent: dict[str, object], place: str
) -> None:
    problem = desk.post("marks", sent, refused=422)
    assert [fault["where"] for fault in problem["errors"]] == [place]
    assert noted(session) == []


def test_a_question_that_is_not_there_cannot_be_marked(desk: Desk, begun: Any) -> None:
    desk.post("marks", {"kind": "repeated", "question": "nothing"}, refused=404)


def test_without_an_interview_nothing_is_noted(desk: Desk) -> None:
    desk.reach()
    desk.post("marks", {"kind": "repeated"}, refused=409)
