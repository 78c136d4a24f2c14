"""Add people, give them roles, sign them in and out, and know them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.domain import Principal, Role, check_person, grants_of, normal_login
from app.accounts.models import BrowserSession, Membership, Person
from app.accounts.passwords import HASHER, matches, new_token, token_hash
from app.accounts.throttling import forget_failures, refuse_guessing, remember_failure
from app.audit import service as audit
from app.core.errors import ConflictError, NotFoundError, NotSignedInError
from app.core.straight import rows

IDLE: Final = timedelta(hours=8)
LIFETIME: Final = timedelta(hours=24)
SEEN_EVERY: Final = timedelta(minutes=1)


class LoginTakenError(ConflictError):
    """This login is taken; choose another."""


class WrongCredentialsError(NotSignedInError):
    """Login and password do not match. Check both and try again."""


def create_person(
    session: Session,
    *,
    login: str,
    display_name: str,
    password: str,
    locale: str = "zh-CN",
    actor: str = "system",
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> Person:
    """Add somebody who may sign in and, until given a role, do nothing.

    Raises InvalidInputError with every fault, or LoginTakenError.
    """
    login = normal_login(login)
    check_person(login=login, display_name=display_name, password=password, locale=locale)
    values = {"login": login, "display_name": display_name.strip(), "locale": locale}
    person: Person | None = session.scalar(
        insert(Person)
        .values(**values, password_hash=hasher.hash(password))
        .on_conflict_do_nothing(index_elements=[Person.login])
        .returning(Person)
    )
    if person is None:
        raise LoginTakenError
    audit.record(session, "person.created", actor=actor, subject=f"person:{person.id}", now=now)
    return person


def grant_role(
    session: Session,
    person: Person,
    role: Role,
    *,
    campaign_id: int | None = None,
    actor: str = "system",
    now: datetime,
) -> None:
    """Give a role in one campaign, or in every one; giving it twice changes nothing."""
    given = session.scalar(
        insert(Membership)
        .values(person_id=person.id, campaign_id=campaign_id, role=role.value)
        .on_conflict_do_nothing()
        .returning(Membership.id)
    )
    if given is None:
        return
    audit.record(
        session,
        "role.granted",
        actor=actor,
        subject=f"person:{person.id}",
        campaign_id=campaign_id,
        details={"role": role.value},
        now=now,
    )


def withdraw_role(
    session: Session,
    person: Person,
    role: Role,
    *,
    campaign_id: int | None = None,
    actor: str = "system",
    now: datetime,
) -> None:
    """Take a role back; the next request already finds it gone."""
    held = delete(Membership).where(
        Membership.person_id == person.id,
        Membership.campaign_id.is_not_distinct_from(campaign_id),
        Membership.role == role.value,
    )
    if session.scalar(held.returning(Membership.id)) is None:
        return
    audit.record(
        session,
        "role.withdrawn",
        actor=actor,
        subject=f"person:{person.id}",
        campaign_id=campaign_id,
        details={"role": role.value},
        now=now,
    )


def find_person(session: Session, login: str) -> Person:
    """Return somebody by the login; raises NotFoundError."""
    person = session.scalar(select(Person).where(Person.login == normal_login(login)))
    if person is None:
        raise NotFoundError("Nobody signs in as %(login)s.", login=login)
    return person


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by their ids; None among the ids is nobody."""
    wanted = [person_id for person_id in ids if person_id is not None]
    found = session.execute(select(Person.id, Person.display_name).where(Person.id.in_(wanted)))
    return {person_id: name for person_id, name in found}  # noqa: C416  a row is no pair to the type checker


def roles_of(session: Session, person_id: int) -> list[Role]:
    """Return the distinct roles that a person has anywhere, in the order of the table."""
    held = set(session.scalars(select(Membership.role).where(Membership.person_id == person_id)))
    return [role for role in Role if role.value in held]


def sign_in(
    session: Session,
    *,
    login: str,
    password: str,
    address: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> tuple[str, Person]:
    """Open a browser session and return its token and its person.

    Raises ThrottledError after too many failures, else WrongCredentialsError: that one must be
    caught and answered by the route, because passing it on would roll back the counted failure.
    """
    login_key = normal_login(login)
    refuse_guessing(session, login_key=login_key, address=address, now=now)
    person = session.scalar(select(Person).where(Person.login == login_key))
    known = person if person is not None and person.is_active else None
    if not matches(password, known.password_hash if known else None, hasher=hasher) or known is None:
        remember_failure(session, login_key=login_key, address=address, now=now)
        # Never the login as typed: people type their password there by mistake.
        subject = f"person:{person.id}" if person else "person:unknown"
        audit.record(
            session, "session.refused", actor="anonymous", subject=subject, details={"address": address}, now=now
        )
        raise WrongCredentialsError
    forget_failures(session, login_key=login_key, address=address)
    return _open_session(session, known, now=now), known


def _open_session(session: Session, person: Person, *, now: datetime) -> str:
    token = new_token()
    stale = or_(BrowserSession.expires_at <= now, BrowserSession.last_seen_at <= now - IDLE)
    session.execute(delete(BrowserSession).where(BrowserSession.person_id == person.id, stale))
    session.add(
        BrowserSession(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    actor = f"person:{person.id}"
    audit.record(session, "session.opened", actor=actor, subject=actor, now=now)
    return token


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End one browser session; an unknown token is not an error."""
    gone = delete(BrowserSession).where(BrowserSession.token_hash == token_hash(token))
    person_id = session.scalar(gone.returning(BrowserSession.person_id))
    if person_id is not None:
        actor = f"person:{person_id}"
        audit.record(session, "session.closed", actor=actor, subject=actor, now=now)


# One round trip: this runs before every request.
WHO_IS_SIGNED_IN: Final = """
    SELECT person.id, person.login, person.display_name, person.locale, browser_session.last_seen_at,
        (SELECT json_agg(json_build_array(role, campaign_id)) FROM membership WHERE person_id = person.id) AS roles
    FROM browser_session JOIN person ON person.id = browser_session.person_id
    WHERE token_hash = %(key)s AND expires_at > %(now)s AND last_seen_at > %(idle_since)s AND person.is_active
"""


@dataclass(frozen=True)
class SignedIn:
    """A person with an open browser session, as `WHO_IS_SIGNED_IN` reads them."""

    id: int
    login: str
    display_name: str
    locale: str
    last_seen_at: datetime
    roles: list[tuple[str, int | None]] | None

    @property
    def principal(self) -> Principal:
        """Who that is, and what they may do."""
        return Principal(
            kind="person",
            id=self.id,
            login=self.login,
            display_name=self.display_name,
            locale=self.locale,
            grants=grants_of((Role(role), campaign_id) for role, campaign_id in self.roles or ()),
        )

    def is_to_be_noted(self, now: datetime) -> bool:
        """Tell whether their last noted request is some time ago."""
        return self.last_seen_at <= now - SEEN_EVERY


def signed_in_for(token: str, *, now: datetime) -> dict[str, object]:
    """Return what `WHO_IS_SIGNED_IN` is bound to."""
    return {"key": token_hash(token), "now": now, "idle_since": now - IDLE}


def signed_in_by(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Know a signed-in person again, or None once the session is over or the person left."""
    known = rows(session, SignedIn, WHO_IS_SIGNED_IN, **signed_in_for(token, now=now))
    return known[0] if known else None


def note_seen(session: Session, token: str, *, now: datetime) -> None:
    """Push the idle limit back; the guard keeps parallel requests from writing twice."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.token_hash == token_hash(token), BrowserSession.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now)
    )
