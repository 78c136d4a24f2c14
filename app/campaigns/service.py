"""Set a campaign up and open its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CallingHours, CampaignState
from app.campaigns.models import Campaign, CampaignLect
from app.campaigns.numbers import first_number, read_caller_number
from app.campaigns.outcomes import add_default_outcomes
from app.campaigns.rule_book import default_rules, first_rules
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError, XiangyinError
from app.languages.service import find_lect
from app.questionnaires.models import QuestionnaireVersion

DAY_HOURS: Mapping[str, Any] = {
    day: [["09:00", "21:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}
RING_SECONDS_LEAST = 15  # a shorter ring gives an elderly respondent no chance to reach the phone
RING_SECONDS_MOST = 90
ATTEMPTS_MOST = 100
COMPLETES_MOST = 10_000_000
SEED_MOST = 10**18 - 1
_LECTS: Final = (
    select(CampaignLect).where(CampaignLect.campaign_id == bindparam("campaign_id")).order_by(CampaignLect.position)
)


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
    calling_hours: Mapping[str, Any] = field(default_factory=lambda: DAY_HOURS)
    ring_seconds: int = 30
    attempt_limit: int = 8
    completes_wanted: int | None = None


def create_campaign(session: Session, plan: CampaignPlan, *, actor: str, now: datetime) -> Campaign:
    """Create a draft campaign with the shipped outcome table; raises InvalidInputError with every fault."""
    greetings, lect_faults = _read_greetings(session, plan.greetings)
    faults = [*_plan_faults(plan), *lect_faults, *_hours_faults(plan.calling_hours), *_reference_faults(session, plan)]
    if faults:
        raise InvalidInputError("The campaign cannot be set up.", tuple(faults))
    campaign = _draft_of(plan, now=now)
    session.add(campaign)
    first_rules(session, campaign, default_rules(plan.calling_hours, attempts=plan.attempt_limit), now=now)
    for position, (tag, greeting) in enumerate(greetings.items()):
        session.add(CampaignLect(campaign_id=campaign.id, lect=tag, position=position, greeting=greeting))
    add_default_outcomes(session, campaign.id)
    first_number(session, campaign, plan.caller_number, actor=actor, now=now)
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


def _draft_of(plan: CampaignPlan, *, now: datetime) -> Campaign:
    return Campaign(
        name=plan.name.strip(),
        organisation_zh=plan.organisation_zh.strip(),
        organisation_en=plan.organisation_en.strip(),
        questionnaire_version_id=plan.questionnaire_version_id,
        state=CampaignState.DRAFT,
        time_zone=plan.time_zone,
        caller_number=plan.caller_number,
        ring_seconds=plan.ring_seconds,
        rules_version=1,
        completes_wanted=plan.completes_wanted,
        seed=plan.seed,
        created_at=now,
    )


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
    try:
        read_caller_number(plan.caller_number)
    except InvalidInputError as error:
        faults += error.faults
    return [*faults, *_number_faults(plan)]


def _number_faults(plan: CampaignPlan) -> list[Fault]:
    faults = []
    if not 1 <= plan.attempt_limit <= ATTEMPTS_MOST:
        faults.append(Fault("attempt_limit", "Allow 1 to 100 attempts."))
    if plan.completes_wanted is not None and not 1 <= plan.completes_wanted <= COMPLETES_MOST:
        faults.append(Fault("completes_wanted", "Ask for at least one complete, or leave the field empty."))
    if abs(plan.seed) > SEED_MOST:
        faults.append(Fault("seed", "The seed is a whole number of at most 18 digits."))
    return faults


def _hours_faults(stored: Mapping[str, Any]) -> tuple[Fault, ...]:
    try:
        CallingHours.read(stored)
    except InvalidInputError as error:
        return error.faults
    return ()


def _read_greetings(session: Session, written: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """Return tag -> greeting, in order; two names of one lect would leave it open which greeting is meant."""
    greetings: dict[str, str] = {}
    faults = []
    for lect, greeting in written.items():
        try:
            tag = find_lect(session, lect).tag
        except XiangyinError as error:
            faults.append(Fault(f"greetings.{lect}", error.message, tuple(error.values.items())))
            continue
        if tag in greetings:
            faults.append(Fault(f"greetings.{lect}", "This lect has a greeting already. Keep one of them."))
        greetings[tag] = greeting
    return greetings, faults


def _reference_faults(session: Session, plan: CampaignPlan) -> list[Fault]:
    faults = []
    if session.scalar(select(Campaign.id).where(Campaign.name == plan.name.strip())) is not None:
        faults.append(Fault("name", "Another campaign has this name already."))
    if session.get(QuestionnaireVersion, plan.questionnaire_version_id) is None:
        faults.append(Fault("questionnaire_version_id", "There is no such questionnaire version. Publish it first."))
    return faults


def open_campaign(session: Session, campaign: Campaign, *, actor: str, now: datetime) -> None:
    """Open the field; raises ConflictError unless the campaign is a draft."""
    _move(session, campaign, CampaignState.OPEN, expected=CampaignState.DRAFT, actor=actor, now=now)
    campaign.opened_at = now
    session.flush()


def close_campaign(session: Session, campaign: Campaign, *, actor: str, now: datetime) -> None:
    """Close the field for good; raises ConflictError unless it is open."""
    _move(session, campaign, CampaignState.CLOSED, expected=CampaignState.OPEN, actor=actor, now=now)
    campaign.closed_at = now
    session.flush()


def _move(
    session: Session, campaign: Campaign, target: CampaignState, *, expected: CampaignState, actor: str, now: datetime
) -> None:
    # Two supervisors may press the button at once: the second one finds it done. Nobody who works there waits for it.
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.state != expected:
        raise ConflictError(
            "The campaign is %(state)s; it must be %(expected)s first.", state=campaign.state, expected=expected
        )
    campaign.state = target
    subject = f"campaign:{campaign.id}"
    audit.record(session, f"campaign.{target}", actor=actor, subject=subject, campaign_id=campaign.id, now=now)


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
    return list(session.scalars(_LECTS, {"campaign_id": campaign_id}))
