"""An interviewer dials on the telephone on the desk, and says by single keys what it does; no network is behind it."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.dialing.models import Attempt
from tests.browser.moves import answer, sign_in, wait_for_stage
from tests.browser.profile import watched
from tests.browser.served import Served, serve
from tests.conftest import fresh_database

NUMBER = re.compile(r"\+86\d{11}")


@pytest.fixture(scope="module")
def by_hand() -> Iterator[Served]:
    with fresh_database(f"xiangyin_by_hand_{os.getpid()}") as urls, serve(urls, by_hand=True) as served:
        yield served


@pytest.fixture
def ana(by_hand: Served, browser: Browser) -> Iterator[Page]:
    with watched(browser, by_hand) as context:
        page = context.new_page()
        sign_in(page, "ana", "/desk")
        yield page
    by_hand.clear_desks()


def take_up(page: Page) -> str:
    """Take a case and take up the receiver; returns the number to dial."""
    for stage in ("preview", "dialling"):
        page.keyboard.press("F2")
        wait_for_stage(page, stage)
    expect(page.locator(".to-dial")).to_have_text(NUMBER)
    return page.locator(".to-dial").inner_text()


def newest(served: Served) -> Attempt:
    with served.session() as session:
        return session.scalars(select(Attempt).order_by(Attempt.id.desc()).limit(1)).one()


def test_a_call_is_dialled_answered_held_and_ended_by_keys(ana: Page, by_hand: Served) -> None:
    number = take_up(ana)
    ana.keyboard.press("1")
    expect(ana.locator("button[value=ringing]")).to_have_count(0)
    ana.keyboard.press("2")
    wait_for_stage(ana, "opening")
    assert number not in ana.content()
    ana.keyboard.press("Enter")
    wait_for_stage(ana, "question")
    answer(ana)
    ana.keyboard.press("F3")
    wait_for_stage(ana, "wrap_up")
    told = newest(by_hand)
    assert (told.ending, told.rang_at is not None) == ("hung_up_by_respondent", True)


def test_a_busy_line_is_said_by_one_key_and_its_outcome_is_suggested(ana: Page, by_hand: Served) -> None:
    take_up(ana)
    ana.keyboard.press("3")
    wait_for_stage(ana, "wrap_up")
    expect(ana.locator(".wrap-up")).to_be_focused()
    ana.keyboard.press("Enter")
    wait_for_stage(ana, "preview")
    told = newest(by_hand)
    assert (told.ending, told.outcome) == ("busy", "busy")


def test_the_number_is_on_record_and_the_console_asks_for_no_line(ana: Page, by_hand: Served) -> None:
    take_up(ana)
    expect(ana.locator("#softphone")).to_have_count(0)
    with by_hand.session() as session:
        shown = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "number.shown")).all()
    assert f"attempt:{newest(by_hand).id}" in shown


def test_a_supervisor_is_not_offered_what_the_program_cannot_do(ana: Page, by_hand: Served, browser: Browser) -> None:
    take_up(ana)
    ana.keyboard.press("2")
    wait_for_stage(ana, "opening")
    with watched(browser, by_hand) as context:
        board = context.new_page()
        sign_in(board, "sue", f"/campaigns/{by_hand.campaign_id}")
        expect(board.locator("#workers ~ .sheet .pill.solid")).to_have_count(1)
        expect(board.locator(".listen")).to_have_count(0)
