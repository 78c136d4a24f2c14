"""A roster comes in from the terminal."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from app.cli import app
from app.core.clock import utc_now
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.demo.seed import seed_demonstration

KEY = "a key for the command, long enough to be one"


@pytest.fixture
def urls(empty_database: DatabaseUrls) -> DatabaseUrls:
    """An installation with one campaign, that Ana interviews in."""
    migrate(empty_database.owner)
    vault = Vault.from_settings(Settings(_env_file=None, secret_key=SecretStr(KEY)))
    engine = create_engine(empty_database.application)
    with Session(engine) as session, session.begin():
        seed_demonstration(session, vault, players=0, numbers=2, seed=1, now=utc_now())
    engine.dispose()
    return empty_database


def test_a_roster_is_imported_once_and_bad_rows_are_named(urls: DatabaseUrls, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("login,starts,ends\nana,2026-11-23 09:00,2026-11-23 13:00\nbao,x,y\n", "utf-8")
    env = {"SECRET_KEY": KEY, "DATABASE_URL": urls.application, "MIGRATION_DATABASE_URL": urls.owner}

    def bring() -> Result:
        return CliRunner().invoke(app, ["import-roster", "1", str(roster)], env=env)

    first = bring()
    assert first.exit_code == 0, first.output
    assert "1 shifts added, 0 were there, 1 rows refused" in first.output
    assert "row 3, column starts" in first.output
    assert "0 shifts added, 1 were there" in bring().output
