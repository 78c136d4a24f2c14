"""What people keep in mind from one call to the next, and what the network does not keep."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.telephony.domain import CallEventKind, rang
from app.telephony.emulator.exchange import Exchange, Placing
from app.telephony.emulator.population import load_population
from app.telephony.emulator.speech import Misreading, Utterance, UtteranceKind
from app.telephony.models import EmulatedCall

NUMBER = "+8613985012345"
YUE = (("yue", 1.0),)
GREETING = Utterance("en", UtteranceKind.GREETING)


@pytest.fixture
def exchange(make_session: SessionFactory, vault: Vault) -> Exchange:
    return Exchange(
        make_session,
        load_population(),
        vault=vault,
        seed=1,
        area_shares=lambda _number: YUE,
        follows=lambda listener, speaker: 0.9 if (listener, speaker) == ("yue", "en") else 0.0,
    )


def dial(exchange: Exchange, label: str, now: datetime, number: str = NUMBER) -> str:
    return exchange.dial(Placing(label, number, "12340", 30, "room", ""), now=now)


@pytest.fixture
def talking(exchange: Exchange, now: datetime) -> list[str]:
    """Dial sixty people and return the labels of those that are being talked to 45 seconds after `now`."""
    for position in range(60):
        dial(exchange, str(position), now, f"+86138{position:08d}")
    signals = exchange.signals_due(now=now + timedelta(seconds=45))
    return [str(signal.event.attempt_id) for signal in signals if signal.event.kind is CallEventKind.ANSWERED]


def lost(exchange: Exchange, labels: list[str], now: datetime) -> int:
    """Greet in English and count who cannot follow or asks for another language."""
    at = now + timedelta(seconds=45)
    replies = [exchange.say(label, GREETING, now=at) for label in labels]
    return sum(reply.names_lect or reply.misread is Misreading.CANNOT_FOLLOW for reply in replies)


def memory_of(session: Session, call_id: str) -> dict[str, object]:
    memory: dict[str, object] = session.get_one(EmulatedCall, call_id).state["memory"]
    return memory


def test_a_call_that_rang_unexplained_is_remembered(exchange: Exchange, session: Session, now: datetime) -> None:
    first = dial(exchange, "1", now)
    second = dial(exchange, "2", now + timedelta(days=1))
    other = dial(exchange, "3", now + timedelta(days=1), "+8613985012346")
    events = [signal.event for signal in exchange.signals_due(now=now + timedelta(hours=2))]
    memory = memory_of(session, second)
    assert (memory["calls"], memory["unexplained_calls"]) == (1, int(rang(events)))
    assert memory_of(session, first)["calls"] == memory_of(session, other)["calls"] == 0


def test_the_number_is_kept_nowhere_in_clear(exchange: Exchange, session: Session, now: datetime) -> None:
    dial(exchange, "1", now)
    row = session.scalar(text("SELECT row_to_json(emulated_call)::text FROM emulated_call"))
    assert row is not None
    assert NUMBER.removeprefix("+86") not in row


def test_nearness_of_lects_is_taken_from_the_table_handed_in(
    exchange: Exchange, make_session: SessionFactory, vault: Vault, talking: list[str], now: datetime
) -> None:
    deaf = Exchange(make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: YUE)
    half = len(talking) // 2
    assert lost(exchange, talking[:half], now) == 0
    assert lost(deaf, talking[half:], now) > 0
