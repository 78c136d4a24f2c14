"""Who asks, by whose approval and until when: what a campaign tells the public about itself."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import Campaign, PublicIdentity
from app.core.errors import Fault, InvalidInputError

MOST_CHARACTERS: Final = 500
NO_CONTACT: Final = "Say how the public can reach the organisation, in Chinese or in English."
_OF_CAMPAIGN: Final = select(PublicIdentity).where(PublicIdentity.campaign_id == bindparam("campaign_id"))


@dataclass(frozen=True)
class Identity:
    """What a supervisor writes down for the public; texts in Chinese and English."""

    organisation_zh: str
    organisation_en: str
    survey_zh: str
    survey_en: str
    approval_number: str = ""
    approved_until: date | None = None
    contact_zh: str = ""
    contact_en: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def identity_of(session: Session, campaign: Campaign) -> Identity:
    """Return what the public is told, empty but for the organisation as long as nothing has been written."""
    kept = session.scalar(_OF_CAMPAIGN, {"campaign_id": campaign.id})
    if kept is None:
        return Identity(campaign.organisation_zh, campaign.organisation_en, "", "")
    return Identity(
        organisation_zh=campaign.organisation_zh,
        organisation_en=campaign.organisation_en,
        survey_zh=kept.survey_zh,
        survey_en=kept.survey_en,
        approval_number=kept.approval_number,
        approved_until=kept.approved_until,
        contact_zh=kept.contact_zh,
        contact_en=kept.contact_en,
        starts_on=kept.starts_on,
        ends_on=kept.ends_on,
    )


def set_identity(session: Session, campaign: Campaign, identity: Identity, *, actor: str, now: datetime) -> None:
    """Tell the public who asks; raises InvalidInputError that names every field that cannot stand as it is.

    It may change at any time, also in the field; the record keeps what was said before.
    """
    told = _trimmed(identity)
    faults = _faults_of(told)
    if faults:
        raise InvalidInputError("The public would not learn enough.", tuple(faults))
    if told == identity_of(session, campaign) and session.scalar(_OF_CAMPAIGN, {"campaign_id": campaign.id}):
        return
    campaign.organisation_zh, campaign.organisation_en = told.organisation_zh, told.organisation_en
    kept = session.scalar(_OF_CAMPAIGN, {"campaign_id": campaign.id}) or PublicIdentity(campaign_id=campaign.id)
    kept.survey_zh, kept.survey_en = told.survey_zh, told.survey_en
    kept.approval_number, kept.approved_until = told.approval_number, told.approved_until
    kept.contact_zh, kept.contact_en = told.contact_zh, told.contact_en
    kept.starts_on, kept.ends_on, kept.changed_at = told.starts_on, told.ends_on, now
    session.add(kept)
    session.flush()
    details = {name: str(value) for name, value in asdict(told).items() if value}
    audit.record(
        session,
        "identity.changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details=details,
        now=now,
    )


def _trimmed(identity: Identity) -> Identity:
    fields: dict[str, Any] = {n: v.strip() if isinstance(v, str) else v for n, v in asdict(identity).items()}
    return Identity(**fields)


def _faults_of(told: Identity) -> list[Fault]:
    faults = []
    if not (told.organisation_zh and told.organisation_en):
        faults.append(Fault("organisation", "Name the organisation in Chinese and in English."))
    if not (told.survey_zh and told.survey_en):
        faults.append(Fault("survey", "Name the survey in Chinese and in English, as respondents hear it."))
    if not (told.contact_zh or told.contact_en):
        faults.append(Fault("contact", NO_CONTACT))
    if told.starts_on and told.ends_on and told.ends_on < told.starts_on:
        faults.append(Fault("ends_on", "The survey ends before it starts."))
    too_long = [n for n, value in asdict(told).items() if isinstance(value, str) and len(value) > MOST_CHARACTERS]
    faults += [Fault(n, "Write at most %(max_length)s characters.", (("max_length", "500"),)) for n in too_long]
    return faults
