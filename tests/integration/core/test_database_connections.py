"""What a connection of the pool goes through, and statements that go past SQLAlchemy."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import make_engine
from app.core.embedded import DatabaseUrls
from app.core.straight import driver_of, rows, run

BACKEND = text("SELECT pg_backend_pid()")
PREPARED = text("SELECT statement FROM pg_prepared_statements")


def end_backend_of(engine: Engine, urls: DatabaseUrls) -> int:
    """Let the server end the connection that lies in the pool, as a restart does; returns its process."""
    with engine.connect() as connection:
        backend: int = connection.scalar(BACKEND)
    other = create_engine(urls.application)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:backend, 10000)"), {"backend": backend})
    other.dispose()
    return backend


def test_a_connection_that_rested_is_replaced_when_the_server_has_ended_it(database: DatabaseUrls) -> None:
    engine = make_engine(database.application, pool_size=1, rest_seconds=0)
    ended = end_backend_of(engine, database)
    with engine.connect() as connection:
        assert connection.scalar(BACKEND) != ended
    engine.dispose()


def test_a_connection_in_use_is_not_tried_and_fails_once(database: DatabaseUrls) -> None:
    engine = make_engine(database.application, pool_size=1, rest_seconds=3600)
    end_backend_of(engine, database)
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.scalar(BACKEND)
    with engine.connect() as connection:
        assert connection.scalar(BACKEND)
    engine.dispose()


def test_a_rollback_undoes_what_was_done_and_keeps_what_was_prepared(database: DatabaseUrls) -> None:
    engine = make_engine(database.application, pool_size=1)
    with engine.connect() as connection:
        prepared = "SELECT set_config('application_name', 'undone', false)"
        with connection.begin() as transaction:
            driver_of(connection).execute(prepared, prepare=True)
            transaction.rollback()
        assert connection.scalars(PREPARED).all() == [prepared]
        assert connection.scalar(text("SHOW application_name")) != "undone"
    engine.dispose()


def test_a_transaction_that_failed_is_rolled_back(database: DatabaseUrls) -> None:
    engine = make_engine(database.application, pool_size=1)
    with engine.connect() as connection:
        with pytest.raises(ProgrammingError):
            connection.execute(text("SELECT nothing_of_this_name"))
        connection.rollback()
        assert connection.scalar(BACKEND)
    engine.dispose()


@dataclass(frozen=True)
class Named:
    display_name: str


def test_a_straight_statement_sees_what_the_session_has_not_written_yet(session: Session, ana: Person) -> None:
    ana.display_name = "Ana Two"
    assert rows(session, Named, "SELECT display_name FROM person WHERE id = %(id)s", id=ana.id) == [Named("Ana Two")]


def test_a_straight_statement_goes_with_the_sessions_transaction(session: Session, ana: Person) -> None:
    name = ana.display_name
    with session.begin_nested() as inner:
        run(session, "UPDATE person SET display_name = 'gone' WHERE id = %(id)s", id=ana.id)
        inner.rollback()
    session.refresh(ana)
    assert ana.display_name == name
