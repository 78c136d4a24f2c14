"""The page of the numbers a campaign calls from: their figures by day, and why one rests."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.numbers import list_numbers, register_number, retire_number
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import LONGEST_DELAY
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.dialing.numbers import figures_by_day, lift_rests, rest_by_hand, standings_of, why_it_rests
from app.web.lengths import read_length
from app.web.pages import language_for, leave, render, show_error, show_fault

WRITE_LENGTH: Final = "Write a length of time, such as 45 min, 3 h or 2 d."

router = Router(prefix="/campaigns/{campaign_id:int}/numbers", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Act = Callable[[Campaign], object]


@router.get("")
def show_numbers(*, request: Request, session: ReadSession, principal: Watcher, now: Now, campaign_id: int) -> Response:
    """Show the numbers with their figures."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id), now=now)


@router.post("")
def register(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    number: Annotated[str, Form(max_length=50)] = "",
) -> Response:  # fmt: skip
    """Let the campaign call from one more number."""

    def act(campaign: Campaign) -> None:
        register_number(session, campaign, number, actor=principal.actor, now=now)

    return _act(request, session, principal, campaign_id=campaign_id, act=act, now=now)


@router.post("/{number_id:int}/retire")
def retire(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, number_id: int
) -> Response:
    """Call from a number no more."""

    def act(campaign: Campaign) -> None:
        retire_number(session, campaign, number_id, actor=principal.actor, now=now)

    return _act(request, session, principal, campaign_id=campaign_id, act=act, now=now)


@router.post("/{number_id:int}/rest")
def rest(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, number_id: int,
    length: Annotated[str, Form(max_length=50)] = "",
) -> Response:  # fmt: skip
    """Let a number rest for a while."""

    def act(campaign: Campaign) -> None:
        rest_by_hand(session, campaign, number_id, minutes=_minutes(length), actor=principal.actor, now=now)

    return _act(request, session, principal, campaign_id=campaign_id, act=act, now=now)


@router.post("/{number_id:int}/resume")
def resume(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, number_id: int
) -> Response:
    """End a number's rest early."""

    def act(campaign: Campaign) -> None:
        lift_rests(session, campaign, number_id, actor=principal.actor, now=now)

    return _act(request, session, principal, campaign_id=campaign_id, act=act, now=now)


def _minutes(text: str) -> int:
    try:
        minutes = read_length(text)
    except (ValueError, OverflowError):
        minutes = 0
    if not 1 <= minutes <= LONGEST_DELAY:
        raise InvalidInputError("The number goes on.", (Fault("length", WRITE_LENGTH),))
    return minutes


def _act(
    request: Request, session: Session, principal: Principal, *, campaign_id: int, act: Act, now: datetime
) -> Response:
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            act(campaign)
    except XiangyinError as error:
        return _page(request, session, principal, campaign=campaign, error=error, now=now)
    return leave(request, f"/campaigns/{campaign_id}/numbers")


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign,
    error: XiangyinError | None = None, now: datetime,
) -> Response:  # fmt: skip
    language, numbers = language_for(request, principal), list_numbers(session, campaign.id)
    standings = {standing.number_id: standing for standing in standings_of(session, campaign, now=now)}
    rests = {s.number_id: show_fault(why_it_rests(s, campaign), language).words for s in standings.values() if s.rest}
    return render(
        request, "numbers.html", person=principal, status=error.status if error else 200, campaign=campaign,
        numbers=numbers, names={held.id: held.number for held in numbers}, standings=standings, rests=rests,
        days=figures_by_day(session, campaign, now=now), rules=rules_of(session, campaign).numbers,
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id),
        error=show_error(error, language) if error else None,
    )  # fmt: skip
