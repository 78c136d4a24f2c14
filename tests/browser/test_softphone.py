"""A call by the console's own telephone over the emulated network: ring, talk, hold, hang up, and a broken line."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import select

from app.serve import EmulatedReports
from app.telephony.models import DeviceCheck, EmulatedLeg
from app.worker import Repeater, Work
from tests.browser.conftest import CHROMIUM, watched
from tests.browser.moves import sign_in, stage, wait_for_stage
from tests.browser.served import MONDAY_TEN, Served, serve
from tests.conftest import fresh_database

PACE = 8  # the emulated network's people ring and answer so many times faster than real ones
MOST_CALLS = 25
WITH_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


class HurriedClock:
    """Starts on a Monday at 10:00 in Shanghai and runs several times as fast as any other clock."""

    def __init__(self) -> None:
        self._started = monotonic()

    def __call__(self) -> datetime:
        return MONDAY_TEN + timedelta(seconds=PACE * (monotonic() - self._started))


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


@pytest.fixture(scope="module")
def with_network() -> Iterator[Served]:
    name = f"xiangyin_softphone_{os.getpid()}"
    with fresh_database(name) as urls, serve(urls, clock=HurriedClock(), scripted=False) as served:
        state = served.app.state
        work = Work(state.make_session, state.gateway, state.vault, state.clock)
        reports = Repeater(work.deliver, every_seconds=0.1, name="deliveries")
        threads: list[Repeater | EmulatedReports] = [reports, EmulatedReports(served.app, served.port)]
        for thread in threads:
            thread.start()
        yield served
        for thread in threads:
            thread.stop()


@pytest.fixture(scope="module")
def hearing(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a microphone that hears beeps."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=WITH_MICROPHONE)
    yield browser
    browser.close()


@pytest.fixture
def telephone(with_network: Served, hearing: Browser) -> Iterator[Telephone]:
    with watched(hearing, with_network) as context:
        context.grant_permissions(["microphone"])
        page = context.new_page()
        sign_in(page, "ana", "/desk")
        yield Telephone(with_network, page)
    with_network.clear_desks()


def test_a_call_rings_is_held_and_is_hung_up_by_keyboard(telephone: Telephone) -> None:
    page = telephone.page
    telephone.connect()
    telephone.reach()
    page.keyboard.press("F3")
    expect(page.locator("button[data-key=F3]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".strip .pill.amber")).to_be_visible()
    page.keyboard.press("F3")
    expect(page.locator("button[data-key=F3]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("F4")
    wait_for_stage(page, "wrap_up")
    assert telephone.state() == "open"


def test_nobody_is_heard_while_muted_and_the_key_says_so(telephone: Telephone) -> None:
    telephone.connect()
    mute = telephone.page.locator("[data-mute]")
    for pressed in ("true", "false"):
        telephone.page.keyboard.press("F6")
        expect(mute).to_have_attribute("aria-pressed", pressed)


def test_a_line_that_breaks_in_mid_call_comes_back_and_the_call_goes_on(telephone: Telephone) -> None:
    telephone.connect()
    telephone.reach()
    with telephone.served.session() as session:
        [call_id] = session.scalars(select(EmulatedLeg.call_id).where(EmulatedLeg.state == "in")).all()
    telephone.served.app.state.exchange.rooms.leave(call_id)
    expect(telephone.page.locator("#softphone:not([data-state=open])")).to_be_visible()
    expect(telephone.page.locator("#softphone[data-state=open]")).to_be_visible(timeout=20_000)
    assert stage(telephone.page) == "opening"


def test_nobody_is_dialled_before_the_telephone_is_connected(telephone: Telephone) -> None:
    page = telephone.page
    page.route("**/desk/emulated-line", lambda route: route.fulfill(status=204))
    page.keyboard.press("F2")
    wait_for_stage(page, "preview")
    page.keyboard.press("F2")
    expect(page.locator("#desk [role=alert]")).to_contain_text("您的话机尚未连接")
    assert stage(page) == "preview"


def test_the_headset_is_tried_and_the_result_kept(telephone: Telephone) -> None:
    page = telephone.page
    page.locator("[data-check-headset]").press("Enter")
    page.locator("[data-begin]").press("Enter")
    expect(page.locator("#headset[data-stage=heard]")).to_be_visible(timeout=20_000)
    page.locator("#headset [name=heard]").press("Space")
    page.locator("[data-keep]").press("Enter")
    expect(page.locator("#headset")).to_be_hidden()
    with telephone.served.session() as session:
        check = session.scalars(select(DeviceCheck)).one()
    assert (check.microphone, check.speaker, check.echo) == (True, True, True)
