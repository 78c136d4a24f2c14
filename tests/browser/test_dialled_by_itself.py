"""What interviewers see of the pace: a case that is dialled by itself, counted down, or skipped with a reason."""

from playwright.sync_api import Page, expect

from tests.browser.moves import sign_in, wait_for_stage
from tests.browser.served import Served

READ_FOR_3_SECONDS = {"mode": "preview", "preview_seconds": 3}


def test_a_case_is_dialled_by_itself(page: Page, served: Served) -> None:
    with served.ruled(pacing={"mode": "progressive"}):
        sign_in(page, "ana", "/desk")
        placed = len(served.network.placed)
        page.keyboard.press("F2")
        wait_for_stage(page, "dialling")
        assert len(served.network.placed) == placed + 1


def test_the_page_is_never_left_for_the_dial(page: Page, served: Served) -> None:
    with served.ruled(pacing={"mode": "progressive"}):
        sign_in(page, "ana", "/desk")
        page.keyboard.press("F2")
        wait_for_stage(page, "dialling")
        page.reload()
        wait_for_stage(page, "dialling")
        assert page.url.endswith("/desk")


def test_a_preview_counts_down_and_dials(page: Page, served: Served) -> None:
    with served.ruled(pacing=READ_FOR_3_SECONDS):
        sign_in(page, "ana", "/desk")
        page.keyboard.press("F2")
        expect(page.locator("[data-countdown]")).to_have_text("2")
        wait_for_stage(page, "dialling")


def test_a_preview_is_skipped_by_keyboard_with_a_reason(page: Page, served: Served) -> None:
    with served.ruled(pacing=READ_FOR_3_SECONDS):
        sign_in(page, "ana", "/desk")
        placed = len(served.network.placed)
        page.keyboard.press("F2")
        wait_for_stage(page, "preview")
        page.keyboard.press("F9")
        page.keyboard.type("a relative of mine")
        expect(page.locator("[data-countdown]")).to_have_text("0")
        page.keyboard.press("Enter")
        wait_for_stage(page, "ready")
        assert len(served.network.placed) == placed
