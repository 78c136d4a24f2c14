"""What people keep in mind from one call to the next, and what the network does not keep."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.telephony.domain import CallEventKind, rang
from app.telephony.emulator.gateway import EmulatorGateway
from app.telephony.emulator.population import load_population
from app.telephony.emulator.speech import Misreading, Utterance, UtteranceKind
from app.telephony.models import EmulatedCall

NUMBER = "+8613985012345"
YUE = (("yue", 1.0),)
GREETING = Utterance("en", UtteranceKind.GREETING)


@pytest.fixture
def gateway(make_session: SessionFactory, vault: Vault) -> EmulatorGateway:
    return EmulatorGateway(
        make_session,
        load_population(),
        seed=1,
        area_shares=lambda _number: YUE,
        follows=lambda listener, speaker: 0.9 if (listener, speaker) == ("yue", "en") else 0.0,
        fingerprint=vault.fingerprint,
    )


def dial(gateway: EmulatorGateway, attempt_id: int, now: datetime, number: str = NUMBER) -> None:
    gateway.place_call(attempt_id=attempt_id, number=number, caller_number="12340", ring_seconds=30, now=now)


@pytest.fixture
def talking(gateway: EmulatorGateway, make_attempt: Callable[[], int], now: datetime) -> list[int]:
    """Dial sixty people and return the attempts that are being talked on 45 seconds after `now`."""
    for position in range(60):
        dial(gateway, make_attempt(), now, f"+86138{position:08d}")
    events = gateway.events_due(now=now + timedelta(seconds=45))
    return [event.attempt_id for event in events if event.kind is CallEventKind.ANSWERED]


def lost(gateway: EmulatorGateway, attempts: list[int], now: datetime) -> int:
    """Greet in English and count who cannot follow or asks for another language."""
    at = now + timedelta(seconds=45)
    replies = [gateway.say(attempt_id=attempt, utterance=GREETING, now=at) for attempt in attempts]
    return sum(reply.names_lect or reply.misread is Misreading.CANNOT_FOLLOW for reply in replies)


def memory_of(session: Session, attempt_id: int) -> dict[str, object]:
    memory: dict[str, object] = session.get_one(EmulatedCall, attempt_id).state["memory"]
    return memory


def test_a_call_that_rang_unexplained_is_remembered(
    gateway: EmulatorGateway, session: Session, make_attempt: Callable[[], int], now: datetime
) -> None:
    first, second, other = make_attempt(), make_attempt(), make_attempt()
    dial(gateway, first, now)
    dial(gateway, second, now + timedelta(days=1))
    dial(gateway, other, now + timedelta(days=1), "+8613985012346")
    events = gateway.events_due(now=now + timedelta(hours=2))
    memory = memory_of(session, second)
    assert (memory["calls"], memory["unexplained_calls"]) == (1, int(rang(events)))
    assert memory_of(session, first)["calls"] == memory_of(session, other)["calls"] == 0


def test_the_number_is_kept_nowhere(gateway: EmulatorGateway, session: Session, attempt_id: int, now: datetime) -> None:
    dial(gateway, attempt_id, now)
    row = session.scalar(text("SELECT row_to_json(emulated_call)::text FROM emulated_call"))
    assert row is not None
    assert NUMBER.removeprefix("+86") not in row


def test_nearness_of_lects_is_taken_from_the_table_handed_in(
    gateway: EmulatorGateway, make_session: SessionFactory, talking: list[int], now: datetime
) -> None:
    deaf = EmulatorGateway(make_session, load_population(), seed=1, area_shares=lambda _number: YUE)
    half = len(talking) // 2
    assert lost(gateway, talking[:half], now) == 0
    assert lost(deaf, talking[half:], now) > 0
