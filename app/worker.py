"""Background work: promote cases when their time comes, free lost ones, take the network's reports over."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.db import SessionFactory
from app.core.errors import XiangyinError
from app.core.privacy import Vault
from app.dialing.calls import deliver_events, end_forsaken, settle_doubts
from app.dialing.field_end import BATCH as FIELD_BATCH
from app.dialing.field_end import end_fields
from app.dialing.telling import tell_people
from app.dialing.tick import tick
from app.interviewing.clips import greet_answered
from app.interviewing.keeping import begin_due_recordings, delete_old_recordings
from app.interviewing.left import close_left_interviews
from app.interviewing.monitoring_watch import watch_over
from app.interviewing.shelf import Shelf, work_on_recordings
from app.interviewing.sound_links import SoundLinks
from app.quality.checking import campaigns_due, check_campaign
from app.quality.queue import settle_queue
from app.telephony.gateway import Gateway
from app.telephony.messages import MessageGateway, UnconfiguredMessages

DELIVERY_SECONDS: Final = 0.25
DOUBTS_SECONDS: Final = 5.0
NOTICES_SECONDS: Final = 5.0
ANSWERS_SECONDS: Final = 0.5
RECORDINGS_SECONDS: Final = 5.0
MONITORING_SECONDS: Final = 1.0
STOP_SECONDS: Final = 5
MORE_BATCHES: Final = 9  # of a closed field in one tick, so that a million cases are through in a quarter of an hour
log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """What the periodic tasks work with."""

    make_session: SessionFactory
    gateway: Gateway
    vault: Vault
    clock: Clock
    messages: MessageGateway = field(default_factory=UnconfiguredMessages)
    public_address: str = ""  # where anybody can check a call, as messages tell it
    shelf: Shelf | None = None  # where recordings lie; without one they stay with the provider
    sound_links: SoundLinks | None = None  # without them no greeting plays by itself

    def tick(self) -> dict[str, int]:
        """Open and shut pools, promote due cases, free lapsed ones; doing it twice changes nothing more.

        What closed fields left open is ended in transactions of its own, each of one batch.
        """
        with self.make_session() as session, session.begin():
            done = tick(session, now=self.clock())
        done["ended"] += self._end_more(done["ended"])
        with self.make_session() as session, session.begin():
            done["interviews"] = close_left_interviews(session, now=self.clock())
        return done

    def _end_more(self, ended: int) -> int:
        """Go on ending what closed fields left open while whole batches are found."""
        more = 0
        for _ in range(MORE_BATCHES):
            if ended < FIELD_BATCH:
                break
            with self.make_session() as session, session.begin():
                ended = end_fields(session, now=self.clock())
            more += ended
        return more

    def settle_doubts(self) -> int:
        """Find out what became of calls of which nothing was heard, and end those that nobody waits for."""
        ended = end_forsaken(self.make_session, self.gateway, now=self.clock())
        return ended + settle_doubts(self.make_session, self.gateway, self.vault, now=self.clock())

    def tell_people(self) -> dict[str, int]:
        """Send the messages that come before first calls."""
        return tell_people(self.make_session, self.messages, self.vault, address=self.public_address, now=self.clock())

    def attend_answers(self) -> int:
        """Greet those who have answered where that goes by itself, and record the calls that are recorded unasked."""
        greeted = 0
        if self.sound_links is not None:
            greeted = greet_answered(self.make_session, self.gateway, self.sound_links, now=self.clock())
        return greeted + begin_due_recordings(self.make_session, self.gateway, now=self.clock())

    def watch_over_monitoring(self) -> int:
        """Take supervisors out of calls that are over, or whose pages are gone."""
        return watch_over(self.make_session, self.gateway, now=self.clock())

    def work_on_recordings(self) -> int:
        """Bring recordings home, and delete what is to be deleted at once."""
        if self.shelf is None:
            return 0
        return work_on_recordings(self.make_session, self.gateway, self.shelf, now=self.clock())

    def delete_old_recordings(self) -> int:
        """Delete recordings that have been kept for long enough."""
        return delete_old_recordings(self.make_session, self.shelf, now=self.clock()) if self.shelf else 0

    def look_at_ended(self) -> int:
        """Flag the interviews that ended, a batch of each campaign, and queue those that are to be heard again."""
        with self.make_session() as session, session.begin():
            due = campaigns_due(session)
        looked_at = 0
        for campaign_id in due:
            try:
                with self.make_session() as session, session.begin():
                    looked_at += check_campaign(session, campaign_id, now=self.clock())
            except Exception:  # the trouble of one campaign keeps no other waiting; the same batch comes next time
                log.exception("interviews not looked at", campaign=campaign_id)
        return looked_at

    def settle_queue(self) -> int:
        """Close what cannot be heard again any more, and put back what somebody took and left."""
        with self.make_session() as session, session.begin():
            return settle_queue(session, now=self.clock())

    def deliver(self) -> int:
        """Take over what the network reports."""
        return deliver_events(self.make_session, self.gateway, now=self.clock())


def make_job_app(conninfo: str, work: Work) -> procrastinate.App:
    """Build the Procrastinate application; its jobs and its locks live in the same PostgreSQL."""
    connector = PsycopgConnector(conninfo=conninfo)
    # A tick in ten seconds would leave a million rows behind in four months.
    jobs = procrastinate.App(connector=connector, worker_defaults={"delete_jobs": "successful"})

    # At most one tick waits. It takes no lock while it runs: a killed worker would keep that for ever,
    # and two ticks at once share the work, because cases are locked one by one.
    @jobs.periodic(cron="* * * * * */10")
    @jobs.task(queueing_lock="tick", pass_context=False)
    def tick(timestamp: int) -> None:
        """Run the scheduler's tick; `timestamp` is when it was due."""
        done = work.tick()
        if any(done.values()):
            log.info("tick", due=timestamp, **done)

    @jobs.periodic(cron="17 * * * *")
    @jobs.task(queueing_lock="retention", pass_context=False)
    def delete_old_recordings(timestamp: int) -> None:
        """Delete what has been kept for long enough; `timestamp` is when it was due."""
        deleted = work.delete_old_recordings()
        if deleted:
            log.info("recordings deleted", due=timestamp, number=deleted)

    _add_quality(jobs, work)
    return jobs


