"""Calls on the emulated network, kept in the database and nowhere else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.emulator.gateway import EmulatorGateway, NobodyOnTheLineError
from app.telephony.emulator.population import load_population, person_of
from app.telephony.emulator.speech import AskedQuestion, Utterance, UtteranceKind
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.models import EmulatedCall
from app.telephony.service import record_events

LISTEN = Utterance("yue", UtteranceKind.LISTEN)
GOODBYE = Utterance("yue", UtteranceKind.GOODBYE)
AGE = Utterance("yue", UtteranceKind.QUESTION, AskedQuestion("age", "integer"))
MIX = (("yue", 1.0),)


@pytest.fixture
def gateway(make_session: SessionFactory) -> EmulatorGateway:
    return EmulatorGateway(make_session, load_population(), seed=1, area_shares=lambda _number: MIX)


def dial(gateway: Gateway, attempt_id: int, number: str, now: datetime) -> None:
    gateway.place_call(attempt_id=attempt_id, number=number, caller_number="085112340", ring_seconds=30, now=now)


@pytest.fixture
def answered(gateway: EmulatorGateway, make_attempt: Callable[[], int], now: datetime) -> tuple[int, datetime]:
    """Dial until somebody picks up; return the attempt and the instant after."""
    for position in range(50):
        attempt_id = make_attempt()
        dial(gateway, attempt_id, f"+86139{position:08d}", now)
        later = now + timedelta(seconds=60)
        kinds = {e.kind: e.at for e in gateway.events_due(now=later) if e.attempt_id == attempt_id}
        if CallEventKind.ANSWERED in kinds and CallEventKind.ENDED not in kinds:
            return attempt_id, kinds[CallEventKind.ANSWERED] + timedelta(seconds=1)
    raise AssertionError("nobody answers")


def of(attempt_id: int, events: list[CallEvent]) -> list[CallEvent]:
    return [event for event in events if event.attempt_id == attempt_id]


def test_the_emulator_is_a_gateway(gateway: EmulatorGateway, attempt_id: int, now: datetime) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    settled = gateway.settling(attempt_id)[-1].at
    assert settled is not None
    assert gateway.events_due(now=now) == []
    kinds = [event.kind for event in gateway.events_due(now=settled)]
    assert kinds[0] is CallEventKind.INITIATED
    assert kinds[-1] in {CallEventKind.ANSWERED, CallEventKind.ENDED}


def test_events_come_again_until_they_are_recorded(
    gateway: EmulatorGateway, session: Session, attempt_id: int, now: datetime
) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    soon = now + timedelta(seconds=1)
    assert gateway.events_due(now=soon) == gateway.events_due(now=soon) != []
    record_events(session, gateway.events_due(now=soon), now=soon)
    session.flush()
    assert gateway.events_due(now=soon) == []
    settled = gateway.settling(attempt_id)[-1].at
    assert settled is not None
    assert settled > soon


def test_a_call_ends_and_then_has_nothing_more_to_tell(
    gateway: EmulatorGateway, session: Session, attempt_id: int, now: datetime
) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    tomorrow = now + timedelta(days=1)
    events = record_events(session, gateway.events_due(now=tomorrow), now=tomorrow)
    assert events[-1].kind is CallEventKind.ENDED
    assert gateway.events_due(now=tomorrow) == []
    assert not gateway.settling(attempt_id)
    assert session.get_one(EmulatedCall, attempt_id, populate_existing=True).delivered == len(events)


def test_another_process_continues_the_same_call(
    gateway: EmulatorGateway, make_session: SessionFactory, attempt_id: int, now: datetime
) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    other = EmulatorGateway(make_session, load_population(), seed=1, area_shares=lambda _number: MIX)
    later = now + timedelta(days=1)
    assert other.events_due(now=later) == gateway.events_due(now=later)


def test_the_same_attempt_is_dialled_once(gateway: EmulatorGateway, attempt_id: int, now: datetime) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    dial(gateway, attempt_id, "+8613985012345", now + timedelta(seconds=40))
    initiated = [e for e in gateway.events_due(now=now + timedelta(days=1)) if e.kind is CallEventKind.INITIATED]
    assert len(initiated) == 1


@pytest.mark.parametrize("number", ["13985012345", "+86", "110", "+86139850123456789", "", "+8613985O12345"])
def test_a_number_that_is_none_is_refused_for_good(gateway: EmulatorGateway, number: str, now: datetime) -> None:
    with pytest.raises(GatewayError) as refusal:
        dial(gateway, 1, number, now)
    assert refusal.value.permanent


def test_hanging_up_before_the_answer_takes_the_call_back(
    gateway: EmulatorGateway, attempt_id: int, now: datetime
) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    gateway.hang_up(attempt_id=attempt_id, now=now + timedelta(seconds=1))
    events = gateway.events_due(now=now + timedelta(days=1))
    assert (events[-1].ending, events[-1].sip_code) == (Ending.CANCELLED, 487)


def test_hanging_up_on_somebody_is_our_ending(gateway: EmulatorGateway, answered: tuple[int, datetime]) -> None:
    attempt_id, now = answered
    gateway.hang_up(attempt_id=attempt_id, now=now)
    gateway.hang_up(attempt_id=attempt_id, now=now + timedelta(seconds=5))
    events = of(attempt_id, gateway.events_due(now=now + timedelta(days=1)))
    assert [event.ending for event in events if event.kind is CallEventKind.ENDED] == [Ending.HUNG_UP_BY_US]
    assert events[-1].at == now


def test_an_end_is_reported_even_if_a_later_event_was_already_told(
    gateway: EmulatorGateway, session: Session, answered: tuple[int, datetime]
) -> None:
    attempt_id, answered_at = answered
    record_events(session, gateway.events_due(now=answered_at), now=answered_at)
    session.flush()
    gateway.hang_up(attempt_id=attempt_id, now=answered_at - timedelta(seconds=2))
    assert of(attempt_id, gateway.events_due(now=answered_at))[-1].kind is CallEventKind.ENDED


def test_who_says_goodbye_hangs_up_soon_after(gateway: EmulatorGateway, answered: tuple[int, datetime]) -> None:
    attempt_id, now = answered
    reply = gateway.say(attempt_id=attempt_id, utterance=GOODBYE, now=now)
    events = of(attempt_id, gateway.events_due(now=now + timedelta(days=1)))
    assert events[-1].ending is Ending.HUNG_UP_BY_RESPONDENT
    assert events[-1].at == now + timedelta(seconds=reply.after_seconds)


def test_the_person_behind_the_number_answers(gateway: EmulatorGateway, answered: tuple[int, datetime]) -> None:
    attempt_id, now = answered
    reply = gateway.say(attempt_id=attempt_id, utterance=AGE, now=now)
    ages = {person_of(load_population(), f"+86139{n:08d}", MIX, seed=1).age for n in range(50)}
    assert reply.lect == "yue"
    assert reply.said is None or int(reply.said.text or "0") in ages


def test_nobody_hears_what_is_said_into_a_ringing_telephone(
    gateway: EmulatorGateway, attempt_id: int, now: datetime
) -> None:
    dial(gateway, attempt_id, "+8613985012345", now)
    with pytest.raises(NobodyOnTheLineError):
        gateway.say(attempt_id=attempt_id, utterance=LISTEN, now=now)


def test_nobody_hears_what_is_said_after_the_end(gateway: EmulatorGateway, answered: tuple[int, datetime]) -> None:
    attempt_id, now = answered
    gateway.hang_up(attempt_id=attempt_id, now=now)
    with pytest.raises(NobodyOnTheLineError):
        gateway.say(attempt_id=attempt_id, utterance=LISTEN, now=now + timedelta(seconds=1))


def test_a_call_that_was_never_placed_cannot_be_ended(gateway: EmulatorGateway, now: datetime) -> None:
    with pytest.raises(GatewayError, match="attempt 4711"):
        gateway.hang_up(attempt_id=4711, now=now)
    assert not gateway.settling(4711)
