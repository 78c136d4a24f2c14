"""Who can be added as a person."""

import pytest

from app.accounts.domain import check_person, normal_login
from app.core.errors import InvalidInputError


def faults_of_person(**changes: str) -> set[str]:
    person = {"login": "ana", "display_name": "Ana", "password": "long enough words", "locale": "en", **changes}
    try:
        check_person(**person)
    except InvalidInputError as error:
        return {fault.where for fault in error.faults}
    return set()


def test_a_complete_person_is_accepted() -> None:
    assert faults_of_person() == set()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("login", "a"),
        ("login", "安娜"),
        ("login", "ana bao"),
        ("display_name", "  "),
        ("password", "short"),
        ("locale", "zh"),
    ],
)
def test_a_fault_is_named_by_its_field(field: str, text: str) -> None:
    assert faults_of_person(**{field: text}) == {field}


def test_the_login_is_no_password() -> None:
    assert faults_of_person(login="ana.li.field", password="Ana.Li.Field") == {"password"}


def test_every_fault_is_named_at_once() -> None:
    assert faults_of_person(login="", password="", display_name="") == {"login", "password", "display_name"}


@pytest.mark.parametrize(("typed", "stored"), [(" Ana ", "ana"), ("AN\0A", "ana"), ("x" * 99, "x" * 64)])
def test_a_login_is_found_however_it_is_typed(typed: str, stored: str) -> None:
    assert normal_login(typed) == stored
