"""What waited in a browser is saved in the interview that it belongs to, and in no other."""

from typing import Any

import pytest

from app.languages.domain import PUTONGHUA
from tests.integration.interviewing.conftest import Saved
from tests.stage import Desk, Survey


@pytest.fixture
def waiting(desk: Desk, survey: Survey) -> dict[str, Any]:
    """An answer of the first respondent's, kept back until another one is on the line; with the question there."""
    survey.add_numbers(("13977112346", "450100", "普通话"))
    desk.reach()
    first = desk.post("interview", {"lect": PUTONGHUA})
    desk.post("hang-up")
    desk.post("outcome", {"code": "broke_off"})
    desk.reach()
    second = desk.post("interview", {"lect": PUTONGHUA})
    assert first["interview_uid"] != second["interview_uid"]
    question = first["question"]
    return {
        "interview_uid": first["interview_uid"],
        "question": question["name"],
        "codes": ["1"],
        "client_sequence": question["next_sequence"],
    }


def test_an_answer_of_another_interview_is_refused(desk: Desk, waiting: dict[str, Any], saved: Saved) -> None:
    refused = desk.post("answers", waiting, refused=409)
    assert "another interview" in refused["detail"]
    assert saved.rows() == []


def test_a_mark_of_another_interview_is_refused(desk: Desk, waiting: dict[str, Any]) -> None:
    mark = {"kind": "repeated", "interview_uid": waiting["interview_uid"]}
    desk.post("marks", mark, refused=409)
    assert desk.show()["marks"]["counts"] == {}


def test_an_answer_of_this_interview_is_saved(desk: Desk, waiting: dict[str, Any], saved: Saved) -> None:
    desk.post("answers", {**waiting, "interview_uid": desk.show()["interview_uid"]})
    assert saved.values() == [(waiting["question"], ["1"])]
