"""Reports are kept for good, once each and together, when whoever sent them is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import Engine, text

from app.api.telephony import keeps_reports
from app.core.alone import OnTheLoop
from app.core.db import driver_address
from app.core.together import Together
from app.telephony.arrivals import Arrival
from app.telephony.twilio.reports import read_report
from tests.stage import in_a_thread

SEEN = text("SELECT count(*), count(DISTINCT token), count(DISTINCT xmin::text) FROM provider_report")
WAITING = text("SELECT count(*) FROM waiting_report")
CUT = text("""
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%INSERT INTO provider_report%'
""")
Act = Callable[[Together[Arrival]], Awaitable[object]]
Keep = Callable[[Act], None]


def arrival(status: str, now: datetime) -> Arrival:
    report = read_report({"CallSid": "CA1", "CallStatus": status, "SequenceNumber": "1"})
    return Arrival(7, report, report.token, now)


@pytest.fixture
def keep(own_engine: Engine) -> Keep:
    """Act in an event loop of its own, on reports that are kept in the database."""

    async def keep(act: Act) -> None:
        alone = OnTheLoop(driver_address(own_engine))
        try:
            await act(keeps_reports(alone))
        finally:
            await alone.close()

    return lambda act: in_a_thread(lambda: asyncio.run(keep(act)))


def test_reports_that_come_together_are_committed_by_one_statement(
    own_engine: Engine, keep: Keep, now: datetime
) -> None:
    statuses = ("ringing", "in-progress", "ringing")
    keep(lambda reports: asyncio.gather(*(reports.put(arrival(status, now)) for status in statuses)))
    with own_engine.connect() as other:
        assert other.execute(SEEN).one() == (2, 2, 1)
        assert other.scalar(WAITING) == 2


def test_a_connection_that_was_cut_is_replaced(own_engine: Engine, keep: Keep, now: datetime) -> None:
    async def act(reports: Together[Arrival]) -> None:
        await reports.put(arrival("ringing", now))
        with own_engine.connect() as other:
            assert other.scalar(CUT) == 1
        await reports.put(arrival("completed", now))

    keep(act)
    with own_engine.connect() as other:
        assert other.scalar(WAITING) == 2


def test_nobody_is_told_that_a_report_is_kept_while_the_database_is_away(own_engine: Engine, now: datetime) -> None:
    async def act() -> None:
        alone = OnTheLoop("postgresql://nobody@127.0.0.1:1/nowhere")
        reports = keeps_reports(alone)
        with pytest.raises(psycopg.OperationalError):
            await reports.put(arrival("ringing", now))
        alone.address = driver_address(own_engine)
        await reports.put(arrival("completed", now))
        await alone.close()

    in_a_thread(lambda: asyncio.run(act()))
    with own_engine.connect() as other:
        assert other.scalar(WAITING) == 1
