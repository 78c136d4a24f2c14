"""Draw docs/screens/: `python -m tests.browser.screens` photographs every page, to be looked at after a change."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from app.telephony.domain import Ending
from tests.browser.conftest import CHROMIUM, HOW_TO_GET_IT
from tests.browser.moves import answer, sign_in, speak, wait_for_stage
from tests.browser.served import Served, serve
from tests.browser.test_wallboard import work
from tests.conftest import fresh_database

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
NARROW = ViewportSize(width=1280, height=800)
WIDE = ViewportSize(width=1920, height=1080)
SUPERVISOR = {
    "campaigns": "/campaigns",
    "board": "/campaigns/{id}",
    "campaign-new": "/campaigns/new",
    "sample": "/campaigns/{id}/sample",
    "cases": "/campaigns/{id}/cases",
    "appointments": "/campaigns/{id}/appointments",
    "rules": "/campaigns/{id}/rules",
    "quotas": "/campaigns/{id}/quotas",
    "roster": "/campaigns/{id}/roster",
    "demand": "/campaigns/{id}/demand",
    "languages": "/languages?q=粤",
}


@contextmanager
def look(browser: Browser, served: Served, *, size: ViewportSize, scheme: str = "light") -> Iterator[Page]:
    """Open a browser window of one size, by day or by night."""
    context = browser.new_context(
        base_url=served.address, viewport=size, color_scheme="dark" if scheme == "dark" else "light"
    )
    yield context.new_page()
    context.close()


def keep(page: Page, name: str) -> None:
    """Keep what is on the screen, once pictures and timers have settled."""
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


def supervise(page: Page, served: Served, names: list[str], ending: str) -> None:
    """Photograph the supervisor's pages."""
    for name in names:
        page.goto(SUPERVISOR[name].format(id=served.campaign_id))
        keep(page, f"{name}-{ending}")


def interview(page: Page, served: Served, ending: str) -> None:
    """Photograph the console from the start of work to the outcome."""
    keep(page, f"desk-off-{ending}")
    page.keyboard.press("F2")
    wait_for_stage(page, "preview")
    keep(page, f"desk-preview-{ending}")
    page.keyboard.press("F2")
    wait_for_stage(page, "dialling")
    served.answer()
    wait_for_stage(page, "opening")
    keep(page, f"desk-opening-{ending}")
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    for _ in range(2):
        answer(page)
    keep(page, f"desk-question-{ending}")
    served.end(Ending.HUNG_UP_BY_RESPONDENT)
    wait_for_stage(page, "wrap_up")
    keep(page, f"desk-outcome-{ending}")
    page.keyboard.press("3")
    page.locator("input[name=then]").check()
    page.keyboard.press("Enter")
    wait_for_stage(page, "break")
    page.locator("form[action='/desk/off'] button").press("Enter")
    wait_for_stage(page, "off")


def photograph(browser: Browser, served: Served) -> None:
    """Draw the whole set."""
    for _ in range(3):
        work(served)
    for language in ("zh-CN", "en"):
        with look(browser, served, size=NARROW) as page:
            page.goto("/sign-in")
            speak(page, language)
            keep(page, f"sign-in-{language}")
        with look(browser, served, size=NARROW) as page:
            sign_in(page, "ana", "/desk")
            speak(page, language)
            interview(page, served, language)
        with look(browser, served, size=NARROW) as page:
            sign_in(page, "sue", "/campaigns")
            speak(page, language)
            supervise(page, served, list(SUPERVISOR), language)
    with look(browser, served, size=NARROW, scheme="dark") as page:
        sign_in(page, "ana", "/desk")
        interview(page, served, "en-dark")
    with look(browser, served, size=WIDE, scheme="dark") as page:
        sign_in(page, "sue", "/campaigns")
        supervise(page, served, ["board"], "en-dark-1920")


def main() -> None:
    """Serve, photograph, and keep the pictures."""
    if CHROMIUM is None:
        sys.exit(HOW_TO_GET_IT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with fresh_database("xiangyin_screens") as urls, serve(urls) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        photograph(browser, served)
        browser.close()


if __name__ == "__main__":
    main()
