"""Attempts to hang calls on, with whatever rows the schema wants beneath them, and the telephone itself."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Column, Table, insert
from sqlalchemy.orm import Session

from app.core.db import Base, SessionFactory
from app.core.privacy import Vault
from app.core.settings import Settings
from app.main import Wiring, create_app
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.population import load_population
from app.telephony.twilio.account import emulated_account, open_client
from app.telephony.twilio.gateway import TwilioGateway
from tests.integration.telephony.phone import Phone, Weather
from tests.stage import SetClock

# Calls need an attempt's id and nothing else of it, so the rows beneath are filled from the schema alone.
_serial = count(1)


def _filled(column: Column[Any], now: datetime) -> object:
    number = next(_serial)
    fillings: dict[type, object] = {
        str: f"x-{number}",
        int: number,
        float: 1.0,
        bool: True,
        bytes: str(number).encode(),
        datetime: now,
        date: now.date(),
        object: {},  # what SQLAlchemy says of JSONB
    }
    return fillings[column.type.python_type]


def _insert_row(session: Session, table: Table, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable or column.identity is not None or column.server_default is not None:
            continue
        target = next(iter(column.foreign_keys), None)
        if target is None:
            values[column.name] = _filled(column, now)
        else:
            values[column.name] = _insert_row(session, target.column.table, now)[target.column.name]
    row = session.execute(insert(table).values(values).returning(table)).one()
    return dict(row._mapping)


@pytest.fixture
def make_attempt(session: Session, now: datetime) -> Callable[[], int]:
    table = Base.metadata.tables["attempt"]
    pattern = _insert_row(session, table, now)
    del pattern["id"]

    def make() -> int:
        return int(session.scalars(insert(table).values(pattern).returning(table.c.id)).one())

    return make


@pytest.fixture
def attempt_id(make_attempt: Callable[[], int]) -> int:
    return make_attempt()


@pytest.fixture
def interviewer_id(session: Session, now: datetime) -> int:
    return int(_insert_row(session, Base.metadata.tables["person"], now)["id"])


@pytest.fixture
def supervisor_id(session: Session, now: datetime) -> int:
    return int(_insert_row(session, Base.metadata.tables["person"], now)["id"])


@pytest.fixture
def phone(settings: Settings, make_session: SessionFactory, session: Session, vault: Vault, clock: SetClock) -> Phone:
    account = emulated_account(settings)
    exchange = Exchange(
        make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: (("yue", 1.0),)
    )
    weather = Weather(exchange, account, clock)
    gateway = TwilioGateway(
        make_session,
        open_client(account, weather),
        public_base_url=settings.public_base_url,
        calls_per_second=0,
    )
    app = create_app(settings, wiring=Wiring(clock=clock, make_session=make_session, gateway=gateway))
    return Phone(gateway, exchange, weather, TestClient(app), session, settings, clock)
