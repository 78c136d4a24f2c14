"""An interview that was broken off, and whose case is closed meanwhile, is handed out with what was answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.service import close_campaign
from app.dialing.models import Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.refusals import close_cases_of
from app.dialing.tick import tick
from app.dialing.want_of_staff import close_for_want_of_staff
from app.interviewing.left import close_left_interviews
from app.interviewing.models import AnswerEvent, Interview, ResponseSnapshot
from app.languages.domain import PUTONGHUA
from app.sampling.models import PhoneNumber
from tests.stage import Desk, Survey


@pytest.fixture
def broken_off(desk: Desk, session: Session) -> Interview:
    """Two answers, then the respondent had to go; to be resumed tomorrow."""
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    for _ in range(2):
        shown = desk.answer(shown["question"])
    desk.post("hang-up")
    desk.post("outcome", {"code": "broke_off"})
    return session.scalars(select(Interview)).one()


def responses(session: Session) -> list[ResponseSnapshot]:
    return list(session.scalars(select(ResponseSnapshot)))


def test_a_closed_field_hands_out_what_was_answered(broken_off: Interview, survey: Survey, session: Session) -> None:
    later = survey.now + timedelta(hours=3)
    close_campaign(session, survey.campaign, actor="person:1", now=later)
    tick(session, now=later)
    assert close_left_interviews(session, now=later) == 1
    [response] = responses(session)
    assert (broken_off.state, broken_off.ended_at) == ("broken_off", later)
    assert (response.record["status"], response.record["outcome"]) == ("broken_off", "broke_off")
    given = set(session.scalars(select(AnswerEvent.question)))
    assert {response.record["answer_status"][question] for question in given} == {"answered"}


def test_a_number_that_is_forbidden_meanwhile_does_too(broken_off: Interview, survey: Survey, session: Session) -> None:
    number = session.scalars(select(PhoneNumber)).one()
    close_cases_of(session, number.fingerprint, now=survey.now)
    assert close_left_interviews(session, now=survey.now) == 1
    assert responses(session)[0].record["outcome"] == "broke_off"


def test_it_is_handed_out_once(broken_off: Interview, survey: Survey, session: Session) -> None:
    close_campaign(session, survey.campaign, actor="person:1", now=survey.now)
    tick(session, now=survey.now)
    assert [close_left_interviews(session, now=survey.now) for _ in range(2)] == [1, 0]
    assert len(responses(session)) == 1


def test_an_interview_that_may_go_on_is_left_alone(broken_off: Interview, survey: Survey, session: Session) -> None:
    assert close_left_interviews(session, now=survey.now) == 0
    assert broken_off.state == "suspended"


def test_an_interview_that_closed_at_the_desk_is_not_handed_out_again(
    desk: Desk, survey: Survey, session: Session
) -> None:
    desk.reach()
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    assert close_left_interviews(session, now=survey.now) == 0
    assert len(responses(session)) == 1


def test_what_was_closed_for_want_of_staff_can_still_go_on(
    broken_off: Interview, survey: Survey, session: Session
) -> None:
    [case] = survey.cases()
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, replace(here, lect="hmn"))
    session.flush()
    close_for_want_of_staff(session, survey.campaign, "hmn", reason="Nobody.", actor="person:1", now=survey.now)
    assert close_left_interviews(session, now=survey.now) == 0
    close_campaign(session, survey.campaign, actor="person:1", now=survey.now)
    assert close_left_interviews(session, now=survey.now) == 1
    assert responses(session)[0].record["outcome"] == "broke_off"
