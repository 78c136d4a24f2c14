"""Whoever goes on a break says why, and both the break and its reason are kept."""

from datetime import timedelta

from sqlalchemy import select

from app.staffing.models import PresenceChange
from tests.stage import Desk, Survey


def kept(survey: Survey) -> list[tuple[str, str | None]]:
    rows = survey.session.scalars(select(PresenceChange).order_by(PresenceChange.id))
    return [(row.state, row.reason) for row in rows]


def test_a_break_is_kept_with_its_reason(desk: Desk, survey: Survey) -> None:
    assert desk.post("break", {"reason": "meal"})["break_reason"] == "meal"
    assert kept(survey)[-1] == ("break", "meal")


def test_without_a_word_a_break_is_a_rest(desk: Desk) -> None:
    assert desk.post("break")["break_reason"] == "rest"


def test_another_reason_is_kept_and_the_break_is_no_shorter_for_it(desk: Desk, survey: Survey) -> None:
    began = desk.post("break")["since"]
    desk.clock.advance(timedelta(minutes=5))
    shown = desk.post("break", {"reason": "training"})
    assert (shown["since"], shown["break_reason"]) == (began, "training")
    assert kept(survey)[-2:] == [("break", "rest"), ("break", "training")]


def test_back_at_work_there_is_no_reason(desk: Desk, survey: Survey) -> None:
    desk.post("break", {"reason": "meeting"})
    assert desk.post("ready", {"campaign_id": survey.campaign.id})["break_reason"] is None


def test_an_invented_reason_is_refused(desk: Desk) -> None:
    problem = desk.post("break", {"reason": "siesta"}, refused=422)
    assert problem["errors"][0]["where"] == "body.reason"
