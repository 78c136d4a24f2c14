"""A call by the console's own telephone over the emulated network: ring, talk, hold, hang up, and a broken line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.telephony.models import DeviceCheck, EmulatedLeg
from tests.browser.moves import stage, wait_for_stage
from tests.browser.served import Served
from tests.browser.telephone import Telephone, at_work


@pytest.fixture
def telephone(with_network: Served, hearing: Browser) -> Iterator[Telephone]:
    with at_work(with_network, hearing) as telephone:
        yield telephone


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
