"""Lects of a campaign that nobody serves: which they are, closing their cases, and taking that back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.domain import ClosureState
from app.dialing.models import LectClosure
from app.dialing.supply import Gap
from app.dialing.unstaffed import UnstaffedLect, unstaffed_lects
from app.dialing.want_of_staff import close_for_want_of_staff, closures_of, reopen_closure

router = Router(prefix="/campaigns/{campaign_id}/lect-closures", tags=["campaigns"])
Supervisor = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


class ReasonIn(BaseModel):
    """Why, for the record."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=2_000)


class ClosureIn(ReasonIn):
    """The lect to be closed, by tag, name or alias."""

    lect: str = Field(max_length=100)


class ClosureOut(BaseModel):
    """One decision; while its state is `closing` or `reopening` background work still moves cases."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lect: str
    gap: Gap
    state: ClosureState
    reason: str
    actor: str
    at: datetime
    closed_cases: int
    reopen_reason: str | None
    reopened_by: str | None
    reopened_at: datetime | None
    reopened_cases: int


class ClosuresOut(BaseModel):
    """The lects that nobody serves now, and what was closed for that so far, the newest first."""

    unstaffed: Sequence[UnstaffedLect]
    closures: list[ClosureOut]


@router.get("")
def list_unstaffed_lects(
    campaign_id: int,
    _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    *,
    session: ReadSession,
    now: Now,
) -> ClosuresOut:
    """Return the lects whose cases find nobody who is certified, or nobody who is rostered, and past closures."""
    campaign = get_campaign(session, campaign_id)
    return ClosuresOut(
        unstaffed=unstaffed_lects(session, campaign, now=now),
        closures=[ClosureOut.model_validate(row) for row in closures_of(session, campaign.id)],
    )


@router.post("", status_code=201)
def close_lect(
    campaign_id: int, body: ClosureIn, principal: Supervisor, *, session: WriteSession, now: Now
) -> ClosureOut:
    """Close the open cases of a lect for want of staff (AAPOR 2.333); 409 while somebody serves it."""
    campaign = get_campaign(session, campaign_id)
    closure = close_for_want_of_staff(session, campaign, body.lect, reason=body.reason, actor=principal.actor, now=now)
    return ClosureOut.model_validate(closure)


@router.post("/{closure_id}/reopen")
def reopen_lect(
    campaign_id: int,
    closure_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    body: ReasonIn,
    *,
    principal: Supervisor,
    session: WriteSession,
    now: Now,
) -> ClosureOut:
    """Take a closure back: its cases wait again; 409 when that has happened before or the field is closed."""
    campaign = get_campaign(session, campaign_id)
    closure: LectClosure = reopen_closure(
        session, campaign, closure_id, reason=body.reason, actor=principal.actor, now=now
    )
    return ClosureOut.model_validate(closure)
