"""Interviews that ended are looked at once, flagged, and queued; nothing of them changes."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.service import close_campaign
from app.dialing.models import Attempt, Case
from app.dialing.tick import tick
from app.interviewing.left import close_left_interviews
from app.interviewing.models import AnswerEvent, Interview, ResponseSnapshot
from app.languages.domain import PUTONGHUA
from app.quality.checking import campaigns_due, check_campaign, draw
from app.quality.domain import FlagKind
from app.quality.models import InterviewCheck, InterviewFlag, RelistenItem
from app.quality.reading import CampaignTimes
from tests.integration.quality.conftest import HoldInterview
from tests.stage import Desk, Survey


def all_of(session: Session) -> list[Any]:
    """Everything that is kept of interviews and of what they came to."""
    return [
        [{name: value for name, value in vars(row).items() if name[0] != "_"} for row in session.scalars(select(table))]
        for table in (Interview, AnswerEvent, ResponseSnapshot, Case, Attempt)
    ]


def kinds_of(session: Session) -> list[str]:
    return list(session.scalars(select(InterviewFlag.kind).order_by(InterviewFlag.id)))


def test_an_interview_is_looked_at_once_however_often_work_runs(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    hold_interview()
    assert campaigns_due(session) == [survey.campaign.id]
    assert [check_campaign(session, survey.campaign.id, now=survey.now) for _ in range(2)] == [1, 0]
    assert campaigns_due(session) == []
    hold_interview()
    assert check_campaign(session, survey.campaign.id, now=survey.now) == 1
    assert session.scalar(select(func.count()).select_from(InterviewCheck)) == 2


def test_a_flag_changes_nothing_of_an_interview(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    hold_interview()
    before = all_of(session)
    check_campaign(session, survey.campaign.id, now=survey.now)
    session.expire_all()
    assert kinds_of(session)
    assert all_of(session) == before


def test_the_first_choice_of_everything_contradicts_itself(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    """Very unsafe, and yet strongly against often worrying about safety."""
    hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    [flag] = session.scalars(select(InterviewFlag))
    assert (flag.kind, flag.figure, flag.threshold) == (FlagKind.REVERSED_ITEM, 4, 2)
    assert (flag.questions, flag.rules_version) == (["safety_overall", "feel_unsafe"], 1)


def test_four_alike_answers_are_flagged_where_the_rules_say_so(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    survey.change_rules(quality={"battery_items": 4, "reverse_steps": 5})
    hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    assert kinds_of(session) == [FlagKind.LONG_STRING]


def test_an_interview_that_broke_off_is_flagged_where_it_did(survey: Survey, desk: Desk, session: Session) -> None:
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    for _ in range(3):
        shown = desk.answer(shown["question"])
    desk.post("hang-up")
    desk.post("outcome", {"code": "partial"})
    check_campaign(session, survey.campaign.id, now=survey.now)
    flag = session.scalars(select(InterviewFlag).where(InterviewFlag.kind == FlagKind.BROKE_OFF)).one()
    assert (flag.questions, flag.figure) == ([shown["question"]["name"]], 3)


def break_off(desk: Desk, code: str, *, answers: int = 3) -> dict[str, Any]:
    """Answer a few questions, hang up, and code it; returns the screen at the end."""
    desk.reach()
    shown: dict[str, Any] = desk.post("interview", {"lect": PUTONGHUA})
    for _ in range(answers):
        shown = desk.answer(shown["question"])
    desk.post("hang-up")
    desk.post("outcome", {"code": code})
    return shown


@pytest.mark.parametrize(("code", "is_flagged"), [("broke_off", True), ("call_later", False), ("poor_line", False)])
def test_whoever_was_to_be_called_again_when_the_field_closed_did_not_hang_up(
    survey: Survey, desk: Desk, session: Session, *, code: str, is_flagged: bool
) -> None:
    survey.add_numbers(("13977112345", "450100", "普通话"))
    break_off(desk, code)
    close_campaign(session, survey.campaign, actor="person:1", now=survey.now)
    tick(session, now=survey.now)
    assert close_left_interviews(session, now=survey.now) == 1
    check_campaign(session, survey.campaign.id, now=survey.now)
    assert (FlagKind.BROKE_OFF in kinds_of(session)) is is_flagged


def test_the_question_gone_back_to_is_the_one_that_was_left(survey: Survey, desk: Desk, session: Session) -> None:
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    shown = desk.answer(desk.post("interview", {"lect": PUTONGHUA})["question"])
    shown = desk.post("back")
    desk.post("hang-up")
    desk.post("outcome", {"code": "partial"})
    check_campaign(session, survey.campaign.id, now=survey.now)
    flag = session.scalars(select(InterviewFlag).where(InterviewFlag.kind == FlagKind.BROKE_OFF)).one()
    assert flag.questions == [shown["question"]["name"]] == ["residence"]


def test_one_that_cannot_be_looked_at_keeps_no_other_waiting(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    broken, whole = hold_interview(), hold_interview()
    last = session.scalars(select(AnswerEvent).where(AnswerEvent.interview_id == broken.id).limit(1)).one()
    kept = {column.key: getattr(last, column.key) for column in AnswerEvent.__table__.columns if column.key != "id"}
    session.add(AnswerEvent(**{**kept, "client_sequence": 9_999, "value": 7}))
    session.flush()
    assert check_campaign(session, survey.campaign.id, now=survey.now) == 1
    assert session.scalars(select(InterviewCheck.interview_id)).all() == [whole.id]
    assert campaigns_due(session) == []


def test_where_nothing_was_answered_nothing_is_heard_again(survey: Survey, desk: Desk, session: Session) -> None:
    survey.change_rules(quality={"relisten_share": 1.0})
    survey.add_numbers(("13977112345", "450100", "普通话"))
    break_off(desk, "partial", answers=0)
    assert check_campaign(session, survey.campaign.id, now=survey.now) == 1
    assert session.scalars(select(RelistenItem)).all() == []


def test_a_share_is_drawn_by_the_seed_whatever_was_answered(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    survey.change_rules(quality={"reverse_steps": 5, "relisten_share": 1.0})
    interview = hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    item = session.scalars(select(RelistenItem)).one()
    assert (item.interview_id, item.is_drawn, item.lects) == (interview.id, True, [PUTONGHUA])
    assert draw(7, 1) == draw(7, 1) != draw(8, 1)
    assert 80 < sum(draw(7, case) < 0.1 for case in range(1_000)) < 120


def test_neither_flagged_nor_drawn_is_not_queued(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    survey.change_rules(quality={"reverse_steps": 5, "relisten_share": 0.0})
    hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    assert session.scalars(select(RelistenItem)).all() == []


def test_a_correction_makes_no_time_of_its_own_nor_does_what_is_judged(
    hold_interview: HoldInterview, survey: Survey, session: Session
) -> None:
    interview = hold_interview()
    last = session.scalars(select(AnswerEvent).where(AnswerEvent.question == "police")).one()
    kept = {column.key: getattr(last, column.key) for column in AnswerEvent.__table__.columns if column.key != "id"}
    for number, latency_ms in enumerate((70, 5_000)):
        session.add(AnswerEvent(**{**kept, "client_sequence": 9_000 + number, "latency_ms": latency_ms}))
    session.flush()
    times = CampaignTimes(session, survey.campaign)._times
    assert times[("police", last.wording_lect)] == [5_000 + (last.reading_ms or 0)]
    assert CampaignTimes(session, survey.campaign, judged=[interview.id])._times == {}
