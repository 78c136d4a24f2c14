"""Sound over the emulated network: a recording that is asked for and brought home, a greeting that is heard."""

import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import select

from app.campaigns.clips import add_clip
from app.campaigns.consent import set_consent_text
from app.campaigns.models import Campaign
from app.languages.domain import PUTONGHUA
from app.telephony.emulator.recordings import humming
from app.telephony.models import EmulatedCall
from tests.browser.moves import sign_in, wait_for_stage
from tests.browser.profile import watched
from tests.browser.served import MONDAY_TEN, Served, change_parts
from tests.browser.telephone import Telephone, at_work, emulated, with_microphone

WORDS = "为了核查访问质量，我们想把通话录下来，三个月后删除。不同意也没关系。可以吗？"

GREETING = b"".join(humming(3))
LENGTH = """player => new Promise((tell, fail) => {
  player.onloadedmetadata = () => tell(player.duration);
  player.onerror = () => fail(player.error.message);
  player.preload = "metadata";
  player.load();
})"""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A campaign that records whoever agrees."""
    with emulated("recording", folder=tmp_path_factory.mktemp("recordings")) as served:
        with served.session() as session, session.begin():
            campaign = session.get_one(Campaign, served.campaign_id)
            parts = {"recording": {"mode": "consent"}, "measures": {"clip_share": 1.0}}
            change_parts(session, campaign, now=MONDAY_TEN, **parts)
            set_consent_text(session, campaign, PUTONGHUA, text=WORDS, actor="system", now=MONDAY_TEN)
            add_clip(session, campaign, PUTONGHUA, content=GREETING, actor="system", now=MONDAY_TEN)
        yield served


@pytest.fixture
def telephone(asking: Served, playwright: Playwright) -> Iterator[Telephone]:
    with with_microphone(playwright) as browser, at_work(asking, browser) as telephone:
        yield telephone


def listen(page: Page, served: Served) -> float:
    """Open the newest recording as a supervisor does, and return how long the player says it lasts."""
    sign_in(page, "sue", f"/campaigns/{served.campaign_id}/recordings")
    for _ in range(20):
        if page.locator("audio").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return float(page.locator("audio").first.evaluate(LENGTH))


def test_a_call_is_recorded_by_keyboard_and_heard_by_a_supervisor(
    telephone: Telephone, browser: Browser, asking: Served
) -> None:
    page = telephone.page
    telephone.connect()
    telephone.reach()
    page.keyboard.press("Enter")
    wait_for_stage(page, "consent")
    page.keyboard.press("Y")
    wait_for_stage(page, "question")
    expect(page.locator("#desk .spoken")).to_be_focused()
    for state, key in (("running", "F9"), ("paused", "F9"), ("running", "F4")):
        expect(page.locator(f"[data-recording={state}]")).to_be_visible()
        page.keyboard.press(key)
    wait_for_stage(page, "wrap_up")
    with watched(browser, asking) as context:
        assert listen(context.new_page(), asking) >= 1


def test_a_key_lets_the_respondent_hear_the_recorded_greeting(telephone: Telephone, asking: Served) -> None:
    page = telephone.page
    telephone.connect()
    telephone.reach()
    expect(page.locator("#desk .spoken")).to_be_focused()
    page.keyboard.press("P")
    expect(page.locator(".played")).to_contain_text("只有受访者听得到")
    newest = select(EmulatedCall.state).order_by(EmulatedCall.placed_at.desc()).limit(1)
    for _ in range(20):
        with asking.session() as session:
            heard = session.scalars(newest).one().get("heard")
        if heard:
            break
        page.wait_for_timeout(100)
    assert heard == [hashlib.sha256(GREETING).hexdigest()]
