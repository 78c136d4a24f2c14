"""Run the whole program in processes of its own, each request at the simulated time it brings along."""

import contextlib
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing.process import BaseProcess
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.clock import Clock
from app.core.settings import Settings

PATIENCE_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
TIME_HEADER: Final = "x-played-at"


class Serve(Protocol):
    """Serves the program until the process is ended; must be importable by name."""

    def __call__(self, settings: Settings, *, clock: Clock, port: int) -> None:
        """Serve on loopback, at the time that each request brings along."""


_brought: ContextVar[datetime | None] = ContextVar("brought", default=None)


@dataclass(frozen=True)
class PlayedClock:
    """Tells the time that the request under way brought along; before any, the time the play starts."""

    starts_at: datetime

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return _brought.get() or self.starts_at


class ReadsPlayedTime:
    """Takes the simulated time from a request's header. Only played servers have it, and they serve loopback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the clock for this request alone."""
        if scope["type"] == "http":
            brought = Headers(scope=scope).get(TIME_HEADER)
            _brought.set(datetime.fromisoformat(brought) if brought else None)
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class PlayedServers:
    """Processes that serve the program, each on a port of its own."""

    processes: Sequence[tuple[int, BaseProcess]]

    def wait_until_live(self) -> list[int]:
        """Return their ports as soon as all of them answer; raises RuntimeError when one does not."""
        for port, process in self.processes:
            _wait_until_live(port, process.is_alive)
        return [port for port, _ in self.processes]


@contextmanager
def played_servers(serve: Serve, settings: Settings, *, starts_at: datetime, count: int = 2) -> Iterator[PlayedServers]:
    """Serve the program in `count` processes on free loopback ports; they end with the block."""
    context = multiprocessing.get_context("spawn")
    ports = [_free_port() for _ in range(count)]
    clock = PlayedClock(starts_at)
    processes = [
        context.Process(target=serve, args=(settings,), kwargs={"clock": clock, "port": port}, daemon=True)
        for port in ports
    ]
    for process in processes:
        process.start()
    try:
        yield PlayedServers(tuple(zip(ports, processes, strict=True)))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_live(port: int, is_alive: Callable[[], bool]) -> None:
    patience = round(PATIENCE_SECONDS / POLL_SECONDS)
    for _ in range(patience):
        if _answers(port):
            return
        if not is_alive():
            break
        time.sleep(POLL_SECONDS)
    message = "the program did not start to answer on loopback"
    raise RuntimeError(message)


def _answers(port: int) -> bool:
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
