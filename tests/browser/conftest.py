"""Chromium, and pages that are watched for what no page of ours may do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.browser.served import Served, serve
from tests.conftest import fresh_database

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
HOW_TO_GET_IT = (
    "The browser tests need Chromium, and none was found. Install it (on Debian: apt-get install chromium "
    "fonts-wqy-microhei) or name one in the environment variable CHROMIUM."
)
HERE = Path(__file__).parent
# A 422 is an answer that was refused; the screen shows it, and the browser notes it too. So it does with a net that a
# test has cut.
NOTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
BROKEN = "the server responded with a status of 500"
# An outcome is saved five seconds after it was chosen, so that it can be taken back.
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served(worker_id: str) -> Iterator[Served]:
    """A program with committed data of its own, shared by the browser tests of one worker."""
    with fresh_database(f"xiangyin_browser_{worker_id}_{os.getpid()}") as urls, serve(urls) as served:
        yield served


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a process can have only one."""
    if CHROMIUM is None:
        pytest.fail(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()


@contextmanager
def watched(browser: Browser, served: Served, *, noted: tuple[str, ...] = NOTED) -> Iterator[BrowserContext]:
    """A fresh browser profile; what its pages complained about fails the test, but for what is only noted."""
    # Without motion nothing is half-way between two colours when its contrast is measured.
    context = browser.new_context(
        base_url=served.address,
        locale="zh-CN",
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
    )
    trouble: list[str] = []
    context.on("console", lambda message: trouble.extend(_complaint(message, noted)))
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    context.on("request", lambda request: trouble.extend(_stranger(request.url, served)))
    yield context
    context.close()
    assert trouble == []


@pytest.fixture
def context(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """The profile of whoever the test is about; afterwards everybody goes home."""
    noted = (*NOTED, BROKEN) if request.node.get_closest_marker("breaks_the_server") else NOTED
    try:
        with watched(browser, served, noted=noted) as context:
            yield context
    finally:
        served.clear_desks()


def _complaint(message: ConsoleMessage, noted: tuple[str, ...]) -> list[str]:
    is_noted = any(words in message.text for words in noted)
    return [message.text] if message.type == "error" and not is_noted else []


def _stranger(url: str, served: Served) -> list[str]:
    # What a page made itself it reads by an address that begins with blob: and never leaves the browser.
    host = urlsplit(url.removeprefix("blob:")).netloc
    return [] if host == urlsplit(served.address).netloc else [f"left the machine: {url}"]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def colleague(browser: Browser, served: Served) -> Iterator[Page]:
    """The screen of somebody else at work at the same time."""
    with watched(browser, served) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page
