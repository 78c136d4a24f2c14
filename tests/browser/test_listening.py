"""A supervisor listens to a call under way by keyboard, coaches, stops; both screens say so, in words."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.telephony.models import EmulatedLeg
from tests.browser.moves import sign_in
from tests.browser.profile import watched
from tests.browser.served import Served
from tests.browser.telephone import PACE, HurriedClock, Telephone, at_work
from tests.browser.test_accessibility import violations


@pytest.fixture
def talking(with_network: Served, hearing: Browser) -> Iterator[Telephone]:
    """Ana with somebody on the line; from then on time goes as it does for the supervisor's page."""
    clock = with_network.app.state.clock
    assert isinstance(clock, HurriedClock)
    clock.go_on_at(PACE)
    with at_work(with_network, hearing) as telephone:
        telephone.connect()
        telephone.reach()
        clock.go_on_at(1)
        yield telephone


@pytest.fixture
def board(talking: Telephone, hearing: Browser) -> Iterator[Page]:
    with watched(hearing, talking.served) as context:
        context.grant_permissions(["microphone"])
        page = context.new_page()
        sign_in(page, "sue", f"/campaigns/{talking.served.campaign_id}")
        yield page


def listen(page: Page) -> None:
    page.get_by_role("button", name="监听 Ana").press("Enter")
    expect(page.locator("#monitor[data-state=in]")).to_be_visible()


def coaches(served: Served) -> list[tuple[bool, str | None]]:
    """How the supervisor's call is heard on the network: whether it is muted, and whose call alone hears it."""
    with served.session() as session:
        there = select(EmulatedLeg.is_muted, EmulatedLeg.coaches).where(
            EmulatedLeg.label.startswith("supervisor"), EmulatedLeg.state == "in"
        )
        return [(row.is_muted, row.coaches) for row in session.execute(there)]


def acts(served: Served) -> list[str]:
    with served.session() as session:
        listed = select(AuditEntry.act).where(AuditEntry.act.startswith("monitoring."))
        return list(session.scalars(listed.order_by(AuditEntry.position)))


def test_a_supervisor_listens_coaches_and_stops_by_keyboard(talking: Telephone, board: Page) -> None:
    strip = talking.page.locator("[data-supervisor]")
    listen(board)
    expect(strip).to_contain_text("正在监听")
    assert coaches(talking.served) == [(True, None)]
    expect(board.locator("#monitor-heard")).to_have_text("模拟受访者还没有说话。")
    board.keyboard.press("F8")
    expect(board.locator("#monitor [role=status]")).to_contain_text("只有访问员听到您")
    expect(strip).to_contain_text("只有您能听到")
    [(is_muted, coached)] = coaches(talking.served)
    assert (is_muted, coached is not None) == (False, True)
    board.keyboard.press("F4")
    expect(board.locator("#monitor")).to_have_count(0)
    expect(strip).to_have_count(0)
    assert acts(talking.served)[-3:] == ["monitoring.started", "monitoring.changed", "monitoring.ended"]


def test_whoever_closes_the_page_leaves_the_call(talking: Telephone, board: Page) -> None:
    listen(board)
    expect(talking.page.locator("[data-supervisor]")).to_have_count(1)
    assert [found for page in (board, talking.page) for found in violations(page)] == []
    board.goto("about:blank")
    expect(talking.page.locator("[data-supervisor]")).to_have_count(0)
    assert acts(talking.served)[-1] == "monitoring.ended"
