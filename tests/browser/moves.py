"""What a person does at the keyboard, and what they see."""

from playwright.sync_api import Page, expect

from app.accounts.demonstration import PASSWORD
from tests.browser.served import Served

LONGEST_INTERVIEW = 60


def sign_in(page: Page, login: str, path: str) -> None:
    """Sign in by keyboard, on the way to a page."""
    page.goto(path)
    # A browser gives the focus when it first draws the page, which may be after it has loaded.
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(page.url.split("/sign-in")[0] + path)


def speak(page: Page, language: str) -> None:
    """Choose the language of the screen as the menu does, without a mouse."""
    page.context.add_cookies([{"name": "xiangyin-language", "value": language, "url": page.url}])
    page.evaluate(
        "language => fetch('/preferences', {method: 'POST', body: new URLSearchParams({language})})", language
    )
    page.reload()


def stage(page: Page) -> str:
    """Name what the desk shows."""
    classes = page.locator("#desk").get_attribute("class") or ""
    return classes.split()[-1]


def wait_for_stage(page: Page, name: str) -> None:
    """Wait until the desk shows it."""
    expect(page.locator(f"#desk.{name}")).to_be_visible()


def reach(page: Page, served: Served) -> None:
    """Sit down, take a case, dial, and have it answered."""
    for before in ("preview", "dialling"):
        page.keyboard.press("F2")
        wait_for_stage(page, before)
    served.answer()
    wait_for_stage(page, "opening")


def choose(page: Page, field: str, value: str) -> None:
    """Choose from the list that has the focus, by the arrow keys."""
    chosen = page.locator(field)
    expect(chosen).to_be_focused()
    for _ in range(chosen.locator("option").count()):
        if chosen.input_value() == value:
            break
        page.keyboard.press("ArrowDown")
    expect(chosen).to_have_value(value)


def hang_up(page: Page, served: Served) -> None:
    """End the call, and come to its outcome."""
    page.keyboard.press("F4")
    served.deliver()
    wait_for_stage(page, "wrap_up")
    expect(page.locator(".wrap-up")).to_be_focused()


def question(page: Page) -> str:
    """Name the question on the screen."""
    return page.locator("#desk input[name=question]").get_attribute("value") or ""


def answer(page: Page) -> None:
    """Give the question on the screen some answer that fits, by keyboard, and wait for what comes next."""
    before = page.locator("#desk input[name=sequence]").get_attribute("value")
    entry = page.locator("#desk [name=text]")
    if entry.count() == 0:
        first = page.locator(".choice-row input").first
        if first.count():
            page.keyboard.press(first.get_attribute("data-key") or "1")
    elif entry.get_attribute("inputmode") == "numeric":
        page.keyboard.type("45")
    else:
        page.keyboard.type("没有别的意见")
    # Without a choice or a text it is not taken before the question could be read.
    expect(page.locator("#desk form[data-fresh]")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#desk input[name=sequence][value='{before}']")).to_have_count(0)
    wait_until_saved(page)


def wait_until_saved(page: Page) -> None:
    """Wait until the server has everything: the next question may be on the screen before."""
    expect(page.locator("[data-waiting]").first).to_have_text("0")


def interview(page: Page) -> list[str]:
    """Answer until nothing is left to ask; returns the questions."""
    wait_for_stage(page, "question")
    asked: list[str] = []
    while stage(page) == "question" and len(asked) < LONGEST_INTERVIEW:
        asked.append(question(page))
        answer(page)
    return asked
