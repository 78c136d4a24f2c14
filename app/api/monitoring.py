"""Supervisors in calls under way: who is in which, and listening, coaching, breaking in and leaving."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.api.desk import LineOut
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.interviewing import monitoring
from app.interviewing.monitoring_watch import monitors_in
from app.telephony.monitoring.domain import MonitorMode

router = Router(prefix="/campaigns/{campaign_id}/monitoring", tags=["monitoring"])
Listener = Annotated[Principal, require(Permission.LISTEN_TO_CALLS)]


class CallToHear(BaseModel):
    """Whose call to listen to."""

    model_config = ConfigDict(extra="forbid")

    interviewer_id: int = Field(ge=1, le=LARGEST_ID)


class ModeIn(BaseModel):
    """Who hears you: nobody, the interviewer, or everybody."""

    model_config = ConfigDict(extra="forbid")

    mode: MonitorMode


class MonitorOut(BaseModel):
    """A supervisor in a call, or on the way to it."""

    model_config = ConfigDict(from_attributes=True)

    person_id: int
    display_name: str
    interviewer_id: int
    mode: MonitorMode
    has_joined: bool = Field(description="whether their telephone is in the room")
    since: datetime


@router.get("")
def show_monitors(campaign_id: int, _listener: Listener, *, session: ReadSession) -> list[MonitorOut]:
    """Return which supervisors are in which calls of the campaign now."""
    campaign = get_campaign(session, campaign_id)
    return [MonitorOut.model_validate(card) for card in monitors_in(session, campaign.id)]


@router.post("")
def listen(campaign_id: int, body: CallToHear, listener: Listener, *, request: Request, now: Now) -> LineOut:
    """Begin to listen to an interviewer's call, unheard; your telephone calls in with the ticket within a minute.

    You leave whatever call you were in. 409 where the rules forbid it, or nobody is on the line.
    """
    state = request.app.state
    given = monitoring.listen_to(
        state.make_session, state.gateway, listener.id, campaign_id=campaign_id, interviewer_id=body.interviewer_id,
        now=now,
    )  # fmt: skip
    return LineOut.model_validate(given)


@router.put("/mine", status_code=HTTPStatus.NO_CONTENT)
def change_mode(campaign_id: int, body: ModeIn, listener: Listener, *, request: Request, now: Now) -> None:
    """Coach, break in, or only listen again."""
    state = request.app.state
    monitoring.change_mode(
        state.make_session, state.gateway, listener.id, campaign_id=campaign_id, mode=body.mode, now=now
    )


@router.post("/mine/beat", status_code=HTTPStatus.NO_CONTENT)
def stay(campaign_id: int, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """Say every few seconds that you are still there; after 20 seconds of silence you leave the call."""
    monitoring.note_seen(session, listener.id, campaign_id, now=now)


@router.post("/mine/token")
def renew_token(campaign_id: int, listener: Listener, *, request: Request) -> LineOut:  # noqa: ARG001  the rule reads it
    """Get a fresh token for the same telephone; its call stays as it is."""
    return LineOut.model_validate(request.app.state.gateway.listen(listener.id, ""))


@router.delete("/mine", status_code=HTTPStatus.NO_CONTENT)
def leave(campaign_id: int, listener: Listener, *, request: Request, now: Now) -> None:  # noqa: ARG001  the rule reads it
    """Leave the call; whoever is in none leaves none."""
    state = request.app.state
    monitoring.stop(state.make_session, state.gateway, listener.id, now=now)
