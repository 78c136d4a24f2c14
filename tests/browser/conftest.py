"""Chromium, and pages that are watched for what no page of ours may do."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.profile import BROKEN, CHROMIUM, HOW_TO_GET_IT, NOTED, watched
from tests.browser.served import Served, serve
from tests.browser.telephone import emulated, with_microphone
from tests.conftest import fresh_database

HERE = Path(__file__).parent
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


@pytest.fixture
def context(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """The profile of whoever the test is about; afterwards everybody goes home."""
    noted = (*NOTED, BROKEN) if request.node.get_closest_marker("breaks_the_server") else NOTED
    try:
        with watched(browser, served, noted=noted) as context:
            yield context
    finally:
        served.clear_desks()


@pytest.fixture(scope="module")
def with_network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A program with the emulated network behind it, for the tests of one module."""
    name = request.module.__name__.rpartition(".")[2]
    with emulated(name, folder=tmp_path_factory.mktemp("recordings")) as served:
        yield served


@pytest.fixture(scope="module")
def hearing(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a microphone."""
    with with_microphone(playwright) as browser:
        yield browser


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
