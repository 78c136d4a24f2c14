"""An interviewer with a headset, on the program with the emulated network behind it, which reports by itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from app.interviewing.shelf import Shelf
from app.serve import EmulatedReports
from app.worker import Repeater, Work
from tests.browser.moves import sign_in, stage, wait_for_stage
from tests.browser.profile import CHROMIUM, watched
from tests.browser.served import MONDAY_TEN, Served, serve
from tests.conftest import fresh_database

PACE = 8  # the emulated network's people ring and answer so many times faster than real ones
MOST_CALLS = 25
WITH_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


class HurriedClock:
    """Starts on a Monday at 10:00 in Shanghai and runs several times as fast as any other clock."""

    def __init__(self) -> None:
        self._began_at, self._started, self._pace = MONDAY_TEN, monotonic(), PACE

    def __call__(self) -> datetime:
        return self._began_at + timedelta(seconds=self._pace * (monotonic() - self._started))

    def go_on_at(self, pace: int) -> None:
        """Run on from now at another pace; 1 is that of any other clock."""
        self._began_at, self._started, self._pace = self(), monotonic(), pace


@dataclass(frozen=True)
class Telephone:
    """The program with the emulated network behind it, which reports by itself."""

    served: Served
    page: Page

    def state(self) -> str:
        return self.page.locator("#softphone").get_attribute("data-state") or ""

    def connect(self) -> None:
        """Begin work: the telephone calls in by itself."""
        self.page.keyboard.press("F2")
        wait_for_stage(self.page, "preview")
        expect(self.page.locator("#softphone[data-state=open]")).to_be_visible()

    def reach(self) -> None:
        """Dial case after case until somebody answers."""
        for _ in range(MOST_CALLS):
            self.page.keyboard.press("F2")
            wait_for_stage(self.page, "dialling")
            expect(self.page.locator("#desk.opening, #desk.wrap_up")).to_be_visible(timeout=20_000)
            if stage(self.page) == "opening":
                return
            expect(self.page.locator(".wrap-up")).to_be_focused()
            self.page.keyboard.press("Enter")
            wait_for_stage(self.page, "preview")
        pytest.fail("nobody answered")


@contextmanager
def emulated(name: str, *, folder: Path) -> Iterator[Served]:
    """Serve with the emulated network, and do the background work that calls need; recordings come to the folder."""
    database = fresh_database(f"xiangyin_{name}_{os.getpid()}")
    with database as urls, serve(urls, clock=HurriedClock(), scripted=False) as served:
        state = served.app.state
        state.shelf = Shelf(folder, state.vault)
        work = Work(state.make_session, state.gateway, state.vault, state.clock, shelf=state.shelf)
        threads: list[Repeater | EmulatedReports] = [
            Repeater(work.deliver, every_seconds=0.1, name="deliveries"),
            Repeater(work.watch_over_monitoring, every_seconds=0.3, name="monitoring"),
            Repeater(work.work_on_recordings, every_seconds=0.5, name="recordings"),
            EmulatedReports(served.app, served.port),
        ]
        for thread in threads:
            thread.start()
        try:
            yield served
        finally:
            for thread in threads:
                thread.stop()


@contextmanager
def with_microphone(playwright: Playwright) -> Iterator[Browser]:
    """Open a browser with a microphone that hears beeps."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=WITH_MICROPHONE)
    yield browser
    browser.close()


@contextmanager
def at_work(served: Served, browser: Browser) -> Iterator[Telephone]:
    """Put Ana at her desk; afterwards everybody goes home."""
    try:
        with watched(browser, served) as context:
            context.grant_permissions(["microphone"])
            page = context.new_page()
            sign_in(page, "ana", "/desk")
            yield Telephone(served, page)
    finally:
        served.clear_desks()
