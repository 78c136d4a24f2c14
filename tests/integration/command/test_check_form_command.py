"""A questionnaire is checked on the command line before anybody is called."""

from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from app.cli import app
from app.questionnaires.workbook import EXAMPLES

HEAD = "|type|name|label::English (en)|relevant|constraint|required|\n"
MakeWorkbook = Callable[..., bytes]


def check(path: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check-form", str(path), *options])
    return done.exit_code, " ".join(done.output.split())


def test_a_shipped_form_is_sound_and_its_interviews_end() -> None:
    status, said = check(EXAMPLES / "household-health.xlsx", "--runs", "50")
    assert status == 0
    assert said.startswith("50 interviews came to an end; the longest had")


def test_a_fault_is_named_with_its_cell(tmp_path: Path, make_workbook: MakeWorkbook) -> None:
    (tmp_path / "bad.xlsx").write_bytes(make_workbook(survey=HEAD + "|geopoint|where|Where?||||"))
    status, said = check(tmp_path / "bad.xlsx")
    assert status == 1
    assert "survey!A2: A question of type geopoint cannot be asked over the telephone." in said


def test_what_nobody_comes_to_and_what_takes_no_answer_is_named(tmp_path: Path, make_workbook: MakeWorkbook) -> None:
    rows = "|integer|a|A?||||\n|integer|b|B?|${a} > 3 and ${a} < 2|||\n|integer|c|C?||. mod 2 = 7|yes|"
    (tmp_path / "odd.xlsx").write_bytes(make_workbook(survey=HEAD + rows))
    status, said = check(tmp_path / "odd.xlsx", "--runs", "20")
    assert status == 0
    assert "b: came up in no interview." in said
    assert "c: took none of many answers." in said


def test_a_form_without_an_end_is_refused(tmp_path: Path, make_workbook: MakeWorkbook) -> None:
    odd, even = "${b} = '' or (. + ${b}) mod 2 = 1", "(. + ${a}) mod 2 = 0"
    rows = f"|integer|a|A?||{odd}|yes|\n|integer|b|B?||{even}|yes|"
    (tmp_path / "endless.xlsx").write_bytes(make_workbook(survey=HEAD + rows))
    status, said = check(tmp_path / "endless.xlsx", "--runs", "3")
    assert status == 1
    assert "came to no end" in said
