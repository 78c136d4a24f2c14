"""How long a key takes until the next question is painted, in a Chromium whose processor is slowed down."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from playwright.sync_api import Page, sync_playwright

from app.core.embedded import start_embedded
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.stand import Stand
from tests.browser.moves import reach, sign_in, stage, wait_for_stage
from tests.browser.served import serve

MOST_MS: Final = 200.0  # from the key to the next question on the screen, at the 95th percentile
SLOWED: Final = 6
MOST_ANSWERS: Final = 15
SELDOM_MS: Final = 500
CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# From the key to the frame in which another question stands on the screen, by the page's own clock.
WATCH: Final = """
    window.spent = [];
    let pressed = 0;
    const sequence = () => document.querySelector("#desk input[name=sequence]")?.value;
    let shown = sequence();
    addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
    new MutationObserver(() => {
        if (sequence() === shown) return;
        shown = sequence();
        const began = pressed;
        const end = () => window.spent.push(performance.now() - began);
        requestAnimationFrame(() => scheduler.postTask(end, { priority: "user-blocking" }));
    }).observe(document.querySelector("#main"), { subtree: true, childList: true, attributes: true });
"""


def measure(stand: Stand) -> list[Row]:
    """Answer by keyboard, and time every step from the key to the next question."""
    # A thread of its own: elsewhere in this process another browser may be at work.
    with ThreadPoolExecutor(1) as thread:
        spent = thread.submit(_key_to_question, stand).result()
    late = quantiles(spent, n=20, method="inclusive")[-1] if len(spent) > 1 else spent[0]
    note = f"processor {SLOWED} times slower; 95 % of {len(spent)}"
    return [
        Row("console/from a key to the next question", late, MOST_MS, "ms", Goal(1), note),
        Row("console/the same, the median", median(spent), MOST_MS, "ms", note="the first and the last take longest"),
    ]


def _key_to_question(stand: Stand) -> list[float]:
    with _page(stand) as page:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.evaluate(WATCH)
        answered = 0
        while stage(page) == "question" and answered < min(stand.plan.claims, MOST_ANSWERS):
            _answer(page)
            answered += 1
            # Asked seldom, so that asking does not slow the page down.
            page.wait_for_function("wanted => window.spent.length >= wanted", arg=answered, polling=SELDOM_MS)
        spent: list[float] = page.evaluate("window.spent")
    return spent


def _answer(page: Page) -> None:
    """Give some answer that fits by keyboard, and wait for nothing."""
    first = page.locator(".choice-row input").first
    is_typed = page.locator("#desk [name=text]").count()
    page.keyboard.type("45") if is_typed else page.keyboard.press(first.get_attribute("data-key") or "1")
    page.wait_for_timeout(SELDOM_MS)
    page.keyboard.press("Control+Enter")


@contextmanager
def _page(stand: Stand) -> Iterator[Page]:
    """A console at the first question of an interview."""
    if CHROMIUM is None:
        message = "The console is measured in Chromium, and none was found. Name one in the variable CHROMIUM."
        raise RuntimeError(message)
    urls = start_embedded(Path(stand.server.server.pgdata), database=f"{stand.prefix}_console").urls
    with serve(urls) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(base_url=served.address, locale="zh-CN")
        sign_in(page, "ana", "/desk")
        reach(page, served)
        page.keyboard.press("Enter")
        wait_for_stage(page, "question")
        yield page
        browser.close()
