"""A listener codes a recorded interview by keys alone, and no choice of one question is carried into the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.sealed import SealedWriter
from app.interviewing.models import AnswerEvent, Recording
from app.interviewing.shelf import Shelf
from app.quality.checking import check_campaign
from app.telephony.emulator.recordings import humming
from tests.browser.colleagues import Colleague
from tests.browser.moves import sign_in
from tests.browser.served import Served

SECONDS = 3


@pytest.fixture
def heard(served: Served, tmp_path: Path) -> Iterator[Served]:
    """One interview of Bao's, recorded, that waits to be heard again."""
    before = served.app.state.shelf
    served.app.state.shelf = Shelf(tmp_path, served.app.state.vault)
    bao = Colleague(served, "bao")
    bao.hold()
    bao.end("complete")
    with served.session() as session, session.begin():
        now = served.app.state.clock()
        attempt = session.scalars(select(AnswerEvent.attempt_id).order_by(AnswerEvent.id.desc()).limit(1)).one()
        recording = Recording(
            campaign_id=served.campaign_id, attempt_id=attempt, state="stored", asked_at=now, made_at=now
        )
        session.add(recording)
        session.flush()
        _lay_down(served.app.state.shelf, recording)
        check_campaign(session, served.campaign_id, now=now)
    yield served
    served.app.state.shelf = before


def _lay_down(shelf: Shelf, recording: Recording) -> None:
    place = shelf.place(recording)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as target:
        writer = SealedWriter(target, shelf.vault)
        for part in humming(SECONDS):
            writer.write(part)
        writer.close()


@pytest.mark.browser
def test_an_interview_is_heard_and_coded_by_keys(page: Page, heard: Served) -> None:
    sign_in(page, "lin", f"/campaigns/{heard.campaign_id}/relisten")
    page.locator("form[action$=take] button").press("Enter")
    expect(page.locator(".heard")).to_be_focused()
    page.keyboard.press("Alt+p")
    expect(page.locator("audio")).to_have_js_property("paused", value=False)
    about = page.locator(".heard input[name=about]").first
    for key, following in (("1", "age"), ("Alt+N", "safety_overall"), ("2", "walk_night")):
        page.keyboard.press(key)
        if key.isdigit():
            page.keyboard.press("Enter")
        expect(about).to_have_value(following)
        expect(page.locator(".heard")).to_be_focused()
        expect(page.locator(".heard :checked[name=code]")).to_have_count(0)
    expect(page.locator(".asked-list [aria-label=coded], .asked-list [aria-label=已编码]")).to_have_count(3)


@pytest.mark.browser
def test_words_are_typed_without_any_letter_acting(page: Page, heard: Served) -> None:
    sign_in(page, "lin", f"/campaigns/{heard.campaign_id}/relisten")
    page.locator(".sheet .button").first.press("Enter")
    page.locator(".asked-list a").last.click()
    words = page.locator("textarea[name=text]")
    words.click()
    page.keyboard.type("Nobody, Read or Done")
    expect(words).to_have_value("Nobody, Read or Done")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".asked-list [aria-label=coded], .asked-list [aria-label=已编码]").last).to_be_visible()
    page.locator(".asked-list a").last.click()
    expect(words).to_have_value("Nobody, Read or Done")
