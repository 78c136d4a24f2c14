"""Everything beside the answers by keyboard: notes, taking back, all acts by name, keys in other places."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.dialing.models import Attempt
from app.interviewing.models import AnswerEvent, InterviewMark
from tests.browser.moves import answer, choose, hang_up, question, reach, sign_in, wait_for_stage, wait_until_saved
from tests.browser.served import Served


@pytest.fixture
def asked(page: Page, served: Served) -> str:
    """Somebody on the line, and the first question on the screen; returns its name."""
    sign_in(page, "ana", "/desk")
    reach(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    return question(page)


def newest_mark(served: Served) -> InterviewMark:
    with served.session() as session:
        return session.scalars(select(InterviewMark).order_by(InterviewMark.id.desc()).limit(1)).one()


def newest_answer(served: Served) -> AnswerEvent:
    with served.session() as session:
        return session.scalars(select(AnswerEvent).order_by(AnswerEvent.id.desc()).limit(1)).one()


def test_a_mark_is_noted_by_one_key_and_taken_back(page: Page, served: Served, asked: str) -> None:
    page.keyboard.press("Alt+1")
    expect(page.locator(".marks .count")).to_have_text("1 次")
    page.keyboard.press("Control+Z")
    expect(page.locator(".marks .count")).to_have_count(0)
    mark = newest_mark(served)
    assert (mark.kind, mark.question, mark.takes_back_id is not None) == ("repeated", asked, True)


def test_how_well_they_follow_is_rated_by_keys(page: Page, served: Served, asked: str) -> None:
    for _ in range(3):
        answer(page)
    page.keyboard.press("Alt+C")
    page.keyboard.press("4")
    expect(page.locator("#undo")).to_contain_text("4 / 5")
    mark = newest_mark(served)
    assert (mark.kind, mark.rating) == ("followed", 4)


def test_keys_act_again_where_what_had_the_focus_was_drawn_anew(page: Page, asked: str) -> None:
    page.evaluate("document.querySelector('#desk .work').replaceChildren()")
    page.evaluate("document.querySelector('#desk').dispatchEvent(new CustomEvent('live'))")
    expect(page.locator("#desk .work [data-focus]")).to_be_focused()
    answer(page)
    assert question(page) != asked


def test_an_answer_can_be_taken_back_for_five_seconds(page: Page, asked: str) -> None:
    answer(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Z")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(1)
    expect(page.locator("#undo")).to_be_hidden()


def test_what_is_taken_back_is_the_answer_given_last_wherever_it_stands(page: Page, asked: str) -> None:
    for _ in range(3):
        answer(page)
    for _ in range(3):
        page.keyboard.press("Backspace")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(1)
    answer(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Z")
    expect(page.locator(f"#desk input[name=question][value='{asked}']")).to_have_count(1)


def test_an_outcome_waits_so_that_it_can_be_taken_back(page: Page, served: Served, asked: str) -> None:
    hang_up(page, served)
    with served.session() as session:
        coded = select(func.count()).select_from(Attempt).where(Attempt.outcome.is_not(None))
        before = session.scalar(coded)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_visible()
    page.keyboard.press("Control+Z")
    expect(page.locator("#undo")).to_be_hidden()
    wait_for_stage(page, "wrap_up")
    with served.session() as session:
        assert session.scalar(coded) == before


def test_enter_again_saves_an_outcome_at_once(page: Page, served: Served, asked: str) -> None:
    hang_up(page, served)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_hidden(timeout=2_000)
    wait_for_stage(page, "preview")


def test_the_palette_does_what_is_asked_for_by_name(page: Page, served: Served, asked: str) -> None:
    page.keyboard.press("Control+K")
    page.keyboard.type("挂断")
    page.keyboard.press("Enter")
    served.deliver()
    wait_for_stage(page, "wrap_up")


def test_the_palette_closes_where_it_was_opened(page: Page, asked: str) -> None:
    page.keyboard.press("Control+K")
    expect(page.locator("#palette-field")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("1")
    expect(page.locator(".choice-row input:checked")).to_have_count(1)


def test_a_key_can_be_given_another_place(page: Page, asked: str) -> None:
    page.keyboard.press("?")
    page.locator("#help [data-move='D']").press("Enter")
    page.keyboard.press("Alt+J")
    expect(page.locator("#help [data-said]")).to_contain_text("已更换")
    page.keyboard.press("Escape")
    expect(page.locator(".choices .reserved kbd").first).to_have_text("Alt+J")
    page.keyboard.press("d")
    expect(page.locator(".choice-row input:checked")).to_have_count(0)
    page.keyboard.press("Alt+J")
    expect(page.locator(".choices .reserved input").first).to_be_checked()


def test_no_key_is_moved_where_an_answer_may_need_it(page: Page, asked: str) -> None:
    page.keyboard.press("?")
    page.locator("#help [data-move='D']").press("Enter")
    page.keyboard.press("j")
    expect(page.locator("#help [data-said]")).to_contain_text("可能要用来选答案")
    page.keyboard.press("Escape")
    expect(page.locator(".choices .reserved kbd").first).to_have_text("D")


def test_plain_keys_can_be_switched_off(page: Page, asked: str) -> None:
    page.keyboard.press("?")
    page.locator("#help input[name=plain]").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator(".choice-row input:checked")).to_have_count(0)


def test_digits_of_a_chinese_input_method_choose_and_its_composing_does_not(page: Page, asked: str) -> None:
    compose = "code => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {...code, bubbles: true}))"
    page.evaluate(compose, {"key": "１", "isComposing": True})
    expect(page.locator(".choice-row input:checked")).to_have_count(0)
    page.evaluate(compose, {"key": "１"})
    expect(page.locator(".choice-row input:checked")).to_have_count(1)


def test_the_words_go_with_the_code_after_a_probe(page: Page, served: Served, asked: str) -> None:
    while page.locator(".phrases li").count() == 0 or page.locator("#desk [name=words]").count() == 0:
        answer(page)
    name = question(page)
    page.keyboard.press("1")
    page.keyboard.press("Alt+W")
    page.keyboard.type("还可以")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("您说“还可以”")
    expect(page.locator("#desk [name=probed]")).to_be_checked()
    page.locator("#desk [name=words]").press("Enter")
    expect(page.locator(f"#desk input[name=question][value='{name}']")).to_have_count(0)
    wait_until_saved(page)
    given = newest_answer(served)
    assert (given.question, given.words, given.is_probed) == (name, "还可以", True)


def test_answers_are_chosen_by_key_while_a_phrase_has_the_focus(page: Page, asked: str) -> None:
    while page.locator(".phrases li").count() == 0 or page.locator(".choice-row input").count() == 0:
        answer(page)
    page.locator(".phrases summary").first.focus()
    page.keyboard.press("1")
    expect(page.locator(".choice-row input").first).to_be_checked()


def test_a_probe_is_noted_by_a_key(page: Page, served: Served, asked: str) -> None:
    page.keyboard.press("Alt+P")
    answer(page)
    given = newest_answer(served)
    assert (given.question, given.is_probed) == (asked, True)


def test_what_was_typed_stays_with_its_question(page: Page, asked: str) -> None:
    while page.locator("#desk [name=words]").count() == 0:
        answer(page)
    page.keyboard.press("Alt+W")
    page.keyboard.type("比去年好多了")
    page.keyboard.press("Escape")
    answer(page)
    while page.locator("#desk [name=words]").count() == 0:
        answer(page)
    expect(page.locator("#desk [name=words]")).to_have_value("")


def test_reading_and_answering_are_timed_apart(page: Page, served: Served, asked: str) -> None:
    page.keyboard.press("F2")
    expect(page.locator("[data-read-end]")).to_have_attribute("aria-pressed", "true")
    answer(page)
    given = newest_answer(served)
    assert given.reading_ms is not None
    assert given.latency_ms is not None


def test_the_lect_is_switched_in_the_middle_by_keys(page: Page, served: Served, asked: str) -> None:
    answer(page)
    name = question(page)
    page.keyboard.press("Alt+L")
    choose(page, "#switch", "yue")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#wording")).to_have_attribute("lang", "yue")
    assert question(page) == name
    page.locator("#desk [name=text], .spoken").last.focus()
    answer(page)
    given = newest_answer(served)
    assert (given.question, given.lect, given.wording_lect) == (name, "yue", "yue")


def test_a_break_has_a_reason_that_the_strip_shows(page: Page) -> None:
    sign_in(page, "ana", "/desk")
    page.keyboard.press("F2")
    wait_for_stage(page, "preview")
    page.locator("form[action='/desk/release'] button").press("Enter")
    page.locator("form[action='/desk/break'] button").press("Enter")
    wait_for_stage(page, "break")
    page.keyboard.press("2")
    expect(page.locator(".strip .pill")).to_contain_text("用餐")
    expect(page.locator("button[value=meal]")).to_have_attribute("aria-pressed", "true")
