"""Calls on the emulated network, kept in the database and nowhere else."""

from datetime import datetime, timedelta

import pytest

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.emulator.exchange import Exchange, NobodyOnTheLineError, Placing
from app.telephony.emulator.population import load_population, person_of
from app.telephony.emulator.speech import AskedQuestion, Utterance, UtteranceKind

LISTEN = Utterance("yue", UtteranceKind.LISTEN)
GOODBYE = Utterance("yue", UtteranceKind.GOODBYE)
AGE = Utterance("yue", UtteranceKind.QUESTION, AskedQuestion("age", "integer"))
MIX = (("yue", 1.0),)


@pytest.fixture
def exchange(make_session: SessionFactory, vault: Vault) -> Exchange:
    return Exchange(make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: MIX)


def dial(exchange: Exchange, label: str, number: str, now: datetime) -> str:
    return exchange.dial(Placing(label, number, "085112340", 30, "room", ""), now=now)


def events_of(exchange: Exchange, call_id: str, *, until: datetime) -> list[CallEvent]:
    return [signal.event for signal in exchange.signals_due(now=until) if signal.call_id == call_id]


@pytest.fixture
def answered(exchange: Exchange, now: datetime) -> tuple[str, datetime]:
    """Dial until somebody picks up; return the call, whose label is its name too, and the instant after."""
    for position in range(50):
        label = str(position)
        call_id = dial(exchange, label, f"+86139{position:08d}", now)
        kinds = {event.kind: event.at for event in events_of(exchange, call_id, until=now + timedelta(seconds=60))}
        if CallEventKind.ANSWERED in kinds and CallEventKind.ENDED not in kinds:
            return call_id, kinds[CallEventKind.ANSWERED] + timedelta(seconds=1)
    raise AssertionError("nobody answers")


def label_of(exchange: Exchange, call_id: str, now: datetime) -> str:
    signal = exchange.find(call_id, now=now)
    assert signal is not None
    return str(signal.event.attempt_id)


def test_a_call_is_reported_from_its_beginning_to_its_answer_or_end(exchange: Exchange, now: datetime) -> None:
    call_id = dial(exchange, "1", "+8613985012345", now)
    settled = exchange.settling("1")[-1].at
    assert exchange.signals_due(now=now) == []
    kinds = [event.kind for event in events_of(exchange, call_id, until=settled)]
    assert kinds[0] is CallEventKind.INITIATED
    assert kinds[-1] in {CallEventKind.ANSWERED, CallEventKind.ENDED}


def test_signals_come_again_until_they_are_reported(exchange: Exchange, now: datetime) -> None:
    call_id = dial(exchange, "1", "+8613985012345", now)
    soon = now + timedelta(seconds=1)
    [signal] = exchange.signals_due(now=soon)
    assert exchange.signals_due(now=soon) == [signal]
    exchange.note_reported(call_id, signal.event.sequence)
    assert exchange.signals_due(now=soon) == []
    assert exchange.settling("1")[-1].at > soon


def test_a_call_ends_and_then_has_nothing_more_to_tell(exchange: Exchange, now: datetime) -> None:
    call_id = dial(exchange, "1", "+8613985012345", now)
    tomorrow = now + timedelta(days=1)
    events = events_of(exchange, call_id, until=tomorrow)
    assert events[-1].kind is CallEventKind.ENDED
    exchange.note_reported(call_id, events[-1].sequence)
    assert exchange.signals_due(now=tomorrow) == []
    assert not exchange.settling("1")


def test_another_process_continues_the_same_call(
    exchange: Exchange, make_session: SessionFactory, vault: Vault, now: datetime
) -> None:
    dial(exchange, "1", "+8613985012345", now)
    other = Exchange(make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: MIX)
    later = now + timedelta(days=1)
    assert other.signals_due(now=later) == exchange.signals_due(now=later)


def test_whoever_dials_twice_calls_twice(exchange: Exchange, now: datetime) -> None:
    first, second = (dial(exchange, "1", "+8613985012345", now) for _ in range(2))
    assert first != second
    found = exchange.calls_between("085112340", "+8613985012345", since=now, now=now)
    assert {signal.call_id for signal in found} == {first, second}


def test_hanging_up_before_the_answer_takes_the_call_back(exchange: Exchange, now: datetime) -> None:
    call_id = dial(exchange, "1", "+8613985012345", now)
    assert exchange.end(call_id, now=now + timedelta(seconds=1))
    last = events_of(exchange, call_id, until=now + timedelta(days=1))[-1]
    assert (last.ending, last.sip_code) == (Ending.CANCELLED, 487)


def test_hanging_up_on_somebody_is_our_ending(exchange: Exchange, answered: tuple[str, datetime]) -> None:
    call_id, now = answered
    assert exchange.end(call_id, now=now)
    assert not exchange.end(call_id, now=now + timedelta(seconds=5))
    events = events_of(exchange, call_id, until=now + timedelta(days=1))
    assert [event.ending for event in events if event.kind is CallEventKind.ENDED] == [Ending.HUNG_UP_BY_US]
    assert events[-1].at == now


def test_who_says_goodbye_hangs_up_soon_after(exchange: Exchange, answered: tuple[str, datetime]) -> None:
    call_id, now = answered
    reply = exchange.say(label_of(exchange, call_id, now), GOODBYE, now=now)
    events = events_of(exchange, call_id, until=now + timedelta(days=1))
    assert events[-1].ending is Ending.HUNG_UP_BY_RESPONDENT
    assert events[-1].at == now + timedelta(seconds=reply.after_seconds)


def test_the_person_behind_the_number_answers(exchange: Exchange, answered: tuple[str, datetime]) -> None:
    call_id, now = answered
    reply = exchange.say(label_of(exchange, call_id, now), AGE, now=now)
    ages = {person_of(load_population(), f"+86139{n:08d}", MIX, seed=1).age for n in range(50)}
    assert reply.lect == "yue"
    assert reply.said is None or int(reply.said.text or "0") in ages


def test_nobody_hears_what_is_said_into_a_ringing_telephone(exchange: Exchange, now: datetime) -> None:
    dial(exchange, "1", "+8613985012345", now)
    with pytest.raises(NobodyOnTheLineError):
        exchange.say("1", LISTEN, now=now)


def test_nobody_hears_what_is_said_after_the_end(exchange: Exchange, answered: tuple[str, datetime]) -> None:
    call_id, now = answered
    exchange.end(call_id, now=now)
    with pytest.raises(NobodyOnTheLineError):
        exchange.say(label_of(exchange, call_id, now), LISTEN, now=now + timedelta(seconds=1))


def test_a_call_that_was_never_placed_cannot_be_ended(exchange: Exchange, now: datetime) -> None:
    assert not exchange.end("CA4711", now=now)
    assert not exchange.settling("4711")
