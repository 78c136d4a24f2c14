"""API clients and their short-lived access tokens (OAuth 2 client credentials)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.domain import Principal, Scope, grants_of, normal_login
from app.accounts.models import ApiClient, ApiToken
from app.accounts.passwords import HASHER, matches, new_token, token_hash
from app.accounts.throttling import forget_failures, refuse_guessing, remember_failure
from app.audit import service as audit
from app.core.errors import BadRequestError, ConflictError, NotSignedInError

TOKEN_LIFETIME: Final = timedelta(minutes=15)


class ClientTakenError(ConflictError):
    """This client id is taken; choose another."""


class WrongSecretError(NotSignedInError):
    """Client id and secret do not match."""


class InvalidScopeError(BadRequestError):
    """This client may not have a scope that it asked for."""


@dataclass(frozen=True)
class IssuedToken:
    """An access token as handed to the client, once."""

    token: str
    scopes: tuple[Scope, ...]
    lifetime: timedelta


def create_client(
    session: Session,
    *,
    client_id: str,
    name: str,
    secret: str,
    scopes: Collection[Scope],
    campaign_ids: Collection[int] | None = None,
    actor: str = "system",
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> ApiClient:
    """Add a program that may pull results of these campaigns; None means of every one."""
    client: ApiClient | None = session.scalar(
        insert(ApiClient)
        .values(
            client_id=normal_login(client_id),
            name=name,
            secret_hash=hasher.hash(secret),
            scopes=sorted(scope.value for scope in scopes),
            campaign_ids=None if campaign_ids is None else sorted(campaign_ids),
        )
        .on_conflict_do_nothing(index_elements=[ApiClient.client_id])
        .returning(ApiClient)
    )
    if client is None:
        raise ClientTakenError
    audit.record(
        session,
        "client.created",
        actor=actor,
        subject=f"client:{client.id}",
        details={"scopes": client.scopes, "campaigns": client.campaign_ids},
        now=now,
    )
    return client


def issue_token(
    session: Session,
    *,
    client_id: str,
    secret: str,
    scopes: Collection[str],
    address: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> IssuedToken:
    """Exchange a client's secret for a token; without scopes it gets all it may have.

    Raises InvalidScopeError, ThrottledError, or WrongSecretError: that one must be caught and
    answered by the route, because passing it on would roll back the counted failure.
    """
    client_id = normal_login(client_id)
    login_key = f"client {client_id}"
    refuse_guessing(session, login_key=login_key, address=address, now=now)
    client = session.scalar(select(ApiClient).where(ApiClient.client_id == client_id, ApiClient.is_active))
    if not matches(secret, client.secret_hash if client else None, hasher=hasher) or client is None:
        remember_failure(session, login_key=login_key, address=address, now=now)
        subject = f"client:{client.id}" if client else "client:unknown"
        audit.record(
            session, "token.refused", actor="anonymous", subject=subject, details={"address": address}, now=now
        )
        raise WrongSecretError
    forget_failures(session, login_key=login_key, address=address)
    return _new_token(session, client, _chosen(client, scopes), now=now)


def _chosen(client: ApiClient, asked: Collection[str]) -> tuple[Scope, ...]:
    allowed = set(client.scopes)
    if not set(asked) <= allowed:
        raise InvalidScopeError
    return tuple(Scope(scope) for scope in sorted(set(asked) or allowed))


def _new_token(session: Session, client: ApiClient, scopes: tuple[Scope, ...], *, now: datetime) -> IssuedToken:
    session.execute(delete(ApiToken).where(ApiToken.api_client_id == client.id, ApiToken.expires_at <= now))
    token = new_token()
    session.add(
        ApiToken(
            token_hash=token_hash(token),
            api_client_id=client.id,
            scopes=[scope.value for scope in scopes],
            expires_at=now + TOKEN_LIFETIME,
        )
    )
    session.flush()
    actor = f"client:{client.id}"
    audit.record(session, "token.issued", actor=actor, subject=actor, now=now)
    return IssuedToken(token, scopes, TOKEN_LIFETIME)


def principal_of_token(session: Session, token: str, *, now: datetime) -> Principal | None:
    """Know a client again by its token, or None once the token is over or the client closed."""
    row = session.execute(
        select(ApiClient, ApiToken.scopes)
        .join(ApiToken, ApiToken.api_client_id == ApiClient.id)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.expires_at > now, ApiClient.is_active)
    ).first()
    return None if row is None else _principal(row[0], row[1])


def _principal(client: ApiClient, token_scopes: list[str]) -> Principal:
    # A scope taken from the client ends at once, also for tokens already handed out.
    scopes = [Scope(scope) for scope in token_scopes if scope in client.scopes]
    campaigns: list[int] | list[None] = [None] if client.campaign_ids is None else client.campaign_ids
    return Principal(
        kind="client",
        id=client.id,
        login=client.client_id,
        display_name=client.name,
        locale="en",
        grants=grants_of((scope, campaign) for scope in scopes for campaign in campaigns),
    )
