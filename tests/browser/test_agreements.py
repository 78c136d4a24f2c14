"""What respondents ask for, taken down by keyboard: a speaker of their lect, other hours, the same voice again."""

from datetime import time
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.models import Person
from app.dialing.models import Appointment, Attempt, Case, Pool
from tests.browser.moves import answer, choose, hang_up, question, reach, sign_in, speak, wait_for_stage
from tests.browser.served import Served

ZHUANG = "za"
NANNING = ZoneInfo("Asia/Shanghai")
EVENING = time(18)


def reach_someone(page: Page, served: Served) -> None:
    """Ana, in Chinese, from the start of work to a respondent on the line."""
    sign_in(page, "ana", "/desk")
    speak(page, "zh-CN")
    reach(page, served)


def wait_in_vain(colleague: Page) -> None:
    """Bao sits down while nothing may be called, and is ready."""
    sign_in(colleague, "bao", "/desk")
    speak(colleague, "zh-CN")
    colleague.keyboard.press("F2")
    wait_for_stage(colleague, "ready")
    expect(colleague.locator(".still h2")).to_have_text("暂时没有可分配给您的样本")


def hand_over(page: Page, colleague: Page, lect: str) -> None:
    """Name the lect and hand the call over, just after the colleague's screen has asked for a case by itself."""
    page.keyboard.press("F7")
    choose(page, "#heard", lect)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="转给会说的访问员")).to_be_focused()
    with colleague.expect_response("**/desk/next"):
        pass
    page.keyboard.press("Enter")


def last_called(served: Served) -> tuple[Case, Pool]:
    """Return the case of the last call, and its pool."""
    with served.session() as session:
        wanted = select(Case, Pool).join(Pool, Pool.id == Case.pool_id).join(Attempt, Attempt.case_id == Case.id)
        case, pool = session.execute(wanted.order_by(Attempt.id.desc()).limit(1)).one()
    return case, pool


def agreed_with(served: Served, case: Case) -> tuple[str, str, str]:
    """Return with whom the open appointment of a case is, when, and how binding."""
    with served.session() as session:
        wanted = select(Person.login, Appointment.starts_at, Appointment.kind)
        wanted = wanted.join(Person, Person.id == Appointment.with_id).where(Appointment.case_id == case.id)
        login, starts_at, kind = session.execute(wanted).one()
    return login, f"{starts_at.astimezone(NANNING):%m-%d %H:%M}", kind


def test_a_call_goes_over_to_a_colleague_who_goes_on_with_it(page: Page, colleague: Page, served: Served) -> None:
    reach_someone(page, served)
    page.keyboard.press("Enter")
    wait_for_stage(page, "question")
    first = question(page)
    answer(page)
    with served.pools_shut():
        wait_in_vain(colleague)
        hand_over(page, colleague, ZHUANG)
        wait_for_stage(page, "ready")
        wait_for_stage(colleague, "opening")
        colleague.keyboard.press("Enter")
        wait_for_stage(colleague, "question")
        assert question(colleague) not in {"", first}
        expect(colleague.locator(".respondent")).to_contain_text("壮语")


def test_evenings_only_is_noted_with_the_outcome_and_kept(page: Page, served: Served) -> None:
    reach_someone(page, served)
    hang_up(page, served)
    page.keyboard.press("5")
    expect(page.get_by_role("radio", name="现在不便")).to_be_checked()
    page.keyboard.press("F8")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    choose(page, "#wish", "evenings")
    expect(page.locator("#wish option:checked")).to_have_text("只在晚上")
    page.keyboard.press("Enter")
    wait_for_stage(page, "preview")
    case, pool = last_called(served)
    assert case.outcome == "call_later"
    assert case.due_at.astimezone(ZoneInfo(pool.time_zone)).time() == EVENING


def test_a_time_is_agreed_on_with_the_same_interviewer(page: Page, served: Served) -> None:
    reach_someone(page, served)
    hang_up(page, served)
    page.keyboard.press("4")
    page.keyboard.press("F8")
    page.keyboard.type("明天上午10点")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="对方希望还由我来打")).to_be_checked()
    page.keyboard.press("Enter")
    wait_for_stage(page, "preview")
    case, pool = last_called(served)
    assert agreed_with(served, case) == ("ana", "11-24 10:00", "hard")
    assert pool.person_id is not None


def test_a_time_booked_in_mid_call_can_be_with_the_same_interviewer(page: Page, served: Served) -> None:
    reach_someone(page, served)
    page.keyboard.press("F8")
    page.keyboard.type("后天晚上8点")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".respondent")).to_contain_text("11月25日 周三 20:00")
    hang_up(page, served)
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    wait_for_stage(page, "preview")
    case, _pool = last_called(served)
    assert agreed_with(served, case) == ("ana", "11-25 20:00", "hard")
