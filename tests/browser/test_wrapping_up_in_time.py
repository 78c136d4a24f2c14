"""The time after a call is counted down on the screen, and saves what is chosen when it is over."""

from playwright.sync_api import Page, expect

from app.telephony.domain import Ending
from tests.browser.moves import hang_up, reach, sign_in, wait_for_stage
from tests.browser.served import Served

UNTIL_IT_WOULD_BE_SAVED_MS = 6_000


def test_what_the_line_says_is_saved_by_itself(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "optional", "seconds": 5}):
        reach_nobody(page, served)
        expect(page.locator("[data-wrap-up-left]")).to_contain_text("所选结果将自动保存")
        wait_for_stage(page, "preview")


def test_whoever_touches_a_clear_outcome_takes_over(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "optional", "seconds": 5}):
        reach_nobody(page, served)
        page.keyboard.press("F9")
        page.keyboard.type("engaged")
        expect(page.locator("[data-wrap-up-left]")).to_be_hidden()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        wait_for_stage(page, "preview")


def test_whoever_takes_a_clear_outcome_back_chooses_in_their_own_time(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "optional", "seconds": 5}):
        reach_nobody(page, served)
        page.keyboard.press("Enter")
        expect(page.locator("#undo")).to_be_visible()
        page.keyboard.press("Control+Z")
        expect(page.locator("[data-wrap-up-left]")).to_be_hidden()
        page.wait_for_timeout(UNTIL_IT_WOULD_BE_SAVED_MS)
        wait_for_stage(page, "wrap_up")


def test_a_call_that_nobody_answered_yields_in_a_fixed_time_too(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "fixed", "seconds": 8}):
        reach_nobody(page, served)
        page.keyboard.press("F9")
        expect(page.locator("[data-wrap-up-left]")).to_be_hidden()


def test_no_outcome_is_made_up_when_the_time_is_over(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "timed", "seconds": 5}):
        talk(page, served)
        expect(page.locator("[data-wrap-up-over]")).to_contain_text("请选择这次通话的结果")
        wait_for_stage(page, "wrap_up")
        choose_some_outcome(page)
        wait_for_stage(page, "preview")


def test_a_fixed_time_is_waited_for_and_its_outcome_can_be_changed(page: Page, served: Served) -> None:
    with served.ruled(wrap_up={"mode": "fixed", "seconds": 8}):
        talk(page, served)
        choose_some_outcome(page)
        page.keyboard.press("Enter")
        expect(page.locator("#undo")).to_be_visible()
        page.keyboard.press("Enter")
        wait_for_stage(page, "wrap_up")
        page.keyboard.press("Control+Z")
        expect(page.locator("#undo")).to_be_hidden()
        wait_for_stage(page, "preview")


def reach_nobody(page: Page, served: Served) -> None:
    """Sit down, take a case, dial, and find the line engaged."""
    sign_in(page, "ana", "/desk")
    for before in ("preview", "dialling"):
        page.keyboard.press("F2")
        wait_for_stage(page, before)
    served.end(Ending.BUSY)
    wait_for_stage(page, "wrap_up")


def talk(page: Page, served: Served) -> None:
    """Sit down, reach somebody, and hang up."""
    sign_in(page, "ana", "/desk")
    reach(page, served)
    hang_up(page, served)


def choose_some_outcome(page: Page) -> None:
    """Choose one that needs no lect and no time, by its own key."""
    page.keyboard.press(page.locator("[name=code][value=refused_soft]").get_attribute("data-key") or "")
    expect(page.locator("[name=code][value=refused_soft]")).to_be_checked()
