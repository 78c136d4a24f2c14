"""The supervisor's board, which nobody has to reload."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.models import Person
from app.interviewing import desk
from app.interviewing.view import desk_of
from app.telephony.domain import Ending
from tests.browser.moves import sign_in
from tests.browser.served import Served


def work(served: Served) -> None:
    """One interviewer sits down, dials in vain and codes the call."""
    state = served.app.state
    now = state.clock()
    with served.session() as session, session.begin():
        bao = session.scalars(select(Person.id).where(Person.login == "bao")).one()
        desk.go_ready(session, bao, served.campaign_id, now=now)
        desk.next_case(session, bao, now=now)
    desk.dial(state.make_session, state.gateway, bao, vault=state.vault, now=now)
    served.end(Ending.BUSY)
    with served.session() as session, session.begin():
        now = state.clock()
        suggested = next(card.code for card in desk_of(session, bao, now=now).outcomes if card.is_suggested)
        desk.code(session, bao, code=suggested, vault=state.vault, now=now)


def test_the_board_changes_without_reload(page: Page, served: Served) -> None:
    sign_in(page, "sue", f"/campaigns/{served.campaign_id}")
    page.evaluate("window.wasNeverReloaded = true")
    calls = page.locator(".tile").nth(1).locator("dd").first
    before = int(calls.inner_text())
    work(served)
    expect(calls).to_have_text(str(before + 1))
    expect(page.locator("#outcome-busy")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Bao")).to_be_visible()
    assert page.evaluate("window.wasNeverReloaded")


def test_the_board_says_when_it_is_no_longer_live(page: Page, served: Served) -> None:
    page.clock.install()
    # The stream's first word makes the board fetch itself; one that came later would say that it is live again.
    with page.expect_response(lambda reply: reply.request.headers.get("hx-request") == "true"):
        sign_in(page, "sue", f"/campaigns/{served.campaign_id}")
    mark = page.locator("[data-stale]")
    expect(mark).to_be_hidden()
    # The page's own clock: nothing was heard meanwhile, and no request has run into its time-out of a minute yet.
    page.clock.fast_forward(30_000)
    expect(mark).to_be_visible()
