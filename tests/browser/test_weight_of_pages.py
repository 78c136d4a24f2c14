"""A page is light enough for a thin line: less than 100 kB with everything it needs, though nothing was kept before."""

from playwright.sync_api import Page

from tests.browser.moves import reach, sign_in
from tests.browser.served import Served
from tests.browser.test_accessibility import SUPERVISOR_PAGES

MOST_BYTES = 100_000


def weigh(page: Page, path: str) -> int:
    """Load a page with nothing in the browser's cache; returns the bytes that came over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(path, wait_until="load")
    session.detach()
    return int(sum(received))


def test_no_page_of_a_supervisor_is_heavy(page: Page, served: Served) -> None:
    sign_in(page, "sue", "/campaigns")
    weights = {path: weigh(page, path.format(id=served.campaign_id)) for path in SUPERVISOR_PAGES}
    assert {path: weight for path, weight in weights.items() if weight > MOST_BYTES} == {}
    assert min(weights.values()) > 0


def test_the_console_is_light_in_the_middle_of_an_interview(page: Page, served: Served) -> None:
    sign_in(page, "ana", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    assert 0 < weigh(page, "/desk") < MOST_BYTES
