"""The program itself, served by uvicorn in its own process on loopback, and one keep-alive connection to it."""

import json
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Final

import uvicorn

from app.main import Wiring, create_app
from tests.benchmarks.stand import NOON, PASSWORD, settings_for

LOOPBACK: Final = "127.0.0.1"
START_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 600  # a connection may wait while other fields are measured
NEXT_CASE: Final = "/api/v1/desk/next-case"


class Wire:
    """One connection of one person; it parses no more than it must, so that the client's own cost stays small."""

    def __init__(self, port: int, login: str) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=START_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = f"Host: {LOOPBACK}:{port}\r\nHX-Request: true\r\n"  # as an open screen asks
        status, head, body = self.post("/api/v1/sessions", json.dumps({"login": login, "password": PASSWORD}))
        if status != 201:
            message = f"{login} could not sign in: {status} {body!r}"
            raise RuntimeError(message)
        [cookie] = [line for line in head.split("\r\n") if line.lower().startswith("set-cookie:")]
        self._headers += f"Cookie: {cookie.partition(':')[2].partition(';')[0].strip()}\r\n"

    def ask_for_a_case(self) -> tuple[int, float]:
        """Ask for the next case; returns the status and the milliseconds until the whole reply was there."""
        started = perf_counter()
        status, _head, _body = self.post(NEXT_CASE, "")
        return status, (perf_counter() - started) * 1000

    def close(self) -> None:
        self._socket.close()

    def post(self, path: str, body: str, *, media_type: str = "application/json") -> tuple[int, str, bytes]:
        """Send a body of plain ASCII; returns the status, the head and the body of the reply."""
        lines = f"POST {path} HTTP/1.1\r\n{self._headers}Content-Type: {media_type}\r\nContent-Length: {len(body)}"
        self._socket.sendall(f"{lines}\r\n\r\n{body}".encode("ascii"))
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        raw_head, _, rest = received.partition(b"\r\n\r\n")
        head = raw_head.decode("latin-1")
        lengths = [line for line in head.split("\r\n") if line.lower().startswith("content-length:")]
        wanted = int(lengths[0].partition(":")[2]) if lengths else 0
        while len(rest) < wanted:
            rest += self._receive()
        return int(head.split(" ", 2)[1]), head, rest

    def _receive(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            message = "the program closed the connection"
            raise ConnectionError(message)
        return received


@contextmanager
def served(database_url: str) -> Iterator[int]:
    """Serve until the block ends; gives the port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(database_url, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(START_SECONDS):
            message = "the program did not start in time"
            raise TimeoutError(message)
        yield ours.recv()
    finally:
        process.terminate()
        process.join(START_SECONDS)
        ours.close()


def _serve(database_url: str, parent: Connection) -> None:
    app = create_app(settings_for(database_url), wiring=Wiring(clock=lambda: NOON))
    listening = socket.create_server((LOOPBACK, 0))
    parent.send(listening.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=IDLE_SECONDS))
    server.run(sockets=[listening])
