"""Run the whole program in a process of its own, at a time that the player sets."""

import contextlib
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Final, Protocol

from app.core.clock import Clock
from app.core.settings import Settings

PATIENCE_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
MICROSECONDS: Final = 1_000_000


class Instant(Protocol):
    """A number shared between two processes: microseconds since 1970."""

    value: int


class Serve(Protocol):
    """Serves the program until the process is ended; must be importable by name."""

    def __call__(self, settings: Settings, *, clock: Clock, port: int) -> None:
        """Serve on loopback."""


@dataclass(frozen=True)
class SharedClock:
    """A clock whose hands are moved from the other process."""

    hand: Instant

    def __call__(self) -> datetime:
        """Return the time that was set last."""
        return datetime.fromtimestamp(self.hand.value / MICROSECONDS, UTC)

    def set(self, at: datetime) -> None:
        """Move the hands; simulated time never runs backwards."""
        self.hand.value = max(self.hand.value, round(at.timestamp() * MICROSECONDS))


@dataclass(frozen=True)
class PlayedServer:
    """A served program and the clock it lives by."""

    port: int
    clock: SharedClock


@contextmanager
def played_server(serve: Serve, settings: Settings, *, starts_at: datetime) -> Iterator[PlayedServer]:
    """Serve the program on a free loopback port; it ends with the block."""
    context = multiprocessing.get_context("spawn")
    clock = SharedClock(context.Value("q", 0, lock=False))
    clock.set(starts_at)
    port = _free_port()
    process = context.Process(target=_serve, args=(serve, settings, clock, port), daemon=True)
    process.start()
    try:
        _wait_until_live(port, process.is_alive)
        yield PlayedServer(port, clock)
    finally:
        process.terminate()
        process.join()


def _serve(serve: Serve, settings: Settings, clock: SharedClock, port: int) -> None:
    serve(settings, clock=clock, port=port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_live(port: int, is_alive: Callable[[], bool]) -> None:
    patience = round(PATIENCE_SECONDS / POLL_SECONDS)
    for _ in range(patience):
        if not is_alive():
            break
        with contextlib.suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/live")
            if connection.getresponse().status == HTTP_OK:
                return
        time.sleep(POLL_SECONDS)
    message = "the program did not start to answer on loopback"
    raise RuntimeError(message)


HTTP_OK: Final = 200
