"""The rules of a campaign: the document in force, its versions, and a new version in its place."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import RuleVersion
from app.campaigns.rule_book import change_rules, rule_versions
from app.campaigns.rule_changes import changes_between
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router

router = Router(prefix="/campaigns/{campaign_id}/rules", tags=["campaigns"])
Watcher = Annotated[Principal, require(Permission.READ_CASES)]
Supervisor = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


class RulesIn(BaseModel):
    """A whole new document; `expected_version` is the one it was made from."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]
    expected_version: int
    reason: str = Field(max_length=2_000)


class RulesOut(BaseModel):
    """The rules in force, and why they are as they are."""

    version: int
    made_at: datetime
    made_by: int | None
    reason: str
    document: dict[str, Any]


class ChangeOut(BaseModel):
    """One field that differs from the version before; null where it was or is not there."""

    where: str
    before: str | int | float | bool | None
    after: str | int | float | bool | None


class RuleVersionOut(BaseModel):
    """One version: who made it, when, why, and what it changed."""

    version: int
    made_at: datetime
    made_by: int | None
    reason: str
    changes: list[ChangeOut]


class RuleVersionsOut(BaseModel):
    """Every version, the newest first."""

    data: list[RuleVersionOut]


@router.get("")
def read_rules_in_force(campaign_id: int, _principal: Watcher, *, session: ReadSession) -> RulesOut:
    """Return the rules in force."""
    campaign = get_campaign(session, campaign_id)
    return _written(session.get_one(RuleVersion, (campaign.id, campaign.rules_version)))


@router.put("")
def put_rules(campaign_id: int, body: RulesIn, *, principal: Supervisor, session: WriteSession, now: Now) -> RulesOut:
    """Put a new version into force; 409 when somebody else has changed the rules since `expected_version`."""
    campaign = get_campaign(session, campaign_id)
    change_rules(
        session,
        campaign,
        body.document,
        expected_version=body.expected_version,
        reason=body.reason,
        person_id=principal.id if principal.kind == "person" else None,
        now=now,
    )
    return _written(session.get_one(RuleVersion, (campaign.id, campaign.rules_version)))


@router.get("/versions")
def list_rule_versions(campaign_id: int, _principal: Watcher, *, session: ReadSession) -> RuleVersionsOut:
    """Return every version with what it changed, the newest first."""
    versions = rule_versions(session, get_campaign(session, campaign_id).id)
    before = [*versions[1:], None]
    data = [
        RuleVersionOut(
            version=version.version,
            made_at=version.made_at,
            made_by=version.made_by,
            reason=version.reason,
            changes=[ChangeOut(**vars(c)) for c in changes_between(old.document, version.document)] if old else [],
        )
        for version, old in zip(versions, before, strict=True)
    ]
    return RuleVersionsOut(data=data)


def _written(version: RuleVersion) -> RulesOut:
    return RulesOut(
        version=version.version,
        made_at=version.made_at,
        made_by=version.made_by,
        reason=version.reason,
        document=version.document,
    )
