"""Statements that each commit by themselves, on the event loop: for what is asked by the hundred and needs no session.

A thread and a session around one statement cost as much as all that is computed for it.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeVar

import psycopg
from psycopg.rows import class_row
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.core.straight import numbered, run

CONNECT_SECONDS: Final = 3
SILENT_SECONDS: Final = 3
Row = TypeVar("Row")


class Alone(Protocol):
    """Runs single statements for good."""

    async def run(self, statement: str, **values: object) -> None:
        """Run a statement for what it does; it is kept for good on return. Values are bound as %(name)s.

        Only one that changes nothing when it is run again: it may be.
        """


class OnTheLoop:
    """Runs them on a connection of the event loop's own, opened when it is needed; `address` is in libpq's form.

    One at a time, so that none may wait for somebody's lock. One whose connection has gone silent gives up.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection: psycopg.AsyncConnection | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            await self._connection.close()

    async def run(self, statement: str, **values: object) -> None:
        """Run it, and once more where the database had trouble with it: the connection may have been lost."""
        try:
            await self._run(statement, values)
        except psycopg.OperationalError:
            await self._run(statement, values)

    async def rows(self, row: type[Row], statement: str, **values: object) -> list[Row]:
        """Run a statement once and for good; its columns are the fields of the dataclass `row`.

        Raises psycopg.OperationalError where the database is away.
        """
        async with psycopg.AsyncRawCursor(await self._opened(), row_factory=class_row(row)) as cursor:
            await cursor.execute(*numbered(statement, values))
            return await cursor.fetchall()

    async def _run(self, statement: str, values: dict[str, object]) -> None:
        async with psycopg.AsyncRawCursor(await self._opened()) as cursor:
            await cursor.execute(*numbered(statement, values))

    async def _opened(self) -> psycopg.AsyncConnection:
        async with self._opening:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    self.address,
                    autocommit=True,
                    connect_timeout=CONNECT_SECONDS,
                    tcp_user_timeout=SILENT_SECONDS * 1000,
                )
        return self._connection


class InASession:
    """Runs each in a session of its own and in a thread, where sessions are handed in."""

    def __init__(self, begun: Callable[[], AbstractContextManager[Session]]) -> None:
        self._begun = begun

    async def run(self, statement: str, **values: object) -> None:
        """Run it; `begun` commits at the end of its block."""
        await run_in_threadpool(self._run, statement, values)

    def _run(self, statement: str, values: dict[str, object]) -> None:
        with self._begun() as session:
            run(session, statement, **values)
