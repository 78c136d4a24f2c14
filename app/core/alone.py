"""Statements that each commit by themselves, on the event loop: for what comes by the hundred and needs no session.

A thread and a session around one statement cost as much as all that is computed for it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.core.straight import run

PATIENCE_SECONDS: Final = 5.0  # for a connection, before the statement fails


class Alone(Protocol):
    """Runs single statements for good."""

    async def run(self, statement: str, **values: object) -> None:
        """Run a statement for what it does; it is kept for good on return. Values are bound as %(name)s.

        Only one that changes nothing when it is run again: where the connection breaks it is.
        """


class OnTheLoop:
    """Runs them on a connection of the event loop's own, opened by the first one; `address` is in libpq's form."""

    def __init__(self, address: str) -> None:
        self._pool = AsyncConnectionPool(
            address, min_size=0, max_size=1, open=False, timeout=PATIENCE_SECONDS, kwargs={"autocommit": True}
        )

    async def open(self) -> None:
        """Begin, in the event loop whose statements they are."""
        await self._pool.open()

    async def close(self) -> None:
        """Let the connection go."""
        await self._pool.close()

    async def run(self, statement: str, **values: object) -> None:
        """Run it, and once more where the connection was lost: the server may have been restarted."""
        try:
            await self._run(statement, values)
        except PoolTimeout:
            raise
        except psycopg.OperationalError:
            await self._run(statement, values)

    async def _run(self, statement: str, values: dict[str, object]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)


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
