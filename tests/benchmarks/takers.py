"""Interviewers who take cases: through the service in this process, over HTTP, or in processes of their own."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Final

from sqlalchemy.engine import make_url

from app.core.db import SessionFactory, make_engine, session_factory
from app.dialing.queue import take_next_case
from tests.benchmarks.served import Wire, served
from tests.benchmarks.stand import NOON, Field

WARM_UP: Final = 20
OK: Final = 200
NOTHING: Final = 409
START_SECONDS: Final = 120.0


def take(make_session: SessionFactory, campaign_id: int, person_id: int) -> int:
    """Take one case in a transaction of its own, as a request does; returns its id."""
    with make_session() as session, session.begin():
        return take_next_case(session, campaign_id, person_id, now=NOON)


def timed_takes(field: Field, *, claims: int) -> list[float]:
    """Take that many cases through the service, one after the other; returns the milliseconds of each."""
    times = []
    make_session = field.make_session
    for _ in range(claims):
        started = perf_counter()
        take(make_session, field.campaign_id, field.worker)
        times.append((perf_counter() - started) * 1000)
    return times


@dataclass(frozen=True)
class Desk:
    """One interviewer's connection to the served program, with a side door to get the screen free again."""

    field: Field
    wire: Wire
    person_id: int

    def timed_claims(self, *, claims: int) -> list[float]:
        """Ask for that many cases over HTTP, each from a free desk; returns the milliseconds of each."""
        times = []
        with self.field.admin.connect() as connection:
            for _ in range(claims):
                self.field.seat(connection, self.person_id)
                status, milliseconds = self.wire.ask_for_a_case()
                _expect(status, OK)
                times.append(milliseconds)
            self.field.seat(connection, self.person_id)
        return times

    def timed_refusals(self, *, claims: int) -> list[float]:
        """Ask as often where there is nothing; returns the milliseconds of each."""
        times = []
        for _ in range(claims):
            status, milliseconds = self.wire.ask_for_a_case()
            _expect(status, NOTHING)
            times.append(milliseconds)
        return times


def _expect(status: int, wanted: int) -> None:
    if status != wanted:
        message = f"expected {wanted}, got {status}"
        raise RuntimeError(message)


@contextmanager
def desks(field: Field, *logins: str) -> Iterator[list[Desk]]:
    """Serve the field and sign these people in, each warmed up by nobody yet."""
    with served(field.urls.application) as port:
        opened = [Desk(field, Wire(port, login), field.people[login]) for login in logins]
        try:
            yield opened
        finally:
            for desk in opened:
                desk.wire.close()


@dataclass(frozen=True)
class Shift:
    """What one process did: from when to when by the machine's clock, and the cases it took."""

    started: float
    ended: float
    case_ids: list[int]


class Crew:
    """Processes that take cases through the service, so that Python's lock in one process is not what is measured."""

    def __init__(self, field: Field, people: list[int]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes = []
        self._processes = []
        for person_id in people:
            ours, theirs = context.Pipe()
            arguments = (field.urls.application, field.campaign_id, person_id, theirs)
            process = context.Process(target=_work, args=arguments, daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def take(self, *, people: int, each: int) -> list[Shift]:
        """Let the first so many people take `each` cases at the same time."""
        for pipe in self._pipes[:people]:
            pipe.send(each)
        return [pipe.recv() for pipe in self._pipes[:people]]

    def go_home(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(0)
            process.join(START_SECONDS)
            pipe.close()


@contextmanager
def crew_of(field: Field, people: list[int]) -> Iterator[Crew]:
    """Have a crew for the length of a block, each warmed up."""
    crew = Crew(field, people)
    try:
        crew.take(people=len(people), each=5)
        yield crew
    finally:
        crew.go_home()


def _work(database_url: str, campaign_id: int, person_id: int, orders: Connection) -> None:
    engine = make_engine(make_url(database_url).render_as_string(hide_password=False), pool_size=1)
    make_session = session_factory(engine)
    while (wanted := orders.recv()) > 0:
        started = perf_counter()
        taken = [take(make_session, campaign_id, person_id) for _ in range(wanted)]
        orders.send(Shift(started, perf_counter(), taken))
    engine.dispose()
