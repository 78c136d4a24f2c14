"""Whoever was called and calls back hears who it was, in the lects of the place, and goes on by key."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.line_texts import Phrase, set_line_text
from app.core.settings import Settings
from app.dialing.codes import code_of
from app.dialing.domain import CaseState
from app.dialing.facts import facts_of
from app.dialing.models import Appointment, Attempt, Case, CaseEvent
from app.languages.domain import PUTONGHUA
from app.sampling.models import DoNotCall
from app.telephony.inbound.models import InboundCall, InboundReport
from app.telephony.models import CallRequest
from app.telephony.scripted import ScriptedNetwork
from app.telephony.twilio.menu import INBOUND_PATH
from tests.integration.interviewing.ringing import Ringing
from tests.stage import Desk, SetClock, Survey

YUE, ZA = "yue", "za"


@pytest.fixture
def ringing(desk: Desk, settings: Settings) -> Ringing:
    """The respondent of the one case calls back; Ana is ready."""
    return Ringing(desk.client, settings)


@pytest.fixture
def nobody_ready(desk: Desk, ringing: Ringing) -> Ringing:
    desk.post("break")
    return ringing


@pytest.fixture
def case(survey: Survey) -> Case:
    [case] = survey.cases()
    return case


def call_of(session: Session) -> InboundCall:
    return session.scalars(select(InboundCall).execution_options(populate_existing=True)).one()


def now_of(session: Session, case: Case) -> Case:
    return session.get_one(Case, case.id, populate_existing=True)


def key_of(session: Session, lect: str) -> str:
    return str(call_of(session).offered.index(lect) + 1)


def kinds(session: Session, case: Case) -> Sequence[str]:
    return session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)).all()


def test_a_caller_hears_who_we_are_in_the_lects_of_the_place(ringing: Ringing) -> None:
    heard = ringing.ring().heard
    assert "这里是某调查中心" in heard
    assert "呢度係某调查中心" in heard
    assert {said.get("language") for said in ringing.find("Gather").iter("Say")} == {"zh-CN", "zh-HK"}


def test_a_case_is_found_by_the_number_alone(ringing: Ringing, session: Session, case: Case, survey: Survey) -> None:
    ringing.ring()
    call = call_of(session)
    assert (call.case_id, call.campaign_id, call.result) == (case.id, survey.campaign.id, "no_choice")
    assert kinds(session, case)[-1] == "called_in"


def test_nothing_that_is_kept_names_the_caller(ringing: Ringing, session: Session) -> None:
    ringing.ring().press("")
    kept = session.scalars(select(InboundReport)).all()
    assert len(kept) == 2
    assert not any("13977112345" in str(value) for report in kept for value in report.fields.values())


def test_a_campaign_says_its_own_words(ringing: Ringing, session: Session, survey: Survey, now: datetime) -> None:
    words = "{organisation}请您回电，可以讲{lect}。"
    set_line_text(session, survey.campaign, PUTONGHUA, phrase=Phrase.OPENING, text=words, actor="system", now=now)
    assert "某调查中心请您回电，可以讲普通话。" in ringing.ring().heard


def test_the_chosen_lect_is_the_respondents_own_word(ringing: Ringing, session: Session, case: Case) -> None:
    ringing.ring().press(key_of(session, YUE))
    fact = facts_of(session, case.id)[-1]
    assert (fact.kind, fact.lect, fact.confidence, fact.source) == ("declared", YUE, 1.0, "call-back line")


def test_a_ready_interviewer_of_the_lect_gets_the_call(
    ringing: Ringing, desk: Desk, session: Session, ana: Person, network: ScriptedNetwork
) -> None:
    ringing.ring().press(key_of(session, YUE))
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.direction, attempt.interviewer_id, attempt.match) == ("inbound", ana.id, "full")
    assert network.adopted == [(attempt.id, ringing.call_id, f"interviewer-{ana.id}")]
    assert ringing.find("Conference").text == f"interviewer-{ana.id}"
    assert (desk.show()["state"], desk.show()["call"]["state"]) == ("dialling", "ringing")


def test_the_usual_interview_follows(ringing: Ringing, desk: Desk, session: Session, network: ScriptedNetwork) -> None:
    ringing.ring().press(key_of(session, YUE))
    attempt_id = session.scalars(select(Attempt.id)).one()
    network.let_answer(attempt_id, at=desk.clock())
    desk.deliver()
    assert desk.show()["state"] == "talking"
    assert desk.interview(YUE)["finished_as"] == "complete"
    desk.post("hang-up")
    desk.post("outcome", {"code": "complete"})
    assert session.scalars(select(Case.outcome)).one() == "complete"


def test_the_call_costs_the_case_no_try(
    ringing: Ringing, desk: Desk, session: Session, case: Case, network: ScriptedNetwork
) -> None:
    ringing.ring().press(key_of(session, YUE))
    network.let_answer(session.scalars(select(Attempt.id)).one(), at=desk.clock())
    desk.deliver()
    desk.post("hang-up")
    desk.post("outcome", {"code": "call_later"})
    assert now_of(session, case).attempts_counted == 0


def test_the_same_report_again_is_answered_alike_and_connects_nobody_twice(
    ringing: Ringing, session: Session, network: ScriptedNetwork
) -> None:
    ringing.ring()
    key = key_of(session, YUE)
    asked = ringing.document
    first = ringing.press(key).document
    ringing.document = asked
    assert ringing.press(key).document == first
    assert len(network.adopted) == session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_whoever_answered_and_died_before_the_call_was_taken_over_is_made_up_for(
    ringing: Ringing, desk: Desk, session: Session, network: ScriptedNetwork
) -> None:
    ringing.ring()
    asked, key = ringing.document, key_of(session, YUE)
    ringing.press(key)
    network.adopted.clear()  # as if the process had died between its answer and this
    ringing.document = asked
    ringing.press(key)
    assert [call_id for _attempt, call_id, _room in network.adopted] == [ringing.call_id]


def test_a_case_has_one_holder_however_many_telephones_call(
    ringing: Ringing, session: Session, case: Case, settings: Settings
) -> None:
    ringing.ring().press(key_of(session, YUE))
    other = Ringing(ringing.client, settings, call_id="CAother").ring()
    other.press("1")
    assert other.is_over
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_case_just_taken_is_put_through_to_whoever_has_it(
    ringing: Ringing, desk: Desk, session: Session, ana: Person
) -> None:
    desk.post("next-case")
    ringing.ring().press(key_of(session, YUE))
    assert ringing.find("Conference").text == f"interviewer-{ana.id}"
    assert desk.show()["call"]["state"] == "ringing"


def test_a_case_that_is_being_called_is_nobody_elses(
    ringing: Ringing, desk: Desk, bao_desk: Desk, session: Session
) -> None:
    desk.post("next-case")
    desk.post("dial")
    ringing.ring().press(key_of(session, PUTONGHUA))
    assert ringing.is_over
    assert call_of(session).result == "in_hand"
    assert bao_desk.show()["state"] == "ready"


def test_without_a_free_interviewer_times_are_offered(nobody_ready: Ringing, session: Session) -> None:
    nobody_ready.ring().press(key_of(session, YUE))
    assert "而家未有識講粤语嘅訪問員得閒" in nobody_ready.heard
    assert "今天上午11点打俾你，請按1" in nobody_ready.heard


def test_a_time_is_booked_by_key(nobody_ready: Ringing, session: Session, case: Case, now: datetime) -> None:
    nobody_ready.ring().press(key_of(session, YUE)).press("1")
    booked = session.scalars(select(Appointment)).one()
    assert (booked.kind, booked.lect, booked.booked_by) == ("hard", YUE, None)
    assert booked.starts_at == now + timedelta(hours=1)
    held = now_of(session, case)
    assert (held.state, held.due_at) == (CaseState.WAITING, booked.starts_at - timedelta(minutes=2))
    assert (nobody_ready.is_over, call_of(session).result) == (True, "booked")


def test_a_booked_time_is_kept_as_any_other(nobody_ready: Ringing, desk: Desk, session: Session, case: Case) -> None:
    nobody_ready.ring().press(key_of(session, YUE)).press("1")
    desk.pass_time(timedelta(minutes=59))
    desk.post("ready", {"campaign_id": case.campaign_id})
    card = desk.post("next-case")
    assert (card["id"], card["appointment_at"] is not None) == (case.id, True)


def test_whoever_leaves_it_open_is_called_again_soon(nobody_ready: Ringing, session: Session, case: Case) -> None:
    any_time = nobody_ready.ring().press(key_of(session, YUE)).heard.rpartition("請按")[2].strip("。")
    nobody_ready.press(any_time)
    booked = session.scalars(select(Appointment)).one()
    assert (booked.kind, call_of(session).result) == ("soft", "call_again")
    assert now_of(session, case).due_at == booked.starts_at


def test_whoever_presses_nothing_is_called_again(nobody_ready: Ringing, session: Session) -> None:
    nobody_ready.ring().press("").press("")
    assert nobody_ready.is_over
    assert call_of(session).result == "call_again"


def test_a_time_that_was_agreed_is_not_lost_by_asking_to_be_called_again(
    nobody_ready: Ringing, session: Session
) -> None:
    nobody_ready.ring().press(key_of(session, YUE)).press("1")
    replace(nobody_ready, call_id="CAlater").ring().press("").press("")
    open_ones = session.scalars(select(Appointment).where(Appointment.superseded_at.is_(None))).all()
    assert [booked.kind for booked in open_ones] == ["hard"]


def test_two_keys_keep_a_number_from_being_called(ringing: Ringing, session: Session, case: Case) -> None:
    ringing.ring().press("9")
    assert now_of(session, case).state == CaseState.READY
    ringing.press("9")
    assert (now_of(session, case).state, ringing.is_over) == (CaseState.CLOSED, True)
    assert session.scalar(select(func.count()).select_from(DoNotCall)) == 1


@pytest.mark.parametrize("caller", ["+8613800138000", "anonymous", "+266696687"])
def test_unknown_and_withheld_numbers_hear_the_general_message(ringing: Ringing, session: Session, caller: str) -> None:
    replace_caller = replace(ringing, caller=caller).ring()
    assert "这个号码正在用于电话调查" in replace_caller.heard
    assert "想说" not in replace_caller.heard
    assert ("请按9" in replace_caller.heard) == (caller == "+8613800138000")
    assert (call_of(session).case_id, call_of(session).result) == (None, "told")


def test_a_right_code_is_confirmed_and_noted_on_the_case(ringing: Ringing, session: Session, case: Case) -> None:
    ringing.ring().press("7").press(code_of(session, case.id) or "")
    assert "电话是真的" in ringing.heard
    assert (call_of(session).is_confirmed, kinds(session, case)[-1]) == (True, "checked")


def test_anybody_may_check_a_code_and_learns_nothing_of_its_case(
    ringing: Ringing, session: Session, case: Case
) -> None:
    stranger = replace(ringing, caller="anonymous").ring().press("7")
    stranger.press(code_of(session, case.id) or "")
    assert "电话是真的" in stranger.heard
    assert "checked" not in kinds(session, case)


def test_a_wrong_code_and_one_that_was_never_given_sound_the_same(ringing: Ringing) -> None:
    wrong = ringing.ring().press("7").press("123456789012").heard
    assert ringing.press("000000000098").heard == wrong


def test_guessing_ends_with_the_call_and_with_the_limit_of_the_public_page(
    ringing: Ringing, settings: Settings
) -> None:
    ringing.ring().press("7")
    for _ in range(3):
        ringing.press("123456789012")
    assert ringing.press("123456789012").is_over
    for number in range(6):
        another = Ringing(ringing.client, settings, call_id=f"CA{number}").ring().press("7")
        for _ in range(3):
            another.press("123456789012") if not another.is_over else None
    assert "输入的次数太多了" in another.heard


@pytest.fixture
def close(session: Session, case: Case, now: datetime) -> Callable[[str], None]:
    """Close the case with an outcome, as the rules do after its last try."""

    def close(outcome: str) -> None:
        case.state, case.closed_at, case.outcome = CaseState.CLOSED, now, outcome
        session.flush()

    return close


Close = Callable[[str], None]


@pytest.mark.parametrize("outcome", ["no_answer", "lect_unknown", "suspected_fraud"])
def test_a_case_that_was_given_up_is_taken_up_by_its_own_call(
    ringing: Ringing, close: Close, desk: Desk, session: Session, case: Case, *, outcome: str
) -> None:
    close(outcome)
    ringing.ring().press(key_of(session, YUE))
    assert desk.show()["call"]["state"] == "ringing"
    held = now_of(session, case)
    assert (held.state, held.closed_at, held.outcome) == (CaseState.HELD, None, None)
    assert kinds(session, case)[-4:-1] == ["called_in", "reopened", "chose_lect"]


def test_whoever_was_given_up_and_presses_nothing_is_called_again(
    nobody_ready: Ringing, close: Close, session: Session, case: Case
) -> None:
    close("no_answer")
    nobody_ready.ring().press("").press("")
    assert (call_of(session).result, now_of(session, case).state) == ("call_again", CaseState.WAITING)


def test_a_number_that_wants_no_calls_is_not_taken_up_again(
    ringing: Ringing, close: Close, session: Session, case: Case
) -> None:
    ringing.ring().press("9").press("9")
    close("no_answer")
    replace(ringing, call_id="CAlater").ring().press("").press("")
    assert now_of(session, case).state == CaseState.CLOSED


@pytest.mark.parametrize("outcome", ["complete", "refused_hard", "out_of_area", None])
def test_a_case_that_is_finished_is_not_interviewed_again(
    ringing: Ringing, close: Close, session: Session, *, outcome: str
) -> None:
    close(outcome)
    assert "想说" not in ringing.ring().heard
    assert "已经结束" in ringing.press("").press("").heard
    assert call_of(session).result == "finished"


def test_a_forged_report_is_refused_and_nothing_is_kept(ringing: Ringing, session: Session) -> None:
    form = {"CallSid": "CA1", "From": ringing.caller, "To": ringing.called}
    assert ringing.post(INBOUND_PATH, form, secret="0" * 32) == 403
    assert session.scalar(select(func.count()).select_from(InboundReport)) == 0


def test_a_report_that_names_no_call_is_refused(ringing: Ringing) -> None:
    assert ringing.post(INBOUND_PATH, {"From": ringing.caller}) == 422


def test_the_end_of_the_call_is_noted(ringing: Ringing, session: Session, clock: SetClock) -> None:
    ringing.ring()
    clock.advance(timedelta(seconds=20))
    assert (ringing.hang_up(), ringing.hang_up()) == (204, 204)
    assert call_of(session).ended_at == clock()
    assert session.scalar(select(func.count()).select_from(CallRequest)) == 0
