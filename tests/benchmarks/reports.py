"""What a claim costs after hours of an export or a report, against a quiet database."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.synchronize import Event
from statistics import median
from typing import Final

from sqlalchemy import text

from app.campaigns.service import get_campaign
from app.core.db import SessionFactory, make_engine, session_factory
from app.delivery.completion import completion_of
from app.delivery.responses import read_feed
from tests.benchmarks.pgbench import bare_claim
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.stand import NOON, Field, Stand
from tests.benchmarks.takers import WARM_UP, timed_takes

GOAL: Final = Goal(3)
PAGE: Final = 500
DRIVERS: Final = 8  # clients that wear the queue down between the two measurements
START_SECONDS: Final = 60.0
Reader = Callable[[SessionFactory, int], Iterator[None]]


def measure(stand: Stand) -> list[Row]:
    """Quiet first, then each reader throughout the plan's claims; every one starts from a vacuumed table."""
    field = stand.million
    return [
        _worn(stand, field, _running(field, _page_through), name="an export pages through the feed", goal=GOAL),
        _worn(stand, field, _running(field, _count_progress), name="the progress is counted on and on", goal=GOAL),
        _worn(stand, field, _open_snapshot(field), name="the trap: a snapshot held open", goal=None),
    ]


def _worn(stand: Stand, field: Field, reading: AbstractContextManager[None], *, name: str, goal: Goal | None) -> Row:
    """Measure the claim in quiet, and at the end of many claims while something reads."""
    field.tidy()
    script = bare_claim(field.worked_pools, field.worker)
    measured = stand.plan.claims * 3
    timed_takes(field, claims=WARM_UP)
    quiet = median(timed_takes(field, claims=measured))
    with reading:
        field.pgbench.run(script, clients=DRIVERS, transactions=stand.plan.wearing_claims)
        worn = median(timed_takes(field, claims=measured))
    field.set_aside()
    return Row(f"reports/{name}", worn, quiet, "ms", goal, f"service, after {stand.plan.wearing_claims:,} claims")


def _page_through(make_session: SessionFactory, campaign_id: int) -> Iterator[None]:
    """Pull the whole change feed, each page in a short transaction, as the interface serves it."""
    after, has_more = 0, True
    while has_more:
        with make_session() as session:
            page = read_feed(session, campaign_id, after=after, limit=PAGE)
        after, has_more = page.next_after, page.has_more
        yield


def _count_progress(make_session: SessionFactory, campaign_id: int) -> Iterator[None]:
    """Count what the supervisor's screen shows."""
    with make_session() as session:
        completion_of(session, get_campaign(session, campaign_id), now=NOON)
    yield


@contextmanager
def _running(field: Field, reader: Reader) -> Iterator[None]:
    """Let a reader work in a process of its own, over and over, until the block ends."""
    context = multiprocessing.get_context("spawn")
    started, stop = context.Event(), context.Event()
    arguments = (field.urls.application, field.campaign_id, reader, started, stop)
    process = context.Process(target=_read, args=arguments, daemon=True)
    process.start()
    if not started.wait(START_SECONDS):
        message = "the reader did not start in time"
        raise TimeoutError(message)
    try:
        yield
    finally:
        stop.set()
        process.join(START_SECONDS)


def _read(url: str, campaign_id: int, reader: Reader, started: Event, stop: Event) -> None:
    engine = make_engine(url, pool_size=1)
    make_session = session_factory(engine)
    while not stop.is_set():
        for _ in reader(make_session, campaign_id):
            started.set()
            if stop.is_set():
                break
    engine.dispose()


@contextmanager
def _open_snapshot(field: Field) -> Iterator[None]:
    with field.admin.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SELECT count(*) FROM pool"))
        yield
        connection.rollback()
