"""The schema that Alembic builds is the one the models describe, up and down again."""

from alembic import command
from sqlalchemy import create_engine, text

from app.core.db import Base
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate, migration_config


def privileges(urls: DatabaseUrls, table: str) -> set[str]:
    asked = text(
        "SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege"
        " WHERE has_table_privilege(current_user, :table, privilege)"
    )
    engine = create_engine(urls.application)
    with engine.connect() as connection:
        held = set(connection.scalars(asked, {"table": f'public."{table}"'}))
    engine.dispose()
    return held


def test_the_models_and_the_migrations_do_not_drift(database: DatabaseUrls) -> None:
    command.check(migration_config(database.owner))


def test_the_application_can_rewrite_no_history(database: DatabaseUrls) -> None:
    for table in Base.metadata.tables.values():
        expected = {"SELECT", "INSERT"} if table.info.get("append_only") else {"SELECT", "INSERT", "UPDATE", "DELETE"}
        assert privileges(database, table.name) == expected, table.name


def test_migrations_go_down_and_up_again(empty_database: DatabaseUrls) -> None:
    migrate(empty_database.owner)
    command.downgrade(migration_config(empty_database.owner), "base")
    migrate(empty_database.owner)
    command.check(migration_config(empty_database.owner))
