"""The interviewer's console, driven by keyboard alone."""

import pytest
from playwright.sync_api import Page, Route, expect

from app.interviewing.models import ResponseSnapshot
from app.telephony.domain import Ending
from tests.browser.moves import answer, interview, question, sign_in, speak, wait_for_stage
from tests.browser.served import Served


def reach_someone(page: Page, served: Served, language: str = "zh-CN") -> None:
    """From the start of work to a respondent on the line."""
    sign_in(page, "ana", "/desk")
    speak(page, language)
    page.keyboard.press("F2")
    wait_for_stage(page, "preview")
    page.keyboard.press("F2")
    wait_for_stage(page, "dialling")
    served.answer()
    wait_for_stage(page, "opening")


def begin(page: Page, served: Served) -> None:
    """From the start of work to the first question."""
    reach_someone(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")


def watch_requests(page: Page) -> list[str]:
    """Collect what is asked and replied from now on, such as "answer asked", in order."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(f"{request.url.rsplit('/', 1)[-1]} asked"))
    page.on("response", lambda reply: seen.append(f"{reply.url.rsplit('/', 1)[-1]} replied"))
    return seen


def hold(page: Page, address: str) -> list[Route]:
    """Let nothing reach an address; what would have is in the list."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_whole_interview_is_held_by_keyboard_alone(page: Page, served: Served, language: str) -> None:
    before = served.count(ResponseSnapshot)
    reach_someone(page, served, language)
    page.keyboard.press("Enter")
    asked = interview(page)
    wait_for_stage(page, "finished")
    page.keyboard.press("Enter")
    served.deliver()
    wait_for_stage(page, "wrap_up")
    page.keyboard.press("Enter")
    wait_for_stage(page, "preview")
    assert len(asked) == len(set(asked)) > 15
    assert served.count(ResponseSnapshot) == before + 1


def test_the_screen_follows_the_line_without_a_key(page: Page, served: Served) -> None:
    reach_someone(page, served)
    served.end(Ending.HUNG_UP_BY_RESPONDENT)
    wait_for_stage(page, "wrap_up")
    expect(page.locator(".wrap-up")).to_be_focused()


def test_going_back_shows_the_answer_that_was_given(page: Page, served: Served) -> None:
    begin(page, served)
    first = question(page)
    answer(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    expect(page.locator(f"#desk input[name=question][value='{first}']")).to_have_count(1)
    expect(page.locator(".choice-row input").first).to_be_checked()


def test_digits_choose_only_while_the_question_has_the_focus(page: Page, served: Served) -> None:
    begin(page, served)
    page.keyboard.press("F8")
    page.keyboard.type("1")
    expect(page.locator("#when")).to_have_value("1")
    expect(page.locator(".choice-row input:checked")).to_have_count(0)


def test_a_refused_answer_says_why_and_keeps_what_was_typed(page: Page, served: Served) -> None:
    begin(page, served)
    answer(page)
    page.keyboard.type("４５０")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#desk [name=text]")).to_have_value("４５０")
    expect(page.locator("#desk [name=text]")).to_be_focused()


def test_whoever_is_quicker_than_the_page_stays_on_it(page: Page, served: Served) -> None:
    begin(page, served)
    first = question(page)
    page.evaluate("""
        window.isSamePage = true;
        addEventListener("drawn", () => document.querySelector("#go-back").requestSubmit(), { once: true });
    """)
    answer(page)
    expect(page.locator(f"#desk input[name=question][value='{first}']")).to_have_count(1)
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    assert page.evaluate("window.isSamePage")


def test_an_answer_goes_out_after_what_was_done_before_it(page: Page, served: Served) -> None:
    begin(page, served)
    seen = watch_requests(page)
    held = hold(page, "**/desk/language")
    with page.expect_request("**/desk/language"):
        page.locator("button[name=kind][value=observed]").click()
    page.locator("[data-focus]").focus()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("form[action='/desk/answer'][data-sent]")).to_have_count(1)
    held[0].continue_()
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    assert seen.index("language replied") < seen.index("answer asked")


def test_a_desk_is_fetched_after_the_answer_on_its_way(page: Page, served: Served) -> None:
    begin(page, served)
    seen = watch_requests(page)
    held = hold(page, "**/desk/answer")
    with page.expect_request("**/desk/answer"):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    page.evaluate("document.querySelector('#desk').dispatchEvent(new CustomEvent('live'))")
    with page.expect_response("**/desk"):
        held[0].continue_()
    expect(page.locator("#desk input[name=sequence]")).to_have_value("2")
    assert seen.index("answer replied") < seen.index("desk asked")
