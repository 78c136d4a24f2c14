"""Open a sampled unit's number or name for a call, and keep the list of those who may not be called."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.core.errors import NotFoundError
from app.core.privacy import Vault
from app.core.straight import rows
from app.languages.numbers import read_number
from app.sampling.models import ContactPreference, DoNotCall, PhoneNumber, RespondentName

_OF_UNIT: Final = (
    select(PhoneNumber).where(PhoneNumber.sample_unit_id == bindparam("sample_unit_id")).order_by(PhoneNumber.position)
)
_LISTED: Final = """
    SELECT phone_number.position FROM phone_number JOIN do_not_call USING (fingerprint)
    WHERE sample_unit_id = %(unit)s LIMIT 1
"""


@dataclass(frozen=True)
class _Listed:
    position: int


class UnknownNumberError(NotFoundError):
    """There is no such telephone number in the sample."""


def numbers_of(session: Session, sample_unit_id: int) -> Sequence[PhoneNumber]:
    """Return the unit's numbers in the order of the list; they show `masked`, never the number."""
    return session.scalars(_OF_UNIT, {"sample_unit_id": sample_unit_id}).all()


def reveal_number(session: Session, sample_unit_id: int, vault: Vault, *, position: int = 1) -> str:
    """Return a number in E.164, for dialling only; never log it. Raises UnknownNumberError."""
    of_unit = select(PhoneNumber.ciphertext).where(
        PhoneNumber.sample_unit_id == sample_unit_id, PhoneNumber.position == position
    )
    ciphertext = session.scalar(of_unit)
    if ciphertext is None:
        raise UnknownNumberError
    return vault.decrypt(ciphertext)


def reveal_name(session: Session, sample_unit_id: int, vault: Vault) -> str | None:
    """Return the respondent's name where the list gave one."""
    name = session.get(RespondentName, sample_unit_id)
    return vault.decrypt(name.ciphertext) if name else None


def add_do_not_call(
    session: Session,
    number: str,
    reason: str,
    *,
    region: str,
    vault: Vault,
    added_by: int | None,
    now: datetime,
) -> DoNotCall:
    """Put a number on the list of every campaign; one that is there already keeps its first reason.

    Raises InvalidInputError when it is no telephone number.
    """
    e164 = read_number(number, region=region).e164
    fingerprint = vault.fingerprint(e164)
    entry = {
        "fingerprint": fingerprint,
        "ciphertext": vault.encrypt(e164),
        "reason": reason,
        "added_at": now,
        "added_by": added_by,
    }
    added = session.scalar(insert(DoNotCall).values(entry).on_conflict_do_nothing().returning(DoNotCall.fingerprint))
    if added is not None:
        actor = "system" if added_by is None else f"person:{added_by}"
        subject = f"do_not_call:{fingerprint.hex()[:16]}"
        audit.record(session, "do_not_call.added", actor=actor, subject=subject, details={"reason": reason}, now=now)
    return session.get_one(DoNotCall, fingerprint)


def is_do_not_call(session: Session, sample_unit_id: int) -> bool:
    """Say whether any number of this unit is on the list; ask again right before every call."""
    return bool(rows(session, _Listed, _LISTED, unit=sample_unit_id))


def units_not_to_call(session: Session, sample_unit_ids: Collection[int]) -> frozenset[int]:
    """Return those of many units of which any number is on the list."""
    listed = (
        select(PhoneNumber.sample_unit_id)
        .join(DoNotCall, DoNotCall.fingerprint == PhoneNumber.fingerprint)
        .where(PhoneNumber.sample_unit_id.in_(sample_unit_ids))
    )
    return frozenset(session.scalars(listed))


def set_no_messages(
    session: Session, e164: str, *, vault: Vault, source: str, no_messages: bool, now: datetime
) -> None:
    """Keep whether the owner of a number wants messages; it says nothing about calls, and nothing about a survey."""
    fingerprint = vault.fingerprint(e164)
    known = session.get(ContactPreference, fingerprint, with_for_update=True)
    if (known.no_messages if known else False) == no_messages:
        return
    wish = {"no_messages": no_messages, "source": source, "changed_at": now}
    kept = insert(ContactPreference).values(fingerprint=fingerprint, **wish)
    session.execute(kept.on_conflict_do_update(index_elements=["fingerprint"], set_=wish))
    subject = f"contact_preference:{fingerprint.hex()[:16]}"
    details = {"no_messages": no_messages, "source": source}
    audit.record(session, "contact_preference.changed", actor="system", subject=subject, details=details, now=now)


def wants_no_messages(session: Session, fingerprint: bytes) -> bool:
    """Say whether the owner of a number has asked for no messages."""
    preference = session.get(ContactPreference, fingerprint)
    return preference is not None and preference.no_messages
