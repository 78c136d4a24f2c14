"""A played day is the main job on real input: the same seed repeats it, and REST gives every complete out once."""

from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core.settings import Settings
from app.demo.day import DayPlan, play_day
from app.demo.report import DayReport, table_of
from app.serve import serve_played

FOLDER = Path(__file__).resolve().parents[3] / "var" / "test-day"
pytestmark = pytest.mark.demo


def play(*, seed: int) -> DayReport:
    key = SecretStr("a key for a played day, long enough to be one")
    settings = Settings(_env_file=None, data_dir=FOLDER, secret_key=key)
    plan = DayPlan(interviewers=4, completes=6, seed=seed)
    return play_day(settings, serve_played, plan, show=lambda _reached, _at: None)


@cache
def first_day() -> DayReport:
    return play(seed=1)


def test_every_complete_is_pulled_exactly_once() -> None:
    day = first_day()
    assert day.completes >= 6
    assert day.pulled == day.completes == sum(sum(matches.values()) for matches in day.completes_by_lect.values())
    assert day.dials > day.contacts > day.completes


def test_the_same_seed_gives_the_same_day() -> None:
    assert play(seed=1) == first_day()


def test_the_table_names_what_was_counted() -> None:
    rows = list(table_of(first_day()).columns[0].cells)
    assert rows[:4] == ["dials", "contacts", "completes", "minutes of fieldwork"]
    assert rows[-1] == "completes pulled through REST"
