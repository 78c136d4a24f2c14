"""People, what they are to campaigns, and how they and API clients prove who they are."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Numbered


class Person(Numbered, Base):
    """Somebody who works here and can sign in."""

    __tablename__ = "person"

    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=true())


class Membership(Numbered, Base):
    """A role that a person has in one campaign, or in every one."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "campaign_id", "role", postgresql_nulls_not_distinct=True),)

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    campaign_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    role: Mapped[str]


class BrowserSession(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "browser_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiClient(Numbered, Base):
    """A program that pulls results."""

    __tablename__ = "api_client"

    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    campaign_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))  # NULL: every campaign
    is_active: Mapped[bool] = mapped_column(server_default=true())


class ApiToken(Base):
    """A client's short-lived access token, kept as its hash."""

    __tablename__ = "api_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    api_client_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("api_client.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]


class SignInFailure(Numbered, Base):
    """A wrong password or secret, counted for a while to slow down guessing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_login_key_at", "login_key", "at"),
        Index("ix_sign_in_failure_address_at", "address", "at"),
    )

    login_key: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
