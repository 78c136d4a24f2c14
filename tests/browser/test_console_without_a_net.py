"""The net drops, the session ends, the page is closed: no answer is lost, and none is saved twice."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, update

from app.accounts.demonstration import PASSWORD
from app.interviewing.models import AnswerEvent, Interview
from app.staffing.models import Presence
from tests.browser.moves import answer, question, reach, sign_in, wait_for_stage, wait_until_saved
from tests.browser.served import Served


@pytest.fixture
def asked(page: Page, served: Served) -> str:
    """Somebody on the line, and the first question on the screen; returns its name."""
    sign_in(page, "ana", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    return question(page)


def answers(served: Served) -> list[tuple[str, list[object]]]:
    """Return what is stored of the newest interview."""
    with served.session() as session:
        interview = session.scalars(select(Interview).order_by(Interview.id.desc()).limit(1)).one()
        rows = session.scalars(
            select(AnswerEvent).where(AnswerEvent.interview_id == interview.id).order_by(AnswerEvent.id)
        )
        return [(row.question, row.value) for row in rows]


def waiting(page: Page) -> int:
    """Count what the browser keeps for the server."""
    kept: int = page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('xiangyin-outbox'))"
        ".reduce((n, k) => n + JSON.parse(localStorage[k]).length, 0)"
    )
    return kept


def test_an_answer_given_without_a_net_arrives_once_it_is_back(page: Page, served: Served, asked: str) -> None:
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_attribute("data-stage", "amber")
    assert (waiting(page), answers(served)) == (1, [])
    page.context.set_offline(False)
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(0)
    expect(page.locator("#connection")).to_have_attribute("data-stage", "open")
    wait_until_saved(page)
    assert answers(served) == [(asked, ["1"])]


def test_marks_and_answers_arrive_in_their_order(page: Page, served: Served, asked: str) -> None:
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+1")
    page.keyboard.press("Alt+2")
    expect(page.locator("#connection")).to_have_attribute("data-stage", "amber")
    assert waiting(page) >= 2
    page.context.set_offline(False)
    expect(page.locator(".marks .count")).to_have_count(2)
    assert answers(served) == [(asked, ["1"])]


def test_after_ten_seconds_there_is_room_to_write_down_what_is_said(page: Page, asked: str) -> None:
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_attribute("data-stage", "red", timeout=15_000)
    page.locator("#notes").fill("四十岁，住县城")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_attribute("data-stage", "open")
    expect(page.locator("#notes")).to_have_value("四十岁，住县城")
    page.locator("[data-clear]").press("Enter")
    expect(page.locator("#notes")).to_be_hidden()


def test_what_a_closed_page_left_behind_is_sent_by_the_next(page: Page, served: Served, asked: str) -> None:
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_attribute("data-stage", "amber")
    page.close()
    page.context.set_offline(False)
    next_page = page.context.new_page()
    next_page.goto("/desk")
    expect(next_page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(0)
    assert (waiting(next_page), answers(served)) == (0, [(asked, ["1"])])


def test_a_session_that_ends_loses_no_answer(page: Page, served: Served, asked: str) -> None:
    page.context.clear_cookies()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#again-password")).to_be_focused()
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again")).to_have_attribute("data-stage", "refused")
    page.locator("#again-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(0)
    wait_until_saved(page)
    assert answers(served) == [(asked, ["1"])]


def test_the_interview_goes_on_as_if_nothing_had_happened(page: Page, served: Served, asked: str) -> None:
    for cut in (False, True, False):
        before = len(answers(served))
        page.context.set_offline(cut)
        if cut:
            page.keyboard.type("45")
            page.keyboard.press("Enter")
            expect(page.locator("#connection")).to_have_attribute("data-stage", "amber")
            page.context.set_offline(False)
            expect(page.locator("#desk input[name=sequence]")).to_have_value(str(before + 2))
            wait_until_saved(page)
        else:
            answer(page)
    assert len(answers(served)) == 3


@pytest.mark.breaks_the_server
def test_an_answer_the_server_breaks_on_is_sent_again(page: Page, served: Served, asked: str) -> None:
    broken = iter(range(2))

    def break_down(route: Route) -> None:
        if next(broken, None) is None:
            route.continue_()
        else:
            route.fulfill(status=500, body="")

    page.route("**/desk/answer", break_down)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(0)
    wait_until_saved(page)
    assert answers(served) == [(asked, ["1"])]


@pytest.mark.breaks_the_server
def test_an_answer_the_server_always_breaks_on_is_shown_and_stays(page: Page, asked: str) -> None:
    page.route("**/desk/answer", lambda route: route.fulfill(status=500, body=""))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_contain_text(asked)
    expect(page.locator(".choice-row input:checked")).to_have_count(1)


def test_what_a_desk_given_up_would_have_shown_comes_with_the_answer(page: Page, served: Served, asked: str) -> None:
    answer(page)
    page.route("**/desk", lambda _route: None)  # its answer never comes
    with served.session() as session, session.begin():
        session.execute(update(Presence).values(since=served.app.state.clock() - timedelta(hours=1)))
    page.evaluate("document.querySelector('#desk').dispatchEvent(new CustomEvent('live'))")
    answer(page)
    expect(page.locator(".strip .pill").first).to_contain_text("1:00")


def test_an_answer_waits_for_no_desk_that_is_being_drawn(page: Page, served: Served, asked: str) -> None:
    page.route("**/desk", lambda _route: None)  # its answer never comes
    page.evaluate("document.querySelector('#desk').dispatchEvent(new CustomEvent('live'))")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(0)
    wait_until_saved(page)
    assert answers(served) == [(asked, ["1"])]
