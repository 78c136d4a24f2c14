"""Background work: promote cases when their time comes, free lost ones, take the network's reports over."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.db import SessionFactory
from app.dialing import queue
from app.dialing.calls import deliver_events
from app.telephony.gateway import Gateway

DELIVERY_SECONDS: Final = 0.25
log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """What the periodic tasks work with."""

    make_session: SessionFactory
    gateway: Gateway
    clock: Clock

    def tick(self) -> dict[str, int]:
        """Open and shut pools, promote due cases, free lapsed ones; doing it twice changes nothing more."""
        with self.make_session() as session, session.begin():
            return queue.tick(session, now=self.clock())

    def deliver(self) -> int:
        """Take over what the network reports."""
        return deliver_events(self.make_session, self.gateway, now=self.clock())


def make_job_app(conninfo: str, work: Work) -> procrastinate.App:
    """Build the Procrastinate application; its jobs and its locks live in the same PostgreSQL."""
    jobs = procrastinate.App(connector=PsycopgConnector(conninfo=conninfo))

    @jobs.periodic(cron="* * * * * */10")
    @jobs.task(queueing_lock="tick", lock="tick", pass_context=False)
    def tick(timestamp: int) -> None:
        """Run the scheduler's tick; `timestamp` is when it was due."""
        done = work.tick()
        if any(done.values()):
            log.info("tick", due=timestamp, **done)

    return jobs


class Repeater:
    """Calls a function again and again in a thread of its own, until stopped."""

    def __init__(self, act: Callable[[], object], *, every_seconds: float, name: str) -> None:
        self._act = act
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the current round and end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            try:
                self._act()
            except SQLAlchemyError:
                # The database may be restarting; the next round finds everything where it was.
                log.exception("round failed", thread=self._thread.name)
