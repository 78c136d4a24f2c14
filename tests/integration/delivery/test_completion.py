"""How far a campaign is."""

from datetime import timedelta

import pytest

from app.accounts.models import Person
from app.campaigns.service import close_campaign
from app.delivery.completion import Closing, CompletionView, Headset, completion_of
from app.dialing.tick import tick
from app.telephony.domain import Ending
from app.telephony.lines import LineState
from tests.integration.delivery.conftest import Feed
from tests.stage import Desk


@pytest.fixture
def view(feed: Feed, desk: Desk) -> CompletionView:
    """One complete, one misdial, one busy line, one fresh case."""
    feed.survey.add_numbers(*((f"1397711200{n}", "450100", "粤语") for n in range(3)))
    desk.reach()
    desk.post("hang-up")
    desk.post("outcome", {"code": "said_misdial"})
    desk.fail(Ending.BUSY)
    desk.post("outcome", {"code": "busy"})
    return completion_of(feed.survey.session, feed.survey.campaign, now=desk.clock())


def test_the_tiles_count_cases_and_calls(view: CompletionView) -> None:
    totals = view.totals
    assert (totals.cases, totals.closed, totals.completes) == (4, 1, 1)
    assert (totals.dials, totals.contacts, totals.misread) == (3, 2, 1)


def test_areas_and_lects_add_up_to_the_campaign(view: CompletionView) -> None:
    for rows in (view.by_area, view.by_lect):
        assert (sum(row.cases for row in rows), sum(row.completes for row in rows)) == (4, 1)


def test_areas_go_by_their_names(view: CompletionView) -> None:
    [area] = view.by_area
    assert (area.code, area.name_zh) == ("450100", "南宁市")


def test_each_outcome_is_counted(view: CompletionView) -> None:
    assert {row.code: row.attempts for row in view.by_outcome} == {"complete": 1, "said_misdial": 1, "busy": 1}


def test_who_is_at_work_is_shown_with_calls_and_completes(view: CompletionView, ana: Person) -> None:
    [worker] = view.workers
    assert (worker.person_id, worker.state, worker.dials, worker.completes) == (ana.id, "ready", 3, 1)


def test_the_telephone_and_the_headset_of_who_is_at_work_are_shown(
    view: CompletionView, feed: Feed, desk: Desk, ana: Person
) -> None:
    desk.post("line")
    for latency_ms, echo in ((90, False), (40, True)):
        check = {"microphone": True, "speaker": True, "echo": echo, "latency_ms": latency_ms}
        desk.post("device-checks", check)
    [worker] = completion_of(feed.survey.session, feed.survey.campaign, now=desk.clock()).workers
    assert worker.line == LineState.ASKED
    assert worker.headset == Headset(desk.clock(), works=True, latency_ms=40)
    assert view.workers[0].headset is None


def test_who_has_gone_home_is_not_shown(view: CompletionView, feed: Feed, desk: Desk) -> None:
    desk.post("off")
    assert completion_of(feed.survey.session, feed.survey.campaign, now=desk.clock()).workers == ()


def test_an_open_field_says_nothing_of_closing(view: CompletionView) -> None:
    assert view.closing is None
    assert [(row.code, row.aapor, row.cases) for row in view.by_final] == [("complete", "1.1", 1)]


def test_a_closed_field_tells_what_every_case_came_to(feed: Feed, desk: Desk, view: CompletionView) -> None:
    session, campaign = feed.survey.session, feed.survey.campaign
    desk.post("next-case")
    close_campaign(session, campaign, actor="person:1", now=desk.clock())
    tick(session, now=desk.clock())
    closed = completion_of(session, campaign, now=desk.clock())
    assert closed.closing == Closing(open_cases=1, held=1, settled_at=None)
    desk.post("give-back")
    desk.pass_time(timedelta(seconds=10))
    session.refresh(campaign)
    closed = completion_of(session, campaign, now=desk.clock())
    assert closed.closing == Closing(open_cases=0, held=0, settled_at=desk.clock())
    assert [row.code for row in closed.by_final] == ["complete", "said_misdial", "not_attempted", "busy"]
