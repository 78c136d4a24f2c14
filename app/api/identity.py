"""What a campaign tells the public about itself, for programs that set campaigns up."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.identity import MOST_CHARACTERS, Identity, identity_of, set_identity
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router

router = Router(prefix="/campaigns/{campaign_id}/identity", tags=["campaigns"])
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class IdentityModel(BaseModel):
    """Who asks, by whose approval, until when, and how the public can reach them."""

    model_config = ConfigDict(extra="forbid")

    organisation_zh: Words
    organisation_en: Words
    survey_zh: Words = Field(description="the survey's name as respondents hear it")
    survey_en: Words
    approval_number: Words = ""
    approved_until: date | None = None
    contact_zh: Words = ""
    contact_en: Words = ""
    starts_on: date | None = None
    ends_on: date | None = None


@router.get("")
def read_identity(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> IdentityModel:
    """Return what the public is told."""
    return IdentityModel(**asdict(identity_of(session, get_campaign(session, campaign_id))))


@router.put("")
def replace_identity(
    campaign_id: int,
    body: IdentityModel,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> IdentityModel:
    """Tell the public who asks; it may change at any time and is kept in the record."""
    campaign = get_campaign(session, campaign_id)
    set_identity(session, campaign, Identity(**body.model_dump()), actor=principal.actor, now=now)
    return IdentityModel(**asdict(identity_of(session, campaign)))
