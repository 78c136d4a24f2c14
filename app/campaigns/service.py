"""Set a campaign up and open its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CallingHours, CampaignState
from app.campaigns.models import Campaign, CampaignLect
from app.campaigns.outcomes import add_default_outcomes
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from app.languages.service import find_lect

ALL_DAY_HOURS: Mapping[str, Any] = {
    day: [["09:00", "21:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}
RING_SECONDS_LEAST = 15  # a shorter ring gives an elderly respondent no chance to reach the phone
RING_SECONDS_MOST = 90


class UnknownCampaignError(NotFoundError):
    """There is no such campaign, or you may not see it."""


@dataclass(frozen=True)
class CampaignPlan:
    """What a supervisor writes down to set up a campaign; `greetings` maps lect to opening text."""

    name: str
    organisation_zh: str
    organisation_en: str
    questionnaire_version_id: int
    greetings: Mapping[str, str]
    caller_number: str
    seed: int
    time_zone: str = "Asia/Shanghai"
    calling_hours: Mapping[str, Any] = field(default_factory=lambda: ALL_DAY_HOURS)
    ring_seconds: int = 30
    attempt_limit: int = 8
    completes_wanted: int | None = None


def create_campaign(session: Session, plan: CampaignPlan, *, actor: str, now: datetime) -> Campaign:
    """Create a draft campaign with the shipped outcome table; raises InvalidInputError with every fault."""
    CallingHours.read(plan.calling_hours)
    faults = [*_plan_faults(plan), *_name_faults(session, plan.name)]
    if faults:
        raise InvalidInputError("The campaign cannot be set up.", tuple(faults))
    campaign = Campaign(
        name=plan.name.strip(),
        organisation_zh=plan.organisation_zh.strip(),
        organisation_en=plan.organisation_en.strip(),
        questionnaire_version_id=plan.questionnaire_version_id,
        state=CampaignState.DRAFT,
        time_zone=plan.time_zone,
        calling_hours=dict(plan.calling_hours),
        caller_number=plan.caller_number,
        ring_seconds=plan.ring_seconds,
        attempt_limit=plan.attempt_limit,
        completes_wanted=plan.completes_wanted,
        seed=plan.seed,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    for position, (lect, greeting) in enumerate(plan.greetings.items()):
        tag = find_lect(session, lect).tag
        session.add(CampaignLect(campaign_id=campaign.id, lect=tag, position=position, greeting=greeting))
    add_default_outcomes(session, campaign.id)
    subject = f"campaign:{campaign.id}"
    audit.record(
        session,
        "campaign.created",
        actor=actor,
        subject=subject,
        campaign_id=campaign.id,
        details={"name": campaign.name, "questionnaire_version": plan.questionnaire_version_id},
        now=now,
    )
    return campaign


def _plan_faults(plan: CampaignPlan) -> list[Fault]:
    faults = []
    if not plan.name.strip():
        faults.append(Fault("name", "Give the campaign a name."))
    if not plan.greetings:
        faults.append(Fault("lects", "Choose at least one lect and write its greeting."))
    faults += [
        Fault(f"greetings.{lect}", "Write the greeting that the interviewer reads in this lect.")
        for lect, greeting in plan.greetings.items()
        if not greeting.strip()
    ]
    try:
        ZoneInfo(plan.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(Fault("time_zone", "There is no time zone of that name. Use a name such as Asia/Shanghai."))
    if not RING_SECONDS_LEAST <= plan.ring_seconds <= RING_SECONDS_MOST:
        faults.append(Fault("ring_seconds", "Let it ring for 15 to 90 seconds."))
    if plan.attempt_limit < 1:
        faults.append(Fault("attempt_limit", "Allow at least one attempt."))
    return faults


def _name_faults(session: Session, name: str) -> list[Fault]:
    taken = session.scalar(select(Campaign.id).where(Campaign.name == name.strip()))
    return [] if taken is None else [Fault("name", "Another campaign has this name already.")]


def open_campaign(session: Session, campaign: Campaign, *, actor: str, now: datetime) -> None:
    """Open the field; raises ConflictError unless the campaign is a draft."""
    _move(session, campaign, CampaignState.DRAFT, CampaignState.OPEN, actor=actor, now=now)
    campaign.opened_at = now


def close_campaign(session: Session, campaign: Campaign, *, actor: str, now: datetime) -> None:
    """Close the field for good; raises ConflictError unless it is open."""
    _move(session, campaign, CampaignState.OPEN, CampaignState.CLOSED, actor=actor, now=now)
    campaign.closed_at = now


def _move(
    session: Session, campaign: Campaign, expected: CampaignState, target: CampaignState, *, actor: str, now: datetime
) -> None:
    if campaign.state != expected:
        raise ConflictError(
            "The campaign is %(state)s; it must be %(expected)s first.", state=campaign.state, expected=expected
        )
    campaign.state = target
    subject = f"campaign:{campaign.id}"
    audit.record(session, f"campaign.{target}", actor=actor, subject=subject, campaign_id=campaign.id, now=now)
    session.flush()


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    """Return one campaign; raises UnknownCampaignError."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise UnknownCampaignError
    return campaign


def list_campaigns(session: Session) -> list[Campaign]:
    """Return every campaign, the newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def lects_of_campaign(session: Session, campaign_id: int) -> list[CampaignLect]:
    """Return the lects the campaign offers, in the order of its plan."""
    wanted = select(CampaignLect).where(CampaignLect.campaign_id == campaign_id).order_by(CampaignLect.position)
    return list(session.scalars(wanted))
