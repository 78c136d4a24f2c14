"""Answer "is this call genuine?" to anybody, and nothing else: no person, no number of theirs, no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign, PublicIdentity
from app.campaigns.numbers import numbers_in_use
from app.core.errors import TooManyRequestsError
from app.core.privacy import Vault
from app.dialing.codes import digest_of, is_well_formed, read_code
from app.dialing.models import Case, CaseCode, CodeInquiry

WINDOW: Final = timedelta(minutes=15)
INQUIRIES_PER_ADDRESS: Final = 20
# A village office shares one address; a botnet has thousands, so all of them together are limited as well.
INQUIRIES_IN_TOTAL: Final = 2_000
_SURVEYS: Final = select(Campaign, PublicIdentity).outerjoin(PublicIdentity, PublicIdentity.campaign_id == Campaign.id)
_BY_DIGEST: Final = (
    select(Case.campaign_id).join(CaseCode, CaseCode.case_id == Case.id).where(CaseCode.digest == bindparam("digest"))
)


class TooManyInquiriesError(TooManyRequestsError):
    """Too many codes were entered. Wait 15 minutes and try again."""

    headers: ClassVar[Mapping[str, str]] = {"Retry-After": str(int(WINDOW.total_seconds()))}


@dataclass(frozen=True)
class PublicSurvey:
    """What anybody may know of a survey; texts are empty where the supervisor has written none.

    `numbers` are the telephone numbers that its calls come from.
    """

    organisation_zh: str
    organisation_en: str
    survey_zh: str
    survey_en: str
    approval_number: str
    approved_until: date | None
    contact_zh: str
    contact_en: str
    starts_on: date | None
    ends_on: date | None
    is_in_the_field: bool
    numbers: tuple[str, ...]


def surveys_in_the_field(session: Session) -> list[PublicSurvey]:
    """Return the surveys that call people now and have said who they are, the newest first."""
    wanted = _SURVEYS.where(Campaign.state == CampaignState.OPEN, PublicIdentity.campaign_id.is_not(None)).order_by(
        Campaign.id.desc()
    )
    return [_shown(session, campaign, identity) for campaign, identity in session.execute(wanted).all()]


def check_code(session: Session, typed: str, *, address: str, vault: Vault, now: datetime) -> PublicSurvey | None:
    """Return the survey that a code belongs to, None for every other text; each question is counted.

    A code with wrong check digits and one that was never given out take the same way to the same answer. Raises
    TooManyInquiriesError, when nothing is looked up.
    """
    _count(session, vault.fingerprint(f"address/{address}"), now=now)
    code = read_code(typed)
    campaign_id = session.scalar(_BY_DIGEST, {"digest": digest_of(code)})
    if campaign_id is None or not is_well_formed(code):
        return None
    campaign, identity = session.execute(_SURVEYS.where(Campaign.id == campaign_id)).one()
    return _shown(session, campaign, identity)


def _count(session: Session, address_key: bytes, *, now: datetime) -> None:
    session.execute(delete(CodeInquiry).where(CodeInquiry.at < now - WINDOW))
    counted = select(func.count(), func.count().filter(CodeInquiry.address_key == address_key))
    in_total, from_here = session.execute(counted).one()
    if in_total >= INQUIRIES_IN_TOTAL or from_here >= INQUIRIES_PER_ADDRESS:
        raise TooManyInquiriesError
    session.add(CodeInquiry(address_key=address_key, at=now))
    session.flush()


def _shown(session: Session, campaign: Campaign, identity: PublicIdentity | None) -> PublicSurvey:
    return PublicSurvey(
        organisation_zh=campaign.organisation_zh,
        organisation_en=campaign.organisation_en,
        survey_zh=identity.survey_zh if identity else "",
        survey_en=identity.survey_en if identity else "",
        approval_number=identity.approval_number if identity else "",
        approved_until=identity.approved_until if identity else None,
        contact_zh=identity.contact_zh if identity else "",
        contact_en=identity.contact_en if identity else "",
        starts_on=(identity.starts_on if identity else None) or _day(campaign.opened_at, campaign),
        ends_on=(identity.ends_on if identity else None) or _day(campaign.closed_at, campaign),
        is_in_the_field=campaign.state == CampaignState.OPEN,
        numbers=tuple(held.number for held in numbers_in_use(session, campaign.id)),
    )


def _day(at: datetime | None, campaign: Campaign) -> date | None:
    return at.astimezone(ZoneInfo(campaign.time_zone)).date() if at else None
