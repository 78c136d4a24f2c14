"""No violation of WCAG 2.2 AA that a program can find, on any page, in both languages, light and dark."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from tests.browser.moves import reach, sign_in, speak, wait_for_stage
from tests.browser.served import Served

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SUPERVISOR_PAGES = [
    "/",
    "/campaigns",
    "/campaigns/{id}",
    "/campaigns/new",
    "/campaigns/{id}/sample",
    "/campaigns/{id}/cases",
    "/campaigns/{id}/appointments",
    "/campaigns/{id}/rules",
    "/campaigns/{id}/quotas",
    "/campaigns/{id}/roster",
    "/campaigns/{id}/demand",
    "/campaigns/{id}/identity",
    "/campaigns/{id}/numbers",
    "/campaigns/{id}/measures",
    "/campaigns/{id}/notices",
    "/campaigns/{id}/questionnaire",
    "/questionnaires",
    "/questionnaires/1",
    "/campaigns/{id}/recordings",
    "/campaigns/{id}/lexicon",
    "/campaigns/{id}/clips",
    "/campaigns/{id}/call-back-line",
    "/campaigns/{id}/quality",
    "/relisten",
    "/languages?q=粤",
]


def violations(page: Page) -> list[str]:
    # Evaluated by the browser's own tools, because the pages' policy lets no foreign script in.
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{page.url}: {violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def in_every_look(page: Page) -> list[str]:
    """Look at a page in both languages, light and dark."""
    found = []
    for language in ("zh-CN", "en"):
        speak(page, language)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += violations(page)
    return found


@pytest.mark.parametrize("path", SUPERVISOR_PAGES)
def test_a_supervisors_page_has_no_barrier(page: Page, served: Served, path: str) -> None:
    sign_in(page, "sue", "/campaigns")
    page.goto(path.format(id=served.campaign_id))
    assert in_every_look(page) == []


@pytest.mark.parametrize("code", ["", "1234 5678 9012"])
def test_the_public_page_has_no_barrier(page: Page, code: str) -> None:
    page.goto("/verify")
    if code:
        page.fill("#code", code)
        page.locator("main button.primary").click()
        expect(page.locator(".notice")).to_be_visible()
    assert in_every_look(page) == []


def test_giving_up_a_lect_and_what_was_given_up_has_no_barrier(page: Page, served: Served) -> None:
    wait_for_miao(served)
    sign_in(page, "sue", "/campaigns")
    page.goto(f"/campaigns/{served.campaign_id}/demand")
    found = in_every_look(page)
    page.locator("input[name=lect][value=hmn]").check()
    page.locator("#closing-reason").fill("找不到会苗语的访问员")
    page.locator("input[name=confirmed]").check()
    page.locator(".closing button").click()
    expect(page.locator("#closures")).to_be_visible()
    assert found + in_every_look(page) == []


def wait_for_miao(served: Served) -> None:
    """Let one case wait for a lect that nobody in the demonstration speaks."""
    with served.session() as session, session.begin():
        case = session.scalars(select(Case).where(Case.state == "ready").order_by(Case.id.desc()).limit(1)).one()
        here = conditions_of(session.get_one(Pool, case.pool_id))
        case.pool_id = pool_for(session, replace(here, lect="hmn"))


@pytest.mark.parametrize("path", ["/sign-in", "/nothing"])
def test_a_page_for_everybody_has_no_barrier(page: Page, path: str) -> None:
    page.goto(path)
    assert in_every_look(page) == []


def test_no_stage_before_the_answer_has_a_barrier(page: Page) -> None:
    sign_in(page, "bao", "/desk")
    found = in_every_look(page)
    for stage in ("preview", "dialling"):
        page.keyboard.press("F2")
        wait_for_stage(page, stage)
        found += in_every_look(page)
    assert found == []


def test_no_stage_of_a_conversation_has_a_barrier(page: Page, served: Served) -> None:
    sign_in(page, "bao", "/desk")
    reach(page, served)
    found = in_every_look(page)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    found += in_every_look(page)
    page.keyboard.press("F4")
    served.deliver()
    wait_for_stage(page, "wrap_up")
    assert found + in_every_look(page) == []


def test_the_page_holds_at_twice_the_size_and_in_forced_colours(browser: Browser, served: Served) -> None:
    small = ViewportSize(width=640, height=400)
    context = browser.new_context(base_url=served.address, viewport=small, forced_colors="active")
    page = context.new_page()
    sign_in(page, "sue", f"/campaigns/{served.campaign_id}")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert overflow <= 0


@pytest.mark.parametrize("opened", ["?", "Control+K"])
def test_what_floats_above_the_console_has_no_barrier(page: Page, served: Served, opened: str) -> None:
    sign_in(page, "bao", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    found = []
    for language in ("zh-CN", "en"):
        speak(page, language)
        page.keyboard.press(opened)
        expect(page.locator("dialog[open]")).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += violations(page)
        page.keyboard.press("Escape")
    assert found == []


def test_without_a_net_and_without_a_session_there_is_no_barrier(page: Page, served: Served) -> None:
    sign_in(page, "bao", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_attribute("data-stage", "red", timeout=15_000)
    found = violations(page)
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again")).to_be_visible()
    assert found + violations(page) == []
