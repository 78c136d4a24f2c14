"""Tell open screens that something changed: NOTIFY in the transaction, one listener a process."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable
from typing import Final

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.core.straight import run

CHANNEL: Final = "xiangyin_live"
TICK_SECONDS: Final = 0.25
RECONNECT_SECONDS: Final = 1.0
LISTEN_SECONDS: Final = 0.5
KEEP_ALIVE_SECONDS: Final = 15.0

_TOPICS: Final = "announced topics"
_NOTIFY: Final = "SELECT pg_notify(%(channel)s, topic) FROM unnest(CAST(%(topics)s AS text[])) AS topic"


def campaign_topic(campaign_id: int) -> str:
    """Name what supervisors of a campaign watch."""
    return f"campaign:{campaign_id}"


def person_topic(person_id: int) -> str:
    """Name what an interviewer's own screen watches."""
    return f"person:{person_id}"


def announce(session: Session, *topics: str) -> None:
    """Say that these topics changed, once this transaction commits; a rollback says nothing."""
    if topics:
        session.info.setdefault(_TOPICS, {}).update(dict.fromkeys(topics))


@event.listens_for(Session, "before_commit")
def _say(session: Session) -> None:
    """Send what was announced in one statement, however many acts announced it."""
    topics = session.info.pop(_TOPICS, None)
    if topics:
        run(session, _NOTIFY, channel=CHANNEL, topics=list(topics))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(_TOPICS, None)


class Switchboard:
    """Passes the database's notices on to the screens of this process.

    A watcher gets the topic's name, never the content: the screen fetches what it may see.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen; call it from the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and let every open stream end."""
        self._stopping.set()
        self._wake(self._watchers.keys())
        if self._thread is not None:
            self._thread.join(timeout=LISTEN_SECONDS * 4)

    async def watch(self, topic: str, *, at_once: bool) -> AsyncIterator[bool]:
        """Yield True at first and whenever `topic` changed, False as a sign of life in between.

        The first one comes once this watcher is known, so that whatever happened since the screen was drawn
        is caught up on. A burst of changes yields once: own screens at once, wallboards on a tick of 250 ms.
        """
        event = asyncio.Event()
        event.set()
        self._watchers.setdefault(topic, set()).add(event)
        try:
            while not self._stopping.is_set():
                changed = await _wait(event)
                if self._stopping.is_set():
                    return
                if changed and not at_once:
                    await asyncio.sleep(TICK_SECONDS)
                if changed:
                    event.clear()
                yield changed
        finally:
            self._watchers[topic].discard(event)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            with (
                contextlib.suppress(psycopg.OperationalError),
                psycopg.connect(self._conninfo, autocommit=True) as connection,
            ):
                connection.execute(f"LISTEN {CHANNEL}")
                # Whatever was said while nobody listened is unknown: every screen looks again.
                self._wake(self._watchers.keys())
                while not self._stopping.is_set():
                    for notice in connection.notifies(timeout=LISTEN_SECONDS):
                        self._wake([notice.payload])
            self._stopping.wait(RECONNECT_SECONDS)

    def _wake(self, topics: Iterable[str]) -> None:
        if self._loop is None:
            return
        for topic in list(topics):
            for changed in list(self._watchers.get(topic, ())):
                self._loop.call_soon_threadsafe(changed.set)


async def _wait(event: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(event.wait(), KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return False
    return True
