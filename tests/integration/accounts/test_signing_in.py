"""Signing in, staying signed in, and being slowed down when guessing."""

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.domain import Principal
from app.accounts.models import BrowserSession, Person, SignInFailure
from app.accounts.passwords import token_hash
from app.accounts.service import WrongCredentialsError, note_seen, sign_in, sign_out, signed_in_by
from app.accounts.throttling import ThrottledError
from app.audit.models import AuditEntry

OFFICE = "10.0.0.7"


class Door:
    """Tries logins and passwords as the sign-in page does."""

    def __init__(self, session: Session, hasher: PasswordHasher, now: datetime) -> None:
        self.session, self.hasher, self.now = session, hasher, now

    def knock(self, login: str, password: str, *, address: str = OFFICE, later: timedelta = timedelta(0)) -> str | None:
        when = self.now + later
        try:
            token, _ = sign_in(
                self.session, login=login, password=password, address=address, now=when, hasher=self.hasher
            )
        except WrongCredentialsError:
            return None
        return token


@pytest.fixture
def door(session: Session, cheap_hasher: PasswordHasher, now: datetime) -> Door:
    return Door(session, cheap_hasher, now)


def recognised(session: Session, token: str, *, now: datetime) -> Principal | None:
    """Recognise whoever sends a request, as a route does."""
    known = signed_in_by(session, token, now=now)
    if known is None:
        return None
    if known.is_to_be_noted(now):
        note_seen(session, token, now=now)
    return known.principal


def test_the_right_password_opens_a_session(door: Door, session: Session, ana: Person, password: str) -> None:
    token = door.knock(" Ana ", password)
    assert token is not None
    principal = recognised(session, token, now=door.now)
    assert principal is not None
    assert (principal.actor, principal.display_name) == (f"person:{ana.id}", "Ana")


@pytest.mark.parametrize(("login", "typed"), [("ana", "wrong"), ("nobody", "wrong"), ("", ""), ("an\0a", "wrong")])
def test_anything_else_opens_nothing(door: Door, session: Session, ana: Person, *, login: str, typed: str) -> None:
    assert door.knock(login, typed) is None
    assert session.scalar(select(func.count()).select_from(BrowserSession)) == 0


def test_somebody_who_left_neither_enters_nor_stays(door: Door, session: Session, ana: Person, password: str) -> None:
    token = door.knock("ana", password)
    ana.is_active = False
    session.flush()
    assert token is not None
    assert recognised(session, token, now=door.now) is None
    assert door.knock("ana", password) is None


def test_only_the_hash_of_a_token_is_kept(door: Door, session: Session, ana: Person, password: str) -> None:
    token = door.knock("ana", password)
    assert token is not None
    assert session.scalars(select(BrowserSession.token_hash)).all() == [token_hash(token)]


def test_ten_failures_close_the_door_for_a_quarter_of_an_hour(door: Door, ana: Person, password: str) -> None:
    for _ in range(10):
        assert door.knock("ana", "wrong") is None
    with pytest.raises(ThrottledError):
        door.knock("ana", password)
    assert door.knock("ana", password, address="10.0.0.8") is not None
    assert door.knock("ana", password, later=timedelta(minutes=15)) is not None


def test_unknown_logins_are_throttled_alike(door: Door) -> None:
    for _ in range(10):
        door.knock("nobody", "wrong")
    with pytest.raises(ThrottledError):
        door.knock("nobody", "wrong")


def test_one_address_cannot_go_through_all_logins(door: Door) -> None:
    for number in range(100):
        door.knock(f"person{number}", "wrong")
    with pytest.raises(ThrottledError):
        door.knock("person100", "wrong")


def test_many_addresses_cannot_share_one_login(door: Door) -> None:
    for number in range(50):
        door.knock("nobody", "wrong", address=f"10.0.1.{number}")
    with pytest.raises(ThrottledError):
        door.knock("nobody", "wrong", address="10.0.2.1")


def test_a_success_forgets_the_clumsy_tries_before_it(door: Door, ana: Person, password: str) -> None:
    for _ in range(9):
        door.knock("ana", "wrong")
    assert door.knock("ana", password) is not None
    for _ in range(9):
        door.knock("ana", "wrong")
    assert door.knock("ana", password) is not None


def test_failures_are_not_kept_for_ever(door: Door, session: Session) -> None:
    door.knock("nobody", "wrong")
    door.knock("nobody", "wrong", later=timedelta(days=2))
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1


@pytest.mark.parametrize(
    ("seen_after_hours", "signed_in"),
    [([7.9], True), ([8], False), ([7, 14, 21, 23.9], True), ([7, 14, 21, 24], False)],
)
def test_a_session_ends_after_eight_idle_hours_or_a_day(
    door: Door, session: Session, ana: Person, *, password: str, seen_after_hours: list[float], signed_in: bool
) -> None:
    token = door.knock("ana", password)
    assert token is not None
    principals = [recognised(session, token, now=door.now + timedelta(hours=hours)) for hours in seen_after_hours]
    assert (principals[-1] is not None) == signed_in


def test_being_seen_is_written_once_a_minute(door: Door, session: Session, ana: Person, password: str) -> None:
    token = door.knock("ana", password)
    assert token is not None
    seen = []
    for seconds in (30, 59, 60, 90):
        recognised(session, token, now=door.now + timedelta(seconds=seconds))
        seen.append((session.scalar(select(BrowserSession.last_seen_at)) or door.now) - door.now)
    assert seen == [timedelta(0), timedelta(0), timedelta(seconds=60), timedelta(seconds=60)]


def test_a_signed_out_token_is_worthless(door: Door, session: Session, ana: Person, password: str) -> None:
    token = door.knock("ana", password)
    assert token is not None
    sign_out(session, token, now=door.now)
    sign_out(session, token, now=door.now)
    assert recognised(session, token, now=door.now) is None


def test_signing_in_is_recorded_without_what_was_typed(
    door: Door, session: Session, ana: Person, password: str
) -> None:
    door.knock("ana", password)
    door.knock("my-secret-words", "wrong")
    acts = session.execute(select(AuditEntry.act, AuditEntry.subject, AuditEntry.details).order_by(AuditEntry.position))
    last_two = [tuple(row) for row in acts][-2:]
    assert last_two == [
        ("session.opened", f"person:{ana.id}", {}),
        ("session.refused", "person:unknown", {"address": OFFICE}),
    ]
