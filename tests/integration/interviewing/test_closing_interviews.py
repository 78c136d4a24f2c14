"""What a call can be coded as, and when an interview is complete."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.interviewing.models import Interview, ResponseSnapshot
from app.languages.domain import PUTONGHUA
from app.telephony.domain import Ending
from tests.stage import Desk, Survey


def outcomes(desk: Desk) -> dict[str, Any]:
    return {outcome["code"]: outcome for outcome in desk.show()["outcomes"]}


def suggested(desk: Desk) -> list[str]:
    return [code for code, outcome in outcomes(desk).items() if outcome["is_suggested"]]


def responses(survey: Survey) -> int:
    return survey.session.scalars(select(func.count()).select_from(ResponseSnapshot)).one()


@pytest.fixture
def half_way(desk: Desk) -> Desk:
    """An interview with one answer, whose line is closed."""
    desk.reach()
    desk.answer(desk.post("interview", {"lect": PUTONGHUA})["question"])
    desk.post("hang-up")
    return desk


@pytest.fixture
def screened_out(desk: Desk) -> Desk:
    """Somebody who lives elsewhere was thanked."""
    desk.reach()
    note = desk.answer(desk.post("interview", {"lect": PUTONGHUA})["question"], codes=("0",))["question"]
    desk.answer(note)
    desk.post("hang-up")
    return desk


def test_nobody_answered_so_nobody_refused(desk: Desk) -> None:
    desk.fail(Ending.BUSY)
    offered = outcomes(desk)
    assert {"busy", "no_answer", "technical", "not_working"} <= offered.keys()
    assert not {"refused_hard", "complete", "appointment", "said_misdial"} & offered.keys()


def test_a_refusal_without_an_answer_is_refused(desk: Desk) -> None:
    desk.fail(Ending.NO_ANSWER)
    assert "Nobody answered" in desk.post("outcome", {"code": "refused_hard"}, refused=409)["detail"]
    assert desk.show()["state"] == "wrap_up"


def test_what_the_line_did_is_suggested(desk: Desk) -> None:
    desk.fail(Ending.SWITCHED_OFF, rings=False)
    assert suggested(desk) == ["switched_off"]


def test_without_an_interview_none_can_be_broken_off(desk: Desk) -> None:
    desk.reach()
    desk.post("hang-up")
    assert not {"complete", "partial", "broke_off"} & outcomes(desk).keys()
    desk.post("outcome", {"code": "partial"}, refused=409)


def test_no_interview_is_complete_while_questions_are_left(half_way: Desk, survey: Survey) -> None:
    assert "complete" not in outcomes(half_way)
    assert "not finished" in half_way.post("outcome", {"code": "complete"}, refused=409)["detail"]
    assert responses(survey) == 0


def test_a_partial_interview_is_kept_as_a_response(half_way: Desk, survey: Survey) -> None:
    half_way.post("outcome", {"code": "partial"})
    assert survey.session.scalars(select(Interview.state)).all() == ["partial"]
    assert responses(survey) == 1


def test_a_broken_off_interview_waits_and_is_no_response_yet(half_way: Desk, survey: Survey) -> None:
    half_way.post("outcome", {"code": "broke_off"})
    assert survey.session.scalars(select(Interview.state)).all() == ["suspended"]
    assert responses(survey) == 0


def test_who_lives_elsewhere_is_out_of_the_area(screened_out: Desk) -> None:
    assert screened_out.show()["finished_as"] == "out_of_area"
    assert suggested(screened_out) == ["out_of_area"]


def test_who_is_screened_out_is_no_complete(screened_out: Desk, survey: Survey) -> None:
    problem = screened_out.post("outcome", {"code": "complete"}, refused=409)
    assert "out_of_area" in problem["detail"]
    screened_out.post("outcome", {"code": "out_of_area"})
    assert survey.session.scalars(select(ResponseSnapshot.record)).one()["outcome"] == "out_of_area"


def test_an_open_line_is_not_coded(desk: Desk) -> None:
    desk.reach()
    assert "Hang up first" in desk.post("outcome", {"code": "call_later"}, refused=409)["detail"]


def test_an_unknown_outcome_is_named(half_way: Desk) -> None:
    assert "no_such" in half_way.post("outcome", {"code": "no_such"}, refused=404)["detail"]
