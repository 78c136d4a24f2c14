"""The numbers a campaign may call from: whoever is called sees one of these, and never another."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import CallerNumber, Campaign, CampaignNumber
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError

WRITE_NUMBER: Final = "Write the number as it is dialled: 3 to 15 digits, with + in front of a country code."
_NUMBER: Final = re.compile(r"\+?\d{3,15}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s()（）.-]+")
_OF_CAMPAIGN: Final = (
    select(CallerNumber, CampaignNumber)
    .join(CampaignNumber, CampaignNumber.caller_number_id == CallerNumber.id)
    .where(CampaignNumber.campaign_id == bindparam("campaign_id"))
    .order_by(CampaignNumber.retired_at.is_not(None), CallerNumber.id)
)


class UnknownCallerNumberError(NotFoundError):
    """This campaign has no caller number of that id."""


@dataclass(frozen=True)
class RegisteredNumber:
    """A number that a campaign calls from, or called from until it was retired."""

    id: int
    number: str
    registered_at: datetime
    retired_at: datetime | None


def read_caller_number(text: str) -> str:
    """Return a number as the network takes it; raises InvalidInputError."""
    number = _BETWEEN.sub("", text)
    if not _NUMBER.fullmatch(number):
        raise InvalidInputError("This is no telephone number.", (Fault("caller_number", WRITE_NUMBER),))
    return number


def register_number(session: Session, campaign: Campaign, text: str, *, actor: str, now: datetime) -> RegisteredNumber:
    """Let a campaign call from a number that the organisation holds; one that was retired counts again.

    Raises InvalidInputError for what is no number, and ConflictError for one that is registered already.
    """
    registered = first_number(session, campaign, text, actor=actor, now=now)
    _record(session, campaign, "caller_number.registered", number=registered.number, actor=actor, now=now)
    return registered


def first_number(session: Session, campaign: Campaign, text: str, *, actor: str, now: datetime) -> RegisteredNumber:
    """Register the number of a new campaign, whose own entry in the record speaks for it."""
    number = read_caller_number(text)
    session.execute(insert(CallerNumber).values(number=number, registered_at=now).on_conflict_do_nothing())
    held = session.scalars(select(CallerNumber).where(CallerNumber.number == number)).one()
    link = session.get(CampaignNumber, (campaign.id, held.id))
    if link is not None and link.retired_at is None:
        raise ConflictError("This number is registered already.")
    if link is None:
        link = CampaignNumber(campaign_id=campaign.id, caller_number_id=held.id)
        session.add(link)
    link.registered_at, link.registered_by, link.retired_at = now, actor, None
    session.flush()
    return RegisteredNumber(held.id, number, now, None)


def retire_number(session: Session, campaign: Campaign, number_id: int, *, actor: str, now: datetime) -> None:
    """Call from a number no more; raises ConflictError for the last one of a campaign in the field."""
    link = session.get(CampaignNumber, (campaign.id, number_id))
    if link is None or link.retired_at is not None:
        raise UnknownCallerNumberError
    if len(numbers_in_use(session, campaign.id)) == 1:
        raise ConflictError("This is the only number of the campaign. Register another one first.")
    link.retired_at = now
    session.flush()
    number = session.get_one(CallerNumber, number_id).number
    _record(session, campaign, "caller_number.retired", number=number, actor=actor, now=now)


def list_numbers(session: Session, campaign_id: int) -> list[RegisteredNumber]:
    """Return every number that the campaign was ever allowed to call from, those in use first."""
    return [
        RegisteredNumber(held.id, held.number, link.registered_at, link.retired_at)
        for held, link in session.execute(_OF_CAMPAIGN, {"campaign_id": campaign_id})
    ]


def numbers_in_use(session: Session, campaign_id: int) -> list[RegisteredNumber]:
    """Return the numbers that the campaign may call from."""
    return [number for number in list_numbers(session, campaign_id) if number.retired_at is None]


def _record(session: Session, campaign: Campaign, act: str, *, number: str, actor: str, now: datetime) -> None:
    subject = f"campaign:{campaign.id}"
    details = {"number": number}  # our own, which everybody who is called sees
    audit.record(session, act, actor=actor, subject=subject, campaign_id=campaign.id, details=details, now=now)