def _add_quality(jobs: procrastinate.App, work: Work) -> None:
    @jobs.periodic(cron="* * * * * */10")
    @jobs.task(queueing_lock="quality", pass_context=False)
    def look_at_ended(timestamp: int) -> None:
        """Flag the interviews that ended; `timestamp` is when it was due."""
        looked_at = work.look_at_ended()
        if looked_at:
            log.info("interviews looked at", due=timestamp, number=looked_at)

    @jobs.periodic(cron="*/10 * * * *")
    @jobs.task(queueing_lock="relisten", pass_context=False)
    def settle_queue(timestamp: int) -> None:
        """See to the queue of interviews to be heard again; `timestamp` is when it was due."""
        settled = work.settle_queue()
        if settled:
            log.info("queue settled", due=timestamp, number=settled)


class BackgroundWork:
    """All background work of one process, in threads beside whatever else it does.

    Any number of processes may do it at once: jobs are claimed under locks in the database, and
    whatever the network reports twice is stored once.
    """

    def __init__(self, work: Work, conninfo: str) -> None:
        self._jobs = make_job_app(conninfo, work)
        self._stopping = threading.Event()
        self._worker = threading.Thread(target=self._run_jobs, name="jobs", daemon=True)
        self._repeaters = (
            Repeater(work.deliver, every_seconds=DELIVERY_SECONDS, name="deliveries"),
            Repeater(work.settle_doubts, every_seconds=DOUBTS_SECONDS, name="doubts"),
            Repeater(work.tell_people, every_seconds=NOTICES_SECONDS, name="notices"),
            Repeater(work.attend_answers, every_seconds=ANSWERS_SECONDS, name="answers"),
            Repeater(work.watch_over_monitoring, every_seconds=MONITORING_SECONDS, name="monitoring"),
            Repeater(work.work_on_recordings, every_seconds=RECORDINGS_SECONDS, name="recordings"),
        )

    def start(self) -> None:
        """Begin."""
        self._worker.start()
        for repeater in self._repeaters:
            repeater.start()

    def stop(self) -> None:
        """Finish what is under way and end; nothing was begun is fine too."""
        self._stopping.set()
        if self._worker.ident is not None:
            for repeater in self._repeaters:
                repeater.stop()
            self._worker.join(timeout=STOP_SECONDS)

    def wait(self) -> None:
        """Wait until the work ends."""
        self._worker.join()

    def _run_jobs(self) -> None:
        asyncio.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        async with self._jobs.open_async():
            working = asyncio.create_task(self._jobs.run_worker_async(install_signal_handlers=False))
            await asyncio.to_thread(self._stopping.wait)
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working


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
        """Finish the current round and end; one that was never started ends at once."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            try:
                self._act()
            except (SQLAlchemyError, XiangyinError):
                # The database or the network may be restarting; the next round finds everything where it was.
                log.exception("round failed", thread=self._thread.name)
