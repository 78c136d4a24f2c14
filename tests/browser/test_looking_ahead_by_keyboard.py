"""The next question is on the screen with the key: it was worked out while the respondent was still speaking."""

import pytest
from playwright.sync_api import Page, Response, Route, expect
from sqlalchemy import select, update

from app.interviewing.models import AnswerEvent, Interview
from tests.browser.moves import answer, question, reach, sign_in, wait_for_stage, wait_until_saved
from tests.browser.served import Served

AHEAD = "**/desk/ahead"
ANSWER = "**/desk/answer"
LOOK_MS = 20
TRIED_MS = 30_000  # what the server breaks on is tried five times, a second and more apart


@pytest.fixture
def asked(page: Page, served: Served) -> str:
    """Somebody on the line, the first question on the screen, and what follows it known; returns its name."""
    sign_in(page, "ana", "/desk")
    reach(page, served)
    with page.expect_response(AHEAD):
        page.keyboard.press("Enter")
        wait_for_stage(page, "question")
    return question(page)


def press_and_hold(page: Page, *keys: str) -> Route:
    """Press keys that send an answer; it stays on its way until it is let go."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(ANSWER, keep, times=1)
    for key in keys:
        page.keyboard.press(key)
    # The next question is drawn before the answer goes out.
    while not held:
        page.wait_for_timeout(LOOK_MS)
    return held[0]


def is_ahead_of(reply: Response, sent: str) -> bool:
    """Tell whether it says what follows an answer that was sent with these words."""
    return reply.url.endswith("/ahead") and sent in (reply.request.post_data or "")


def stored(served: Served) -> list[str]:
    """Return the questions of the newest interview that have an answer."""
    with served.session() as session:
        newest = select(Interview.id).order_by(Interview.id.desc()).limit(1).scalar_subquery()
        kept = select(AnswerEvent.question).where(AnswerEvent.interview_id == newest).order_by(AnswerEvent.id)
        return list(session.scalars(kept))


def test_the_next_question_waits_for_no_net(page: Page, served: Served, asked: str) -> None:
    held = press_and_hold(page, "1", "Enter")
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    expect(page.locator("#desk [name=text]")).to_be_focused()
    assert (question(page), stored(served)) == ("age", [])
    page.keyboard.type("4")
    held.continue_()
    wait_until_saved(page)
    page.keyboard.type("5")
    expect(page.locator("#desk [name=text]")).to_have_value("45")
    assert stored(served) == [asked]


def test_what_is_typed_is_looked_ahead_of_once_the_typing_pauses(page: Page, served: Served, asked: str) -> None:
    answer(page)
    with page.expect_response(lambda reply: is_ahead_of(reply, "text=45")):
        page.keyboard.type("45")
    held = press_and_hold(page, "Enter")
    expect(page.locator("#desk input[name=sequence]")).to_have_value("3")
    assert stored(served) == [asked]
    held.continue_()
    wait_until_saved(page)
    assert stored(served) == [asked, "age"]


@pytest.mark.breaks_the_server
def test_an_answer_that_is_not_taken_stands_on_the_screen_again(page: Page, asked: str) -> None:
    page.keyboard.press("F2")
    page.route(ANSWER, lambda route: route.fulfill(status=500, body=""))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    expect(page.locator("#refused")).to_contain_text(asked, timeout=TRIED_MS)
    assert question(page) == asked
    expect(page.locator(".choice-row input").first).to_be_checked()
    expect(page.locator("[data-read-end]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".spoken")).to_be_focused()


@pytest.mark.breaks_the_server
def test_an_answer_given_on_top_of_one_that_is_not_taken_is_not_lost(page: Page, asked: str) -> None:
    held = press_and_hold(page, "1", "Enter")
    page.keyboard.type("45")
    page.keyboard.press("Enter")
    desk = page.request.get("/desk", headers={"HX-Request": "true"}).text()
    held.fulfill(status=409, body=desk, content_type="text/html")
    expect(page.locator("#refused")).to_contain_text("age")
    expect(page.locator("#refused")).to_contain_text("45")


def test_a_key_pressed_twice_answers_once(page: Page, served: Served, asked: str) -> None:
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    wait_until_saved(page)
    assert stored(served) == [asked]
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)


def test_what_is_drawn_late_over_the_next_question_makes_way_for_it(page: Page, asked: str) -> None:
    late = page.locator("#desk").evaluate("desk => desk.outerHTML")
    held = press_and_hold(page, "1", "Enter")
    page.evaluate(
        "text => htmx.swap({ text, target: '#desk', sourceElement: document.body, swap: 'outerMorph' })", late
    )
    expect(page.locator("#desk input[name=sequence]")).to_have_value("1")
    held.continue_()
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")


def test_an_answer_on_its_way_takes_the_offer_for_the_one_before_along(page: Page, asked: str) -> None:
    answer(page)
    expect(page.locator("#undo")).to_be_visible()
    with page.expect_response(lambda reply: is_ahead_of(reply, "text=45")):
        page.keyboard.type("45")
    held = press_and_hold(page, "Enter")
    expect(page.locator("#undo")).to_be_hidden(timeout=1_000)  # it would go by itself after five seconds
    held.continue_()
    expect(page.locator("#undo")).to_be_visible()


def test_the_server_has_the_last_word(page: Page, served: Served, asked: str) -> None:
    with served.session() as session, session.begin():
        newest = select(Interview.id).order_by(Interview.id.desc()).limit(1).scalar_subquery()
        session.execute(update(Interview).where(Interview.id == newest).values(lect="yue"))
    held = press_and_hold(page, "1", "Enter")
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    expect(page.locator("#wording")).not_to_have_attribute("lang", "yue")
    held.continue_()
    expect(page.locator("#wording")).to_have_attribute("lang", "yue")
    assert question(page) == "age"


def test_whoever_has_gone_back_waits_for_the_server(page: Page, served: Served, asked: str) -> None:
    answer(page)
    page.keyboard.press("Escape")
    with page.expect_response(lambda reply: is_ahead_of(reply, f"question={asked}")) as looked:
        page.keyboard.press("Backspace")
    assert looked.value.status == 204
    assert question(page) == asked


def test_the_next_question_is_seen_from_its_first_word(page: Page, asked: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    while page.locator(".phrases li").count() == 0:
        answer(page)
    page.locator(".phrases summary").last.scroll_into_view_if_needed()
    expect(page.locator("#wording")).not_to_be_in_viewport()
    answer(page)
    expect(page.locator("#wording")).to_be_in_viewport(ratio=1)


def test_phrases_to_listen_for_stay_on_the_screen_until_others_are_due(page: Page, served: Served, asked: str) -> None:
    while page.locator(".phrases li").count() == 0:
        answer(page)
    phrases = page.locator(".listen").element_handle()
    assert phrases is not None
    stands = "phrases => phrases === document.querySelector('#desk .listen') && !phrases.hidden"
    answer(page)
    assert phrases.evaluate(stands)
    page.locator(".phrases summary").first.press("Enter")
    expect(page.locator(".phrases details[open]")).to_have_count(1)
    expect(page.locator("[data-focus]")).to_be_focused()
    answer(page)
    expect(page.locator(".phrases details[open]")).to_have_count(0)
    while page.locator(".phrases li").count():
        answer(page)
    expect(page.locator(".listen")).to_be_hidden()
