"""Statements that go straight to the driver: for the few that somebody waits for at every key press.

SQLAlchemy describes each result anew and makes objects that watch themselves, which costs several times what
such a statement costs PostgreSQL (docs/performance.md). Everything else uses SQLAlchemy.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, TypeVar, cast

import psycopg
from psycopg.rows import class_row
from sqlalchemy import Connection
from sqlalchemy.orm import Session

Row = TypeVar("Row")
_NAME: Final = re.compile(r"%\((\w+)\)s")


def rows(session: Session, row: type[Row], statement: str, **values: object) -> list[Row]:
    """Run a statement in the session's transaction; its columns are the fields of the dataclass `row`.

    Values are bound as %(name)s. Objects that the session has read already do not notice what it changes.
    """
    session.flush()
    with psycopg.RawCursor(driver_of(session.connection()), row_factory=class_row(row)) as cursor:
        return cursor.execute(*numbered(statement, values)).fetchall()


def run(session: Session, statement: str, **values: object) -> None:
    """Run a statement for what it does, in the session's transaction."""
    session.flush()
    with psycopg.RawCursor(driver_of(session.connection())) as cursor:
        cursor.execute(*numbered(statement, values))


def numbered(statement: str, values: Mapping[str, object]) -> tuple[Any, list[object]]:
    """Write names as PostgreSQL's own $1, $2, once for each statement: the driver does not remember the long ones."""
    text, names = _numbered(statement)
    return text, [values[name] for name in names]


@cache
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    names = tuple(dict.fromkeys(_NAME.findall(statement)))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    return _NAME.sub(lambda found: f"${numbers[found[1]]}", statement).encode(), names


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return the driver's own connection."""
    return cast("psycopg.Connection", connection.connection.driver_connection)
