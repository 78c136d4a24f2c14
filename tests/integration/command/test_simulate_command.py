"""Rules are tried from the terminal, on people that nobody calls."""

import json
import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from app.cli import app
from app.core.clock import utc_now
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.demo.seed import seed_demonstration
from app.questionnaires.workbook import EXAMPLES

KEY = "a key for the command, long enough to be one"


def simulate(*words: str, **env: str) -> Result:
    return CliRunner().invoke(app, ["simulate", "--seeds", "2", "--processes", "1", *words], env=env)


@pytest.fixture
def urls(empty_database: DatabaseUrls) -> DatabaseUrls:
    """An installation with the demonstration's campaign and sixty numbers."""
    migrate(empty_database.owner)
    vault = Vault.from_settings(Settings(_env_file=None, secret_key=SecretStr(KEY)))
    engine = create_engine(empty_database.application)
    with Session(engine) as session, session.begin():
        seed_demonstration(session, vault, players=2, numbers=60, seed=1, now=utc_now())
    engine.dispose()
    return empty_database


def rows(urls: DatabaseUrls) -> dict[str, int]:
    """Count what is in every table."""
    engine = create_engine(urls.owner)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in tables}
    engine.dispose()
    return found


def test_without_a_database_the_shipped_plan_is_tried(tmp_path: Path) -> None:
    figures = tmp_path / "found.json"
    done = simulate("--numbers", "60", "--days", "1", "--compare", "--population", "base", "--json", str(figures))
    assert done.exit_code == 0, done.output
    assert "misread per 100 contacts" in done.output
    document = json.loads(figures.read_text("utf-8"))
    assert (document["campaign"]["numbers"], document["campaign"]["interviewers"]) == (60, 8)
    assert len(document["ways"]) == 3


def test_a_campaign_is_replayed_and_nothing_is_written(urls: DatabaseUrls, tmp_path: Path) -> None:
    before, figures = rows(urls), tmp_path / "found.json"
    env = {"SECRET_KEY": KEY, "DATABASE_URL": urls.application, "MIGRATION_DATABASE_URL": urls.owner}
    done = simulate("--campaign", "1", "--days", "1", "--json", str(figures), **env)
    assert done.exit_code == 0, done.output
    campaign = json.loads(figures.read_text("utf-8"))["campaign"]
    assert (campaign["numbers"], campaign["days"]) == (60, 1)
    assert campaign["form"]["id"] == "public_safety"
    assert rows(urls) == before
    assert before["survey_case"] == 60


def test_a_plan_that_cannot_be_used_is_named_by_its_field(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("two_numbers = 2\nshifts = 3\n", "utf-8")
    refused = simulate("--plan", str(plan))
    assert refused.exit_code == 1
    assert "two_numbers: Must be at most 1" in refused.output
    assert "shifts: Unknown field" in refused.output


def test_an_index_that_does_not_fit_is_left_out_and_said(tmp_path: Path, other_form: bytes) -> None:
    form = tmp_path / "other.xlsx"
    form.write_bytes(other_form)
    done = simulate("--form", str(form), "--numbers", "40", "--days", "1")
    assert done.exit_code == 0, done.output
    assert "No index is measured" in done.output
    assert "bias" not in done.output


@pytest.mark.parametrize("name", ["household-health.xlsx", "customer-satisfaction.xlsx"])
def test_the_simulated_people_answer_every_shipped_form(tmp_path: Path, name: str) -> None:
    done = simulate("--form", str(EXAMPLES / name), "--numbers", "60", "--days", "1", "--json", str(tmp_path / "found"))
    assert done.exit_code == 0, done.output
    assert re.search(r"complete +[1-9]", done.output)


@pytest.fixture
def other_form(make_workbook: object) -> bytes:
    """A questionnaire of two questions."""
    assert callable(make_workbook)
    survey = "|type|name|label::English (en)|required|\n|integer|age|How old?|yes|\n|select_one yn|glad|Glad?|yes|"
    choices = "|list_name|name|label::English (en)|\n|yn|1|Yes|\n|yn|0|No|"
    source: bytes = make_workbook(survey=survey, choices=choices)
    return source
