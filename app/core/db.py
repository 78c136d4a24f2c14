"""Engine and sessions. The only module that knows which database is underneath."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import monotonic
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Identity,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.core import straight

REST_SECONDS = 5.0
_USED_AT = "used at"
_OPEN = {TransactionStatus.INTRANS, TransactionStatus.INERROR}
SessionFactory = Callable[[], Session]

# Tables whose info carries this key are granted SELECT and INSERT only to the application's role.
APPEND_ONLY = {"append_only": True}


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class Numbered:
    """Mix-in: a 64-bit id given by the database."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-1)


def make_engine(url: str, *, pool_size: int = 40, rest_seconds: float = REST_SECONDS) -> Engine:
    """Open the pool; 40 connections match the threads that run `def` routes.

    A connection that was not used for `rest_seconds` is tried first. The last one given back is the next one used:
    what it has prepared is at hand. Bound values stay out of error messages, and so out of logs: they may be answers.
    """
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_use_lifo=True, hide_parameters=True)
    event.listen(engine, "checkout", _Rested(engine, rest_seconds))
    event.listen(engine, "rollback", _roll_back)
    return engine


class _Rested:
    """Try a connection that has rested before it is used again: the server may have been restarted meanwhile.

    SQLAlchemy's own check before every use is a round trip that each request would pay twice.
    """

    def __init__(self, engine: Engine, rest_seconds: float) -> None:
        self._dialect = engine.dialect
        self._rest_seconds = rest_seconds

    def __call__(self, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        now = monotonic()
        has_rested = now - record.info.get(_USED_AT, now) > self._rest_seconds
        record.info[_USED_AT] = now
        if has_rested and not self._is_alive(connection):
            raise DisconnectionError

    def _is_alive(self, connection: DBAPIConnection) -> bool:
        try:
            return self._dialect.do_ping(connection)
        except self._dialect.loaded_dbapi.Error:
            return False


def _roll_back(connection: Connection) -> None:
    """Roll back before psycopg would, which then also throws away all that was prepared on the connection.

    It does so for the sake of tables made in the transaction. Here only migrations make tables, while every reading
    request ends in a rollback, and to plan the next case's statements anew takes as long as to run them twice.
    """
    if connection.invalidated:
        return
    pgconn = straight.driver_of(connection).pgconn
    if pgconn.transaction_status in _OPEN:
        pgconn.exec_(b"ROLLBACK")


@contextmanager
def opened_engine(url: str, *, pool_size: int) -> Iterator[Engine]:
    """Open a pool for the length of a block."""
    engine = make_engine(url, pool_size=pool_size)
    try:
        yield engine
    finally:
        engine.dispose()


def driver_address(engine: Engine) -> str:
    """Return the address in libpq's form, for connections past the engine."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


class RequestSession(Session):
    """A session that lives no longer than one request, and so keeps everything it has read.

    SQLAlchemy itself forgets a row that no variable holds any more, and a request would read the same
    campaign three times over.
    """


@event.listens_for(RequestSession, "loaded_as_persistent")
def _keep(session: Session, row: object) -> None:
    session.info.setdefault("read", []).append(row)


def table_of(row_type: type[Base]) -> Table:
    """Return the table behind a row type, for statements that need no objects."""
    table = inspect(row_type).local_table
    assert isinstance(table, Table)  # noqa: S101  for the type checker: every row type here has a table of its own
    return table


@cache
def _insert_into(row_type: type[Base], names: tuple[str, ...], dialect: Dialect) -> tuple[str, frozenset[str]]:
    """Return the statement in the driver's own words, and which of its values are documents."""
    table = table_of(row_type)
    statement = insert(table).values({name: bindparam(name) for name in names})
    documents = frozenset(name for name in names if isinstance(table.c[name].type, JSONB))
    return str(statement.compile(dialect=dialect)), documents


def append(session: Session, row_type: type[Base], **values: object) -> None:
    """Write one row at once that nothing reads back in this transaction, past SQLAlchemy: a third of the cost."""
    statement, documents = _insert_into(row_type, tuple(values), session.get_bind().dialect)
    straight.run(session, statement, **{name: Jsonb(v) if name in documents else v for name, v in values.items()})


def session_factory(engine: Engine) -> SessionFactory:
    """Make sessions whose objects stay readable after the commit, for the reply."""
    return lambda: RequestSession(engine, expire_on_commit=False)


@contextmanager
def begun(make_session: SessionFactory) -> Iterator[Session]:
    """Open a session for a block, at whose end it is committed."""
    with make_session() as session, session.begin():
        yield session


@dataclass(frozen=True)
class Transaction:
    """A session that is still to be opened: committed when the route returns, or for reading only."""

    make_session: SessionFactory
    commits: bool

    def opened(self, stack: ExitStack) -> Session:
        """Open it until the stack is left; any exception rolls it back."""
        session = stack.enter_context(self.make_session())
        if self.commits:
            stack.enter_context(session.begin())
        return session


async def write_session(request: Request) -> Transaction:
    """One request, one transaction: commit on return, roll back on any exception."""
    return Transaction(request.app.state.make_session, commits=True)


async def read_session(request: Request) -> Transaction:
    """Read only: PostgreSQL itself refuses a write, and nothing is committed."""
    return Transaction(request.app.state.make_read_session, commits=False)


# What a route names it is given open: `app.core.turns` opens it in the thread that runs the route, and commits before
# the response leaves.
WriteSession = Annotated[Session, Depends(write_session)]
ReadSession = Annotated[Session, Depends(read_session)]
