"""Statements that go straight to the driver: for the few that somebody waits for at every key press.

SQLAlchemy describes each result anew and makes objects that watch themselves, which costs several times what
such a statement costs PostgreSQL (docs/performance.md). Everything else uses SQLAlchemy.
"""

from typing import TypeVar, cast

import psycopg
from psycopg.rows import class_row
from sqlalchemy import Connection
from sqlalchemy.orm import Session

Row = TypeVar("Row")


def rows(session: Session, row: type[Row], statement: str, **values: object) -> list[Row]:
    """Run a statement in the session's transaction; its columns are the fields of the dataclass `row`.

    Values are bound as %(name)s. Objects that the session has read already do not notice what it changes.
    """
    session.flush()
    with driver_of(session.connection()).cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(statement, values).fetchall()


def run(session: Session, statement: str, **values: object) -> None:
    """Run a statement for what it does, in the session's transaction."""
    session.flush()
    driver_of(session.connection()).execute(statement, values)


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return the driver's own connection."""
    return cast("psycopg.Connection", connection.connection.driver_connection)
