"""What whoever runs an installation does at a terminal."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.core.embedded import DatabaseUrls

KEY = "a key for the command, long enough to be one"
PASSWORD = "words that are long enough"


class Terminal:
    """A terminal on a production installation of its own."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.env = {
            "DEMONSTRATION": "false",
            "SECRET_KEY": KEY,
            "DATABASE_URL": urls.application,
            "MIGRATION_DATABASE_URL": urls.owner,
        }

    def run(self, *words: str, **env: str) -> Result:
        return CliRunner().invoke(app, list(words), env={**self.env, **env})

    def add(self, login: str, *, role: str) -> Result:
        return self.run("people", "add", login, login.title(), "--role", role, "--password", PASSWORD)


@pytest.fixture
def terminal(empty_database: DatabaseUrls) -> Terminal:
    terminal = Terminal(empty_database)
    assert terminal.run("migrate").exit_code == 0
    return terminal


def test_a_prepared_installation_is_found_sound_and_its_record_whole(terminal: Terminal) -> None:
    terminal.add("ada", role="administrator")
    assert "production" in terminal.run("check").output
    verified = terminal.run("audit", "verify")
    assert (verified.exit_code, "whole" in verified.output) == (0, True)


def test_an_interviewer_is_certified_by_the_names_that_people_use(terminal: Terminal) -> None:
    terminal.add("ana", role="interviewer")
    assert terminal.run("people", "certify", "ana", "普通话=interviews", "白话=converses").exit_code == 0
    refused = terminal.run("people", "certify", "ana", "普通话=best")
    assert (refused.exit_code, "not best" in refused.output) == (1, True)
    assert "Nobody signs in as bob" in terminal.run("people", "certify", "bob", "普通话=interviews").output


def test_a_wrong_setting_is_named_with_what_to_do(terminal: Terminal) -> None:
    refused = terminal.run("check", SECRET_KEY="short")
    assert (refused.exit_code, "openssl rand" in refused.output) == (2, True)


def test_the_demonstrations_key_is_refused_in_production(terminal: Terminal) -> None:
    refused = terminal.run("check", SECRET_KEY="demonstration-only-not-a-secret-0")
    assert (refused.exit_code, "SECRET_KEY is the demonstration's" in refused.output) == (2, True)


def test_a_list_without_numbers_and_an_unknown_campaign_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("name\nsomebody\n", "utf-8")
    refused = terminal.run("import", "1", str(listed))
    assert (refused.exit_code, "No column holds telephone numbers" in refused.output) == (1, True)
    assert terminal.run("export", "1", str(tmp_path / "out.ndjson")).exit_code == 1


def test_a_better_table_of_shares_is_imported_row_by_row(terminal: Terminal, tmp_path: Path) -> None:
    shares = tmp_path / "shares.csv"
    header = "admin_code,lect,weight,source,source_licence,as_of"
    rows = ("520100,西南官话,0.7,census,CC0,2026-01-01", "520100,苗话嘛,0.1,census,CC0,2026-01-01")
    shares.write_text("\n".join((header, *rows)), "utf-8")
    said = terminal.run("import-table", "priors", str(shares))
    assert (said.exit_code, "1 of 2 rows imported" in said.output) == (0, True)
    assert "row 3" in said.output


def test_a_client_is_added_with_its_scopes(terminal: Terminal) -> None:
    words = ("clients", "add", "scoring", "Scoring", "--scope", "responses:read", "--secret", PASSWORD)
    assert terminal.run(*words).exit_code == 0
    assert terminal.run(*words).exit_code == 1


def test_the_demonstration_prints_its_table_and_writes_it_for_programs(tmp_path: Path) -> None:
    figures = tmp_path / "day.json"
    words = ["demo", "--interviewers", "2", "--completes", "1", "--seed", "3", "--json", str(figures)]
    played = CliRunner().invoke(app, words, env={"DATA_DIR": str(Path(__file__).resolve().parents[3] / "var/test-day")})
    assert played.exit_code == 0, played.output
    assert "completes pulled through REST" in played.output
    assert json.loads(figures.read_text("utf-8"))["pulled"] >= 1
