"""The settings and `.env.example` tell the same story, and production refuses the demonstration's key."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.core.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[3] / ".env.example"
# `# NAME=value`: every line is a default, shown but not set.
ASSIGNMENT = re.compile(r"^# ?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def example() -> dict[str, str]:
    return dict(ASSIGNMENT.findall(EXAMPLE.read_text(encoding="utf-8")))


def default_of(name: str) -> str:
    default = Settings.model_fields[name].default
    plain = default.get_secret_value() if isinstance(default, SecretStr) else default
    if isinstance(plain, tuple):
        return "[]"
    return "" if plain is None else str(plain).lower() if isinstance(plain, bool) else str(plain)


def test_the_example_lists_every_setting_and_nothing_else() -> None:
    assert set(example()) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_example_shows_the_default(name: str) -> None:
    assert example()[name.upper()] == default_of(name)


def test_every_setting_is_explained_above_its_line() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines) if ASSIGNMENT.match(line)]
    assert all(lines[number - 1].startswith("# ") and not ASSIGNMENT.match(lines[number - 1]) for number in numbers)


def test_an_environment_as_in_the_example_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in example():
        monkeypatch.delenv(name, raising=False)
    defaults = Settings(_env_file=None)
    for name, value in example().items():
        if value:
            monkeypatch.setenv(name, value)
    assert Settings(_env_file=None) == defaults


def test_outside_the_demonstration_the_shipped_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="SECRET_KEY is the demonstration's"):
        Settings(_env_file=None, demonstration=False)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="shorter than 32 characters"):
        Settings(_env_file=None, secret_key=SecretStr("short"))
