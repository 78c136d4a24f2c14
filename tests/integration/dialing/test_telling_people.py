"""A message comes before the first call, once; and whatever becomes of it, the case is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.notices import set_text
from app.core.db import SessionFactory
from app.core.errors import InvalidInputError
from app.dialing.codes import code_of, spaced
from app.dialing.domain import CaseState
from app.dialing.models import Case, CaseEvent, Notice
from app.dialing.notice_ends import MOST_TRIES, NoticeState
from app.dialing.notice_figures import count_notices
from app.dialing.numbers import rest_by_hand, standings_of
from app.dialing.supervision import call_now
from app.dialing.telling import tell_people
from app.dialing.tick import tick
from app.languages.domain import PUTONGHUA
from app.sampling.contacts import is_do_not_call, numbers_of, set_no_messages, wants_no_messages
from app.telephony.messages import MessageError, MessageProblem, MessageState
from app.telephony.models import MessageRequest
from app.telephony.scripted_messages import ScriptedMessages
from tests.callers import NANNING, NUMBERS
from tests.stage import Survey

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEXT = "{organisation}将致电{survey}，号码{number}，核验码{code}，查询{address}。回TD退订"


@dataclass
class Telling:
    """Cases that are to be told, the provider of messages, and a clock of their own."""

    survey: Survey
    messages: ScriptedMessages
    make_session: SessionFactory
    at: datetime

    def tell(self) -> dict[str, int]:
        done = tell_people(
            self.make_session, self.messages, self.survey.vault, address="https://x.example/verify", now=self.at
        )
        self.survey.session.expire_all()
        return done

    def pass_time(self, by: timedelta) -> None:
        self.at += by
        self.tell()
        tick(self.survey.session, now=self.at)

    def let(self, state: MessageState) -> None:
        for order in self.messages.sent:
            self.messages.let(order.message_id, state, now=self.at)

    def case(self) -> Case:
        return self.survey.cases()[0]

    def outcome(self) -> tuple[str, str | None]:
        [count] = count_notices(self.survey.session, self.survey.campaign.id)
        return count.state, count.reason


@pytest.fixture
def telling(survey: Survey, make_session: SessionFactory) -> Telling:
    survey.change_rules(measures={"notice_share": 1.0})
    set_text(survey.session, survey.campaign, PUTONGHUA, script="Hans", text=TEXT, actor="system", now=survey.now)
    survey.add_numbers((NUMBERS[0], NANNING, "普通话"))
    return Telling(survey, ScriptedMessages(make_session), make_session, survey.now)


def test_a_case_waits_until_it_was_told_and_a_while_longer(telling: Telling) -> None:
    assert telling.case().state == CaseState.WAITING
    telling.tell()
    telling.let(MessageState.DELIVERED)
    telling.pass_time(59 * MINUTE)
    assert telling.case().state == CaseState.WAITING
    telling.pass_time(2 * MINUTE)
    assert telling.case().state == CaseState.READY


def test_the_message_says_who_calls_and_how_to_check(telling: Telling) -> None:
    telling.tell()
    [order] = telling.messages.sent
    code = spaced(code_of(telling.survey.session, telling.case().id) or "")
    assert order.text == f"某调查中心将致电，号码077112340，核验码{code}，查询https://x.example/verify。回TD退订"
    assert (order.number, order.sender) == (f"+86{NUMBERS[0]}", "077112340")


def test_nobody_is_told_twice(telling: Telling) -> None:
    for _ in range(3):
        telling.pass_time(MINUTE)
    assert len(telling.messages.sent) == 1


def test_a_message_in_doubt_is_asked_about_and_never_sent_again(telling: Telling) -> None:
    telling.messages.refuses_with = MessageError("lost", permanent=False, is_uncertain=True)
    telling.tell()
    telling.pass_time(MINUTE)
    assert len(telling.messages.sent) == len(telling.messages.asked_about) == 1
    telling.pass_time(MINUTE)
    assert telling.case().state == CaseState.READY
    assert telling.outcome() == ("failed", None)


@pytest.mark.parametrize("end", [MessageState.UNDELIVERED, MessageState.FAILED])
def test_a_message_that_does_not_arrive_holds_nobody_up(telling: Telling, end: MessageState) -> None:
    telling.tell()
    telling.let(end)
    telling.pass_time(MINUTE)
    assert telling.case().state == CaseState.READY
    assert telling.outcome()[0] == end


def test_a_message_of_which_nothing_is_heard_holds_the_case_up_for_the_wait_at_most(telling: Telling) -> None:
    telling.tell()
    tick(telling.survey.session, now=telling.at + DAY - MINUTE)
    assert telling.case().state == CaseState.WAITING
    tick(telling.survey.session, now=telling.at + DAY + MINUTE)
    telling.survey.session.expire_all()
    assert telling.case().state == CaseState.READY


def test_a_provider_that_takes_nothing_is_tried_a_few_times(telling: Telling) -> None:
    telling.messages.refuses_with = MessageError("down", permanent=False)
    for _ in range(MOST_TRIES + 1):
        telling.pass_time(2 * MINUTE)
    assert telling.outcome() == ("skipped", "provider")
    assert telling.case().state == CaseState.READY


def test_whoever_wants_no_messages_gets_none_and_is_called_all_the_same(telling: Telling, session: Session) -> None:
    number = f"+86{NUMBERS[0]}"
    vault = telling.survey.vault
    set_no_messages(session, number, vault=vault, source="message", no_messages=True, now=telling.at)
    telling.pass_time(MINUTE)
    assert (telling.messages.sent, telling.outcome()) == ([], ("skipped", "opted_out"))
    assert telling.case().state == CaseState.READY
    assert not is_do_not_call(session, telling.case().sample_unit_id)


def test_the_providers_word_that_somebody_opted_out_is_kept(telling: Telling, session: Session) -> None:
    refusal = MessageError("no", problem=MessageProblem.OPTED_OUT, permanent=True)
    telling.messages.refuses_with = refusal
    telling.tell()
    assert wants_no_messages(session, numbers_of(session, telling.case().sample_unit_id)[0].fingerprint)


def test_a_case_that_was_called_first_is_not_told_any_more(telling: Telling) -> None:
    call_now(telling.survey.session, telling.survey.campaign, telling.case().id, actor="person:1", now=telling.at)
    telling.tell()
    assert (telling.messages.sent, telling.outcome()) == ([], ("skipped", "called_first"))


def test_nobody_is_told_while_every_number_rests(telling: Telling, session: Session) -> None:
    campaign = telling.survey.campaign
    [standing] = standings_of(session, campaign, now=telling.at)
    rest_by_hand(session, campaign, standing.number_id, minutes=600, actor="system", now=telling.at)
    telling.tell()
    assert telling.messages.sent == []
    assert telling.outcome() == ("planned", None)


def test_no_more_people_are_told_than_are_called_soon_and_the_others_wait_on(telling: Telling) -> None:
    telling.survey.change_rules(measures={"notice_ahead": 3})
    telling.survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS[1:9]))
    for _ in range(5):
        telling.pass_time(10 * HOUR)
    assert len(telling.messages.sent) == 3
    waiting = [case for case in telling.survey.cases() if case.state == CaseState.WAITING]
    assert len(waiting) == 6


def test_nobody_is_told_at_night(telling: Telling) -> None:
    telling.at += 14 * HOUR
    tick(telling.survey.session, now=telling.at)
    telling.tell()
    assert telling.messages.sent == []


def test_a_case_of_an_unknown_lect_is_told_in_the_first_that_has_a_text(telling: Telling, session: Session) -> None:
    telling.survey.add_numbers((NUMBERS[1], NANNING, "壮语"))
    telling.tell()
    told = session.scalars(select(Notice.lect).where(Notice.state == NoticeState.ASKED)).all()
    assert list(told) == [PUTONGHUA, PUTONGHUA]


def test_what_was_done_stands_in_the_trace_of_the_case(telling: Telling, session: Session) -> None:
    telling.tell()
    telling.let(MessageState.DELIVERED)
    telling.pass_time(MINUTE)
    kinds = session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == telling.case().id).order_by(CaseEvent.id))
    assert list(kinds) == ["notice_asked", "notice_settled"]
    assert session.scalars(select(MessageRequest.state)).all() == ["delivered"]


def test_a_held_out_case_is_called_without(survey: Survey, session: Session) -> None:
    survey.change_rules(measures={"notice_share": 1e-9})
    survey.add_numbers((NUMBERS[0], NANNING, ""))
    assert survey.cases()[0].state == CaseState.READY
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize("text", ["{organisation} {name}", "hello", "{organisation}" + "x" * 600])
def test_a_text_that_cannot_be_sent_is_refused(survey: Survey, text: str) -> None:
    with pytest.raises(InvalidInputError):
        set_text(survey.session, survey.campaign, PUTONGHUA, script="Hans", text=text, actor="system", now=survey.now)
