"""Show the interviewer's desk after whatever was done there."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.domain import Permission, Principal
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.service import list_campaigns
from app.core.errors import ConflictError, XiangyinError
from app.dialing.queue import NoCaseDueError
from app.interviewing import desk
from app.interviewing.answers import UnclearAnswerError
from app.interviewing.by_hand import number_to_dial
from app.interviewing.view import desk_of
from app.languages.domain import Level
from app.languages.service import list_lects
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import skills_of
from app.web.desk_screen import FIELD_CLOSED, screen_of
from app.web.pages import language_for, render, show_error
from app.web.voice import captions_for

NOT_AT_WORK: Final = ("off", "break")


def act_and_show(
    request: Request, session: Session, interviewer: Principal, *, act: Callable[[], object],
    then_next: bool = False, now: datetime,
) -> Response:  # fmt: skip
    """Do one thing whole or not at all, then show the desk, with what went wrong if it did."""
    try:
        with session.begin_nested():
            act()
    except XiangyinError as error:
        return show(request, session, interviewer, error=error, now=now)
    causes = _take_next(session, interviewer, now=now) if then_next else {}
    return show(request, session, interviewer, causes=causes, now=now)


def _take_next(session: Session, interviewer: Principal, *, now: datetime) -> dict[str, int]:
    """Take the next case; where there is none, return what holds the cases back."""
    try:
        with session.begin_nested():
            desk.next_case(session, interviewer.id, now=now)
    except NoCaseDueError as nothing:
        return nothing.causes
    except ConflictError:
        # The desk moved on in another window, or the campaign closed: the page shows where it is now.
        return {FIELD_CLOSED: 0} if _field_is_closed(session, interviewer) else {}
    return {}


def _field_is_closed(session: Session, interviewer: Principal) -> bool:
    presence = session.get(Presence, interviewer.id)
    campaign = session.get(Campaign, presence.campaign_id) if presence and presence.campaign_id else None
    return campaign is not None and campaign.state == CampaignState.CLOSED


def call_and_show(request: Request, interviewer: Principal, act: Callable[[], object], *, now: datetime) -> Response:
    """Do what keeps its own transactions, then show the desk, with what went wrong if it did."""
    failure: XiangyinError | None = None
    try:
        act()
    except XiangyinError as error:
        failure = error
    with request.app.state.make_session() as session:
        return show(request, session, interviewer, error=failure, now=now)


def show(
    request: Request, session: Session, interviewer: Principal, *, error: XiangyinError | None = None,
    causes: dict[str, int] | None = None, greeted_in: str = "", now: datetime,
) -> Response:  # fmt: skip
    """Draw the desk as it stands."""
    language = language_for(request, interviewer)
    view = desk_of(session, interviewer.id, now=now)
    screen = screen_of(view, causes or {})
    offer = _offer(session, interviewer) if screen.stage in ("off", "break") else {}
    return render(
        request,
        "desk.html",
        person=interviewer,
        fragment="desk",
        status=error.status if error else 200,
        desk=view,
        screen=screen,
        error=show_error(error, language) if error else None,
        is_unclear=isinstance(error, UnclearAnswerError),
        captions=captions_for(request, view),
        has_line=request.app.state.gateway.needs_line,
        wants_line=request.app.state.gateway.needs_line and screen.stage not in NOT_AT_WORK,
        greeted_in=greeted_in,
        is_by_hand=request.app.state.gateway.is_by_hand,
        with_rating=False,
        number=_number_to_dial(request, interviewer, screen.stage),
        **{"campaigns": [], "own_lects": [], **offer},
    )


def _number_to_dial(request: Request, interviewer: Principal, stage: str) -> str | None:
    """Return the number to be dialled by hand, while that is what the interviewer does."""
    state = request.app.state
    if stage != PresenceState.DIALLING or not state.gateway.is_by_hand:
        return None
    try:
        return number_to_dial(state.make_session, state.gateway, interviewer.id, vault=state.vault)
    except ConflictError:  # it was answered, or ended, since the screen was read
        return None


def _offer(session: Session, interviewer: Principal) -> dict[str, list[object]]:
    """Return what can be chosen before work begins."""
    campaigns: list[object] = [campaign for campaign in list_campaigns(session) if _is_offered(campaign, interviewer)]
    skills = skills_of(session, interviewer.id)
    own: list[object] = [lect for lect in list_lects(session) if skills.get(lect.tag) == Level.INTERVIEWS]
    return {"campaigns": campaigns, "own_lects": own}


def _is_offered(campaign: Campaign, interviewer: Principal) -> bool:
    return campaign.state == CampaignState.OPEN and interviewer.may(Permission.TAKE_CASE, campaign.id)
