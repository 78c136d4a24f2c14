"""The supervisor's screens: which campaigns there are, and how one is going, live."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import close_campaign, get_campaign, list_campaigns, open_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.delivery.completion import completion_of
from app.dialing.intake import open_cases
from app.dialing.tick import tick
from app.interviewing.left import close_left_interviews
from app.interviewing.monitoring import is_allowed
from app.interviewing.monitoring_watch import monitors_in
from app.web.board import worst_first
from app.web.pages import leave, render

router = Router(prefix="/campaigns", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_campaigns(*, request: Request, session: ReadSession, principal: Watcher, now: Now) -> Response:
    """List the campaigns this person may watch, with how far each is."""
    mine = principal.campaigns_with(Permission.WATCH_FIELDWORK)
    campaigns = [campaign for campaign in list_campaigns(session) if mine is None or campaign.id in mine]
    views = [completion_of(session, campaign, now=now) for campaign in campaigns]
    may_create = principal.may(Permission.CREATE_CAMPAIGN, None)
    return render(request, "campaigns.html", person=principal, views=views, may_create=may_create)


@router.get("/{campaign_id:int}")
def show_campaign(
    *, request: Request, session: ReadSession, principal: Watcher, now: Now, campaign_id: int
) -> Response:  # fmt: skip
    """Show one campaign as it stands."""
    return draw_board(request, session, principal, campaign_id=campaign_id, now=now)


def draw_board(
    request: Request, session: Session, principal: Principal, *, campaign_id: int,
    given: dict[str, str] | None = None, now: datetime,
) -> Response:  # fmt: skip
    """Draw the board; `given` is what this page's own telephone calls in with, to listen to a call."""
    campaign = get_campaign(session, campaign_id)
    view = completion_of(session, campaign, now=now)
    monitors = monitors_in(session, campaign_id)
    is_offered = not request.app.state.gateway.is_by_hand and principal.may(Permission.LISTEN_TO_CALLS, campaign_id)
    return render(
        request, "campaign.html", person=principal, fragment="board", view=view, campaign=campaign,
        workers=worst_first(view.workers, now=now), may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign_id),
        monitors=monitors, mine=next((one for one in monitors if one.person_id == principal.id), None),
        may_listen=is_offered and is_allowed(session, campaign), given=given or {},
        is_emulated=request.app.state.exchange is not None,
    )  # fmt: skip


@router.post("/{campaign_id:int}/open")
def open_field(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:  # fmt: skip
    """Open the field: the sample becomes cases, and whoever may be called now is in the queue."""
    campaign = get_campaign(session, campaign_id)
    open_campaign(session, campaign, actor=principal.actor, now=now)
    open_cases(session, campaign, now=now)
    tick(session, now=now)
    return leave(request, f"/campaigns/{campaign_id}")


@router.post("/{campaign_id:int}/close")
def close_field(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:  # fmt: skip
    """Close the field for good; background work ends what one batch of cases leaves open."""
    campaign = get_campaign(session, campaign_id)
    close_campaign(session, campaign, actor=principal.actor, now=now)
    tick(session, now=now)
    close_left_interviews(session, now=now)
    return leave(request, f"/campaigns/{campaign_id}")
