"""The page on which a campaign moves to another version of its questionnaire."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.accounts.service import names_of
from app.campaigns.asked import version_read_by, versions_read_by
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.interviewing.versions import ask_with, interviews_by_version
from app.questionnaires.service import VersionLine
from app.web.pages import language_for, leave, render, show_error

router = Router(prefix="/campaigns/{campaign_id:int}/questionnaire", include_in_schema=False)
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_versions(*, request: Request, session: ReadSession, principal: Planner, campaign_id: int) -> Response:
    """Show what the campaign asks, and what it could ask instead."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id))


@router.post("")
def move(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    version_id: Annotated[int, Form(ge=1, le=LARGEST_ID)],
) -> Response:  # fmt: skip
    """Let new interviews be held with another version."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            version_read_by(session, principal, version_id)
            ask_with(session, campaign, version_id, actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign=campaign, error=error)
    return leave(request, f"/campaigns/{campaign_id}/questionnaire")


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign, error: XiangyinError | None = None
) -> Response:
    every = versions_read_by(session, principal)
    current = next(line for line in every if line.id == campaign.questionnaire_version_id)
    offered = [line for line in every if _may_ask(campaign, line, current)]
    held = interviews_by_version(session, campaign.id)
    return render(
        request,
        "campaign_questionnaire.html",
        person=principal,
        status=error.status if error else 200,
        campaign=campaign,
        current=current,
        offered=offered,
        publishers=names_of(session, {line.published_by for line in offered}),
        held={row.version_id: row for row in held},
        error=show_error(error, language_for(request, principal)) if error else None,
    )


def _may_ask(campaign: Campaign, line: VersionLine, current: VersionLine) -> bool:
    """Once in the field, a campaign keeps to its questionnaire."""
    return campaign.state == CampaignState.DRAFT or line.questionnaire == current.questionnaire
