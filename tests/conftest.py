"""One database a worker, built by Alembic; each test's transaction is rolled back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.core.db import SessionFactory, make_engine
from app.core.embedded import DatabaseUrls, create_database, start_embedded
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.languages.service import sync_reference_data
from app.main import Wiring, create_app
from app.telephony.scripted import ScriptedNetwork
from tests.stage import SetClock

# Whoever changes the code lets chance look for what breaks it; the gate looks at the same examples every time.
hypothesis.settings.register_profile("gate", derandomize=True, database=None, deadline=None)
hypothesis.settings.register_profile("search", database=None, deadline=None)
hypothesis.settings.load_profile("gate" if os.environ.get("CI") else "search")

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def fresh_database(name: str) -> Iterator[DatabaseUrls]:
    """An empty database on TEST_DATABASE_URL's server or on an embedded one, dropped afterwards."""
    foreign = os.environ.get("TEST_DATABASE_URL")
    if foreign:
        superuser = make_url(foreign).set(drivername="postgresql+psycopg")
        urls = create_database(superuser, name)
    else:
        server = start_embedded(ROOT / "var" / "test-postgres", database=name)
        superuser = make_url(server.server.get_uri()).set(drivername="postgresql+psycopg")
        urls = server.urls
    try:
        yield urls
    finally:
        engine = create_engine(superuser, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


@pytest.fixture(scope="session")
def database(worker_id: str) -> Iterator[DatabaseUrls]:
    """This worker's own database with schema and reference data."""
    with fresh_database(f"xiangyin_test_{worker_id}_{os.getpid()}") as urls:
        migrate(urls.owner)
        _load_reference_data(urls)
        yield urls


@pytest.fixture
def empty_database(worker_id: str) -> Iterator[DatabaseUrls]:
    """A database without any table."""
    with fresh_database(f"xiangyin_empty_{worker_id}_{os.getpid()}") as urls:
        yield urls


def _load_reference_data(urls: DatabaseUrls) -> None:
    engine = create_engine(urls.application)
    with Session(engine) as session, session.begin():
        sync_reference_data(session)
    engine.dispose()


@pytest.fixture(scope="session")
def engine(database: DatabaseUrls) -> Iterator[Engine]:
    engine = make_engine(database.application, pool_size=10)
    yield engine
    engine.dispose()


@pytest.fixture
def own_engine(empty_database: DatabaseUrls) -> Iterator[Engine]:
    """A database of a test's own with the reference data, so that what it commits harms no other test."""
    migrate(empty_database.owner)
    _load_reference_data(empty_database)
    engine = make_engine(empty_database.application, pool_size=10)
    yield engine
    engine.dispose()


@pytest.fixture
def make_session(engine: Engine) -> Iterator[SessionFactory]:
    """Sessions that all live in one outer transaction, rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield lambda: Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        outer.rollback()


@pytest.fixture
def session(make_session: SessionFactory) -> Iterator[Session]:
    with make_session() as session:
        yield session


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(_env_file=None, secret_key=SecretStr("a key for the tests, forty characters long"))


@pytest.fixture(scope="session")
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def now() -> datetime:
    """A Monday morning, 10:00 in Shanghai."""
    return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def network() -> ScriptedNetwork:
    return ScriptedNetwork()


@pytest.fixture
def client(
    settings: Settings, make_session: SessionFactory, clock: SetClock, network: ScriptedNetwork
) -> Iterator[TestClient]:
    """The whole application on the test's own transaction, at the test's own time, on a scripted network."""
    wiring = Wiring(clock=clock, make_session=make_session, gateway=network)
    with TestClient(create_app(settings, wiring=wiring), base_url="http://127.0.0.1:8000") as client:
        yield client
