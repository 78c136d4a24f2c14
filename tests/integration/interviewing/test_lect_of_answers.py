"""Each answer is kept with the lect it was given in, over switches, break-offs and interviewers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.dialing.facts import facts_of
from app.dialing.tick import tick
from app.interviewing.models import Interview
from app.languages.domain import PUTONGHUA
from tests.integration.interviewing.conftest import Saved
from tests.stage import Desk, Survey


def break_off(desk: Desk) -> None:
    desk.post("hang-up")
    desk.post("outcome", {"code": "broke_off"})


@pytest.fixture
def broken_off(desk: Desk, survey: Survey) -> None:
    """Ana asks the first question in 粤语, the respondent hangs up, and the next day comes."""
    desk.reach()
    desk.answer(desk.post("interview", {"lect": "yue"})["question"], codes=("1",))
    desk.post("back")
    break_off(desk)
    tick(survey.session, now=desk.clock.advance(timedelta(days=1, hours=1)))


def test_going_on_in_another_lect_leaves_earlier_answers_as_they_were(desk: Desk, saved: Saved) -> None:
    desk.reach()
    desk.answer(desk.post("interview", {"lect": "yue"})["question"])
    desk.answer(desk.post("interview", {"lect": PUTONGHUA})["question"])
    assert [(row.question, row.lect) for row in saved.rows()] == [("residence", "yue"), ("age", PUTONGHUA)]


def test_the_wording_that_was_available_is_kept_beside_the_lect(desk: Desk, saved: Saved) -> None:
    desk.reach()
    question = desk.post("interview", {"lect": "壮话"})["question"]
    desk.answer(question)
    [row] = saved.rows()
    assert (row.lect, row.wording_lect, question["wording"]["lect"]) == ("za", PUTONGHUA, PUTONGHUA)


def test_the_lect_of_an_interview_becomes_a_fact(desk: Desk, survey: Survey) -> None:
    desk.reach()
    desk.post("interview", {"lect": "yue"})
    used = [fact.lect for fact in facts_of(survey.session, survey.cases()[0].id) if fact.kind == "used"]
    assert used == ["yue"]


def test_an_unknown_lect_is_refused_with_its_words(desk: Desk) -> None:
    desk.reach()
    assert "klingonese" in desk.post("interview", {"lect": "klingonese"}, refused=422)["detail"]
    desk.post("interview", {"lect": "zh"}, refused=422)


def test_a_broken_off_interview_goes_on_where_it_was(broken_off: None, bao_desk: Desk, saved: Saved) -> None:
    bao_desk.reach()
    shown = bao_desk.post("interview", {"lect": PUTONGHUA})["question"]
    assert (shown["name"], shown["next_sequence"]) == ("age", 2)
    assert saved.values() == [("residence", ["1"])]


def test_who_resumes_is_kept_with_the_answers(broken_off: None, bao_desk: Desk, saved: Saved) -> None:
    bao_desk.reach()
    bao_desk.answer(bao_desk.post("interview", {"lect": PUTONGHUA})["question"])
    first, second = saved.rows()
    assert first.interviewer_id != second.interviewer_id
    assert first.attempt_id < second.attempt_id


def test_nothing_is_asked_before_the_interview_is_taken_up_again(broken_off: None, bao_desk: Desk) -> None:
    bao_desk.reach()
    screen: Any = bao_desk.show()
    assert (screen["question"], screen["interview_state"]) == (None, "suspended")
    bao_desk.post("back", refused=409)


def test_a_started_case_comes_before_fresh_ones(broken_off: None, bao_desk: Desk, survey: Survey) -> None:
    survey.add_numbers(("13977119999", "450100", "普通话"))
    tick(survey.session, now=bao_desk.clock())
    taken = bao_desk.post("next-case")
    begun = survey.session.scalars(select(Interview.case_id)).one()
    assert taken["id"] == begun
