"""Bring a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def migration_config(owner_url: str) -> Config:
    """Point Alembic at this project's migrations and one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return config


def migrate(owner_url: str, *, revision: str = "head") -> None:
    """Upgrade the schema as its owner; running it twice changes nothing."""
    command.upgrade(migration_config(owner_url), revision)
