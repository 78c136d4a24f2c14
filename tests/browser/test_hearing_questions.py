"""A question recorded by a native speaker is played by one key, to the respondent and to the interviewer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.campaigns.models import Campaign
from app.core.errors import ConflictError
from app.interviewing.models import InterviewMark
from app.interviewing.versions import ask_with
from app.telephony.emulator.recordings import humming
from tests.browser.moves import choose, reach, sign_in, wait_for_stage
from tests.browser.served import Served
from tests.recorded_form import ask_with_recordings

SPOKEN = b"".join(humming(1))


@pytest.fixture(scope="module", autouse=True)
def recorded(served: Served) -> Iterator[None]:
    """The first question has a recording while these tests run."""
    now = served.app.state.clock()
    with served.session() as session, session.begin():
        campaign = session.get_one(Campaign, served.campaign_id)
        before = campaign.questionnaire_version_id
        ask_with_recordings(session, campaign, {"residence.wav": SPOKEN}, now=now)
    yield
    with served.session() as session, session.begin():
        ask_with(session, session.get_one(Campaign, served.campaign_id), before, actor="person:1", now=now)


@pytest.fixture(autouse=True)
def asked(page: Page, served: Served) -> None:
    sign_in(page, "ana", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    page.keyboard.press("Alt+L")
    choose(page, "#switch", "yue")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#wording")).to_have_attribute("lang", "yue")


def plays(served: Served) -> int:
    """Count what interviews have noted."""
    with served.session() as session:
        return session.scalar(select(func.count()).where(InterviewMark.kind == "audio")) or 0


def test_both_hear_it(page: Page, served: Served) -> None:
    noted, played = plays(served), len(served.network.played)
    page.keyboard.press("Alt+A")
    # What was heard to its end was read to its end.
    expect(page.locator("[data-read-end]")).to_have_attribute("aria-pressed", "true")
    assert (plays(served), len(served.network.played)) == (noted + 1, played + 1)
    expect(page.locator("[data-player-said]")).to_have_text("")


def test_it_is_said_when_the_respondent_did_not_hear_it(page: Page, served: Served) -> None:
    noted = plays(served)
    served.network.refuses_sound_with = ConflictError("Nobody is on the line.")
    page.keyboard.press("Alt+A")
    expect(page.locator("[data-player-said]")).to_contain_text("对方没有听到录音")
    served.network.refuses_sound_with = None
    assert plays(served) == noted
