"""Draw docs/screens/: `python -m tests.browser.screens` photographs every page, to be looked at after a change."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import select

from app.dialing.models import Case
from app.quality.checking import check_campaign
from app.telephony.domain import Ending
from tests.browser.colleagues import work_a_while
from tests.browser.moves import answer, sign_in, speak, wait_for_stage
from tests.browser.profile import CHROMIUM, HOW_TO_GET_IT
from tests.browser.served import Served, serve
from tests.conftest import fresh_database

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
LANGUAGES = ("zh-CN", "en")
SCHEMES = ("light", "dark")
NUMBERS = 400
NARROW = ViewportSize(width=1280, height=800)
WIDE = ViewportSize(width=1920, height=1080)
SUPERVISOR = {
    "start": "/",
    "campaigns": "/campaigns",
    "board": "/campaigns/{id}",
    "campaign-new": "/campaigns/new",
    "sample": "/campaigns/{id}/sample",
    "cases": "/campaigns/{id}/cases?outcome=no_answer",
    "case": "/campaigns/{id}/cases/{case}",
    "appointments": "/campaigns/{id}/appointments",
    "rules": "/campaigns/{id}/rules",
    "quotas": "/campaigns/{id}/quotas",
    "roster": "/campaigns/{id}/roster",
    "demand": "/campaigns/{id}/demand",
    "identity": "/campaigns/{id}/identity",
    "numbers": "/campaigns/{id}/numbers",
    "measures": "/campaigns/{id}/measures",
    "quality": "/campaigns/{id}/quality",
    "relisten": "/relisten",
    "notices": "/campaigns/{id}/notices",
    "recordings": "/campaigns/{id}/recordings",
    "clips": "/campaigns/{id}/clips",
    "call-back-line": "/campaigns/{id}/call-back-line",
    "verify": "/verify",
    "questionnaires": "/questionnaires",
    "questionnaire": "/questionnaires/1?language=yue",
    "campaign-questionnaire": "/campaigns/{id}/questionnaire",
    "languages": "/languages?q=粤",
    "error": "/campaigns/{id}/cases/0",
}
ON_A_WIDE_SCREEN = ("board", "roster", "demand")


@dataclass(frozen=True)
class Look:
    """A browser window of one size in one language, by day or by night; its pictures are named after it."""

    browser: Browser
    served: Served
    language: str
    scheme: str
    size: ViewportSize = field(default_factory=lambda: NARROW)

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Open the window."""
        context = self.browser.new_context(
            base_url=self.served.address,
            viewport=self.size,
            color_scheme="dark" if self.scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        yield context.new_page()
        context.close()

    def keep(self, page: Page, name: str, *, is_whole: bool = False) -> None:
        """Keep what is on the screen, or all of a page, once pictures and timers have settled."""
        page.wait_for_timeout(300)
        width = "" if self.size is NARROW else f"-{self.size['width']}"
        ending = f"{self.language}{'-dark' if self.scheme == 'dark' else ''}{width}"
        page.screenshot(path=FOLDER / f"{name}-{ending}.png", full_page=is_whole)

    def enter(self, page: Page, login: str, path: str) -> None:
        """Sign in and read in the language of this look."""
        sign_in(page, login, path)
        speak(page, self.language)


def supervise(look: Look, names: Iterable[str]) -> None:
    """Photograph the supervisor's pages."""
    with look.page() as page:
        look.enter(page, "sue", "/campaigns")
        for name in names:
            page.goto(SUPERVISOR[name].format(id=look.served.campaign_id, case=case_with_a_past(look.served)))
            look.keep(page, name, is_whole=True)


def interview(look: Look) -> None:
    """Photograph the console from the start of work to the outcome, then put the case away."""
    with look.page() as page:
        look.enter(page, "ana", "/desk")
        look.keep(page, "desk-off")
        page.keyboard.press("F2")
        wait_for_stage(page, "preview")
        look.keep(page, "desk-preview")
        page.keyboard.press("F2")
        wait_for_stage(page, "dialling")
        look.served.answer()
        wait_for_stage(page, "opening")
        look.keep(page, "desk-opening")
        page.keyboard.press("Enter")
        wait_for_stage(page, "question")
        for _ in range(2):
            answer(page)
        look.keep(page, "desk-question")
        look.served.end(Ending.HUNG_UP_BY_RESPONDENT)
        wait_for_stage(page, "wrap_up")
        look.keep(page, "desk-outcome")
        page.keyboard.press("3")
        page.locator("input[name=then]").check()
        page.keyboard.press("Enter")
        wait_for_stage(page, "break")
        look.keep(page, "desk-break")
        page.locator("form[action='/desk/off'] button").press("Enter")
        wait_for_stage(page, "off")


def greet(look: Look) -> None:
    """Photograph the way in."""
    with look.page() as page:
        page.goto("/sign-in")
        speak(page, look.language)
        look.keep(page, "sign-in")


def case_with_a_past(served: Served) -> int:
    """Name a case that was broken off, which has the most to tell."""
    with served.session() as session:
        broken_off = select(Case.id).where(Case.outcome == "broke_off").order_by(Case.id).limit(1)
        return session.scalars(broken_off).one()


def look_at_ended(served: Served) -> None:
    """Flag the interviews of the morning, as background work does."""
    with served.session() as session, session.begin():
        check_campaign(session, served.campaign_id, now=served.app.state.clock())


def photograph(browser: Browser, served: Served) -> None:
    """Draw the whole set."""
    work_a_while(served)
    look_at_ended(served)
    for language, scheme in product(LANGUAGES, SCHEMES):
        look = Look(browser, served, language, scheme)
        greet(look)
        supervise(look, SUPERVISOR)
        supervise(replace(look, size=WIDE), ON_A_WIDE_SCREEN)
        interview(look)


def main() -> None:
    """Serve, photograph, and keep the pictures."""
    if CHROMIUM is None:
        sys.exit(HOW_TO_GET_IT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        fresh_database("xiangyin_screens") as urls,
        serve(urls, numbers=NUMBERS) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        photograph(browser, served)
        browser.close()


if __name__ == "__main__":
    main()
