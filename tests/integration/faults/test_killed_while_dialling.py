"""A process that dies between asking the provider and writing down the answer dials nobody twice, and loses no call."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.queues import Queue
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from twilio.http.response import Response

from app.core.clock import Clock
from app.core.db import SessionFactory, make_engine, session_factory
from app.core.privacy import Vault
from app.core.settings import Settings
from app.dialing.calls import order_of, settle_doubts
from app.dialing.models import Attempt
from app.telephony.domain import CallState
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.population import load_population
from app.telephony.emulator.rest import EmulatedTwilio
from app.telephony.gateway import CallOrder
from app.telephony.models import EmulatedCall
from app.telephony.twilio.account import emulated_account, open_client
from app.telephony.twilio.gateway import TwilioGateway
from tests.callers import Caller
from tests.integration.faults.conftest import Start
from tests.stage import Survey

FOR_EVER = 3_600
BEFORE, AFTER = "before the provider was asked", "after the provider took the call"


def settings_of(key: str) -> Settings:
    return Settings(_env_file=None, secret_key=SecretStr(key))


class Hanging(EmulatedTwilio):
    """The emulated network of a process that stops for ever around its first request, and says so."""

    def __init__(
        self, exchange: Exchange, key: str, clock: Clock, *, moment: str, say: Callable[[object], None]
    ) -> None:
        super().__init__(exchange, emulated_account(settings_of(key)), clock)
        self._moment, self._say = moment, say

    def request(self, method: str, url: str, **sent: Any) -> Response:  # type: ignore[override]
        if self._moment == AFTER:
            super().request(method, url, **sent)
        self._say(self._moment)
        time.sleep(FOR_EVER)
        raise AssertionError


def open_exchange(make_session: SessionFactory, key: str) -> Exchange:
    vault = Vault.from_settings(settings_of(key))
    return Exchange(make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: (("yue", 1.0),))


def open_gateway(make_session: SessionFactory, key: str, http: EmulatedTwilio) -> TwilioGateway:
    client = open_client(emulated_account(settings_of(key)), http)
    return TwilioGateway(make_session, client, public_base_url="http://127.0.0.1:8000", calls_per_second=0)


def dial_and_hang(url: str, said: "Queue[object]", *rest: Any) -> None:
    """Ask for a call, and stop for ever before or after the provider has been asked."""
    order, now, key, moment = rest
    make_session = session_factory(make_engine(url, pool_size=2))
    http = Hanging(open_exchange(make_session, key), key, lambda: now, moment=moment, say=said.put)
    open_gateway(make_session, key, http).place_call(order, now=now)


class Survivor:
    """Another worker on the same database, some time later."""

    def __init__(self, make_session: SessionFactory, key: str, at: datetime) -> None:
        self.make_session, self.key, self.at = make_session, key, at
        http = EmulatedTwilio(open_exchange(make_session, key), emulated_account(settings_of(key)), lambda: self.at)
        self.gateway = open_gateway(make_session, key, http)

    def work(self) -> None:
        settle_doubts(self.make_session, self.gateway, Vault.from_settings(settings_of(self.key)), now=self.at)


@pytest.fixture
def key(settings: Settings) -> str:
    return settings.secret_key.get_secret_value()


@pytest.fixture
def order(field: Survey, ana_calls: Caller, vault: Vault) -> CallOrder:
    attempt = ana_calls.dial(ana_calls.take())
    order = order_of(field.session, attempt, vault)
    field.session.commit()
    return order


def calls_placed(survey: Survey) -> int:
    return survey.session.scalar(select(func.count()).select_from(EmulatedCall)) or 0


def test_a_call_whose_answer_was_never_written_down_is_found_and_followed(
    field: Survey, order: CallOrder, start: Start, make_session: SessionFactory, key: str
) -> None:
    other = start(dial_and_hang, order, field.now, key, AFTER)
    assert other.hear() == AFTER
    other.kill()
    survivor = Survivor(make_session, key, field.now + timedelta(minutes=10))
    survivor.work()
    attempt = field.session.get_one(Attempt, order.attempt_id, populate_existing=True)
    assert attempt.state != CallState.REQUESTED
    survivor.gateway.place_call(order, now=survivor.at)
    assert calls_placed(field) == 1


def test_a_call_that_was_never_asked_for_ends_at_no_cost_and_is_not_dialled_again(
    field: Survey, order: CallOrder, start: Start, make_session: SessionFactory, key: str
) -> None:
    other = start(dial_and_hang, order, field.now, key, BEFORE)
    assert other.hear() == BEFORE
    other.kill()
    survivor = Survivor(make_session, key, field.now + timedelta(minutes=2))
    survivor.work()
    attempt = field.session.get_one(Attempt, order.attempt_id, populate_existing=True)
    assert (attempt.state, attempt.ending) == (CallState.ENDED, "technical")
    survivor.gateway.place_call(order, now=survivor.at)
    assert calls_placed(field) == 0
