"""The numbers a campaign calls from: which there are, how their calls went, and why one rests."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.numbers import list_numbers, register_number, retire_number
from app.campaigns.rules import LONGEST_DELAY
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.number_health import Figures, RestCause
from app.dialing.numbers import DayFigures, figures_by_day, lift_rests, rest_by_hand, standings_of

router = Router(prefix="/campaigns/{campaign_id}/numbers", tags=["campaigns"])
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
NumberId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class NumberIn(BaseModel):
    """A number that the organisation holds and may be seen by respondents."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=50)


class RestIn(BaseModel):
    """For how long a number is to rest."""

    model_config = ConfigDict(extra="forbid")

    minutes: int = Field(ge=1, le=LONGEST_DELAY)


class DayOut(BaseModel):
    """Calls of one day in the campaign's time zone, whichever campaign they were for; shares are of all calls."""

    day: date
    calls: int
    answered: int
    rejected: int
    complaints: int
    answered_share: float
    rejected_share: float
    complaint_share: float


class NumberOut(BaseModel):
    """A number with the figures of the last days, the newest first; `rests_until` is null for a healthy one."""

    id: int
    number: str
    registered_at: datetime
    retired_at: datetime | None
    calls_today: int
    rests_for: RestCause | None
    rests_until: datetime | None
    days: list[DayOut]


class NumbersOut(BaseModel):
    """Every number that the campaign may or might call from, those in use first."""

    numbers: list[NumberOut]


@router.get("")
def read_numbers(
    campaign_id: int,
    _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    *,
    session: ReadSession,
    now: Now,
) -> NumbersOut:
    """Return the numbers, what their calls met with, and why any of them rests."""
    return _numbers(session, get_campaign(session, campaign_id), now=now)


@router.post("", status_code=201)
def register(campaign_id: int, body: NumberIn, principal: Planner, *, session: WriteSession, now: Now) -> NumbersOut:
    """Let the campaign call from one more number; 409 for one that it calls from already."""
    campaign = get_campaign(session, campaign_id)
    register_number(session, campaign, body.number, actor=principal.actor, now=now)
    return _numbers(session, campaign, now=now)


@router.post("/{number_id}/retire")
def retire(campaign_id: int, number_id: NumberId, principal: Planner, *, session: WriteSession, now: Now) -> NumbersOut:
    """Call from a number no more; 409 for the last one."""
    campaign = get_campaign(session, campaign_id)
    retire_number(session, campaign, number_id, actor=principal.actor, now=now)
    return _numbers(session, campaign, now=now)


@router.post("/{number_id}/rest")
def rest(
    campaign_id: int, number_id: NumberId, body: RestIn, *, principal: Planner, session: WriteSession, now: Now
) -> NumbersOut:
    """Let a number rest for a while."""
    campaign = get_campaign(session, campaign_id)
    rest_by_hand(session, campaign, number_id, minutes=body.minutes, actor=principal.actor, now=now)
    return _numbers(session, campaign, now=now)


@router.post("/{number_id}/resume")
def resume(campaign_id: int, number_id: NumberId, principal: Planner, *, session: WriteSession, now: Now) -> NumbersOut:
    """End a number's rest early; a daily cap stays. 409 for one that does not rest."""
    campaign = get_campaign(session, campaign_id)
    lift_rests(session, campaign, number_id, actor=principal.actor, now=now)
    return _numbers(session, campaign, now=now)


def _numbers(session: Session, campaign: Campaign, *, now: datetime) -> NumbersOut:
    standings = {standing.number_id: standing for standing in standings_of(session, campaign, now=now)}
    days = figures_by_day(session, campaign, now=now)
    found = []
    for held in list_numbers(session, campaign.id):
        standing = standings.get(held.id)
        rest = standing.rest if standing else None
        found.append(
            NumberOut(
                id=held.id,
                number=held.number,
                registered_at=held.registered_at,
                retired_at=held.retired_at,
                calls_today=standing.calls_today if standing else 0,
                rests_for=rest.cause if rest else None,
                rests_until=rest.until if rest else None,
                days=[_day(day) for day in days if day.number_id == held.id],
            )
        )
    return NumbersOut(numbers=found)


def _day(row: DayFigures) -> DayOut:
    figures: Figures = row.figures
    return DayOut(
        day=row.day,
        calls=row.calls,
        answered=row.answered,
        rejected=row.rejected,
        complaints=row.complaints,
        answered_share=figures.answered_share,
        rejected_share=figures.rejected_share,
        complaint_share=figures.complaint_share,
    )
