"""Slow down guessing of passwords and secrets."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import SignInFailure
from app.core.errors import TooManyRequestsError

WINDOW: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=1)
FAILURES_PER_PAIR: Final = 10  # one login tried from one address
# An office shares one address and a botnet shares one login, so these two are wider.
FAILURES_PER_LOGIN: Final = 50
FAILURES_PER_ADDRESS: Final = 100


class ThrottledError(TooManyRequestsError):
    """Too many failed sign-ins. Wait 15 minutes and try again."""

    headers: ClassVar[Mapping[str, str]] = {"Retry-After": str(int(WINDOW.total_seconds()))}


def refuse_guessing(session: Session, *, login_key: str, address: str, now: datetime) -> None:
    """Raise ThrottledError when this login or address failed too often of late."""
    same_login, same_address = SignInFailure.login_key == login_key, SignInFailure.address == address
    counts = select(
        func.count().filter(same_login, same_address),
        func.count().filter(same_login),
        func.count().filter(same_address),
    ).where(or_(same_login, same_address), _recent(now))
    found = session.execute(counts).one()
    limits = (FAILURES_PER_PAIR, FAILURES_PER_LOGIN, FAILURES_PER_ADDRESS)
    if any(count >= limit for count, limit in zip(found, limits, strict=True)):
        raise ThrottledError


def remember_failure(session: Session, *, login_key: str, address: str, now: datetime) -> None:
    """Count one failure; it only counts if the caller lets this transaction commit."""
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - KEPT))
    session.add(SignInFailure(login_key=login_key, address=address, at=now))
    session.flush()


def forget_failures(session: Session, *, login_key: str, address: str) -> None:
    """Begin anew after a success, so that a clumsy morning does not add up."""
    session.execute(delete(SignInFailure).where(SignInFailure.login_key == login_key, SignInFailure.address == address))


def _recent(now: datetime) -> ColumnElement[bool]:
    return SignInFailure.at > now - WINDOW
