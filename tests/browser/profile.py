"""Fresh browser profiles, watched for what no page of ours may do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from tests.browser.served import Served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
HOW_TO_GET_IT = (
    "The browser tests need Chromium, and none was found. Install it (on Debian: apt-get install chromium "
    "fonts-wqy-microhei) or name one in the environment variable CHROMIUM."
)
# A 422 is an answer that was refused; the screen shows it, and the browser notes it too. So it does with a net that a
# test has cut.
NOTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
BROKEN = "the server responded with a status of 500"


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


def _complaint(message: ConsoleMessage, noted: tuple[str, ...]) -> list[str]:
    is_noted = any(words in message.text for words in noted)
    return [message.text] if message.type == "error" and not is_noted else []


def _stranger(url: str, served: Served) -> list[str]:
    # What a page made itself it reads by an address that begins with blob: and never leaves the browser.
    host = urlsplit(url.removeprefix("blob:")).netloc
    return [] if host == urlsplit(served.address).netloc else [f"left the machine: {url}"]
