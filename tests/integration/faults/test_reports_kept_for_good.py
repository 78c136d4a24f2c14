"""Reports are kept for good, once each and together, when whoever sent them is answered."""

import asyncio
from datetime import datetime

from sqlalchemy import Engine, text

from app.api.telephony import keeps_reports
from app.telephony.requests import Arrival
from app.telephony.twilio.reports import read_report
from tests.stage import in_a_thread

SEEN = text("SELECT count(*), count(DISTINCT token), count(DISTINCT xmin::text) FROM provider_report")
WAITING = text("SELECT count(*) FROM waiting_report")


def arrival(status: str, now: datetime) -> Arrival:
    report = read_report({"CallSid": "CA1", "CallStatus": status, "SequenceNumber": "1"})
    return Arrival(7, report, report.token, now)


def test_reports_that_come_together_are_committed_by_one_statement(own_engine: Engine, now: datetime) -> None:
    async def put() -> None:
        reports = keeps_reports(own_engine.execution_options(isolation_level="AUTOCOMMIT").connect)
        await asyncio.gather(*(reports.put(arrival(status, now)) for status in ("ringing", "in-progress", "ringing")))

    in_a_thread(lambda: asyncio.run(put()))
    with own_engine.connect() as other:
        assert other.execute(SEEN).one() == (2, 2, 1)
        assert other.scalar(WAITING) == 2
