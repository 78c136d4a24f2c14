"""A database of its own for each test, so that other processes see what is committed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue

import pytest
from sqlalchemy import Engine

from app.accounts.models import Person
from app.core.db import SessionFactory, session_factory
from app.core.embedded import DatabaseUrls
from tests.callers import NANNING, NUMBERS, Caller
from tests.stage import Survey

PATIENCE_SECONDS = 60.0
_spawn = get_context("spawn")


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


@pytest.fixture
def ana_calls(survey: Survey, ana: Person, now: datetime) -> Caller:
    return Caller(survey, ana, now)


@pytest.fixture
def bao_calls(survey: Survey, bao: Person, now: datetime) -> Caller:
    return Caller(survey, bao, now)


@pytest.fixture
def field(survey: Survey) -> Survey:
    """A survey whose cases other processes see."""
    survey.add_numbers(*((number, NANNING, "") for number in NUMBERS))
    survey.session.commit()
    return survey


@dataclass
class OtherProcess:
    """A process of its own at work on the same database."""

    process: SpawnProcess
    said: "Queue[object]"

    def hear(self) -> object:
        """Wait for what it says next."""
        return self.said.get(timeout=PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        self.process.kill()
        self.process.join(PATIENCE_SECONDS)


Start = Callable[..., OtherProcess]


@pytest.fixture
def start(empty_database: DatabaseUrls) -> Iterator[Start]:
    """Start a function in a process; it gets the database's address, a queue to talk through, and the rest."""
    started: list[OtherProcess] = []

    def begin(act: Callable[..., None], *rest: object) -> OtherProcess:
        said: Queue[object] = _spawn.Queue()
        process = _spawn.Process(target=act, args=(empty_database.application, said, *rest), daemon=True)
        process.start()
        started.append(OtherProcess(process, said))
        return started[-1]

    yield begin
    for other in started:
        other.kill()
        other.said.close()
