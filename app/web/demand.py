"""Supply and demand by lect and hour, what is missing in words, and whether every lect gets equal effort."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.domain import CampaignState
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.dialing.demand import Column, Demand, LectDemand, demand_of
from app.dialing.effort import effort_of
from app.dialing.naming import Names
from app.dialing.supply import LectSpan
from app.dialing.unstaffed import unstaffed_lects
from app.dialing.want_of_staff import closures_of
from app.web.pages import language_for, render, show_error
from app.web.sentences import speaker

HEAT_STEPS: Final = 4
WORTH_SHOWING: Final = 0.05  # cases; less is rounded to none
NOTHING_TYPED: Final[Mapping[str, str]] = {}

router = Router(prefix="/campaigns/{campaign_id:int}/demand", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]


@dataclass(frozen=True)
class Shown:
    """Which table is wanted: hours or days, by the last count or counted anew."""

    column: Column = Column.HOUR
    exact: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell of the heat table: 0 (nothing due) to 4 (as much as anywhere); `is_bare` where nobody can take it."""

    cell: LectSpan
    heat: int
    is_bare: bool


@dataclass(frozen=True)
class ShownRow:
    """One lect's row, of the columns that are shown."""

    row: LectDemand
    cells: list[ShownCell]


@router.get("")
def show_demand(
    *, request: Request, session: ReadSession, principal: Watcher, now: Now, campaign_id: int,
    by: Column = Column.HOUR, exact: bool = False,
) -> Response:  # fmt: skip
    """Show the next hours, or the days ahead."""
    return draw_demand(request, session, principal, campaign_id=campaign_id, shown=Shown(by, exact=exact), now=now)


def draw_demand(
    request: Request, session: Session, principal: Principal, *, campaign_id: int, shown: Shown = Shown(),
    error: XiangyinError | None = None, typed: Mapping[str, str] = NOTHING_TYPED, now: Now,
) -> Response:  # fmt: skip
    """Draw the page; with an error also what was typed into one of its forms."""
    campaign, language = get_campaign(session, campaign_id), language_for(request, principal)
    demand = demand_of(session, campaign, column=shown.column, exact=shown.exact, now=now)
    columns = shown_columns(demand)
    is_open = campaign.state == CampaignState.OPEN
    return render(
        request, "demand.html", person=principal, status=error.status if error else 200, campaign=campaign,
        demand=demand, spans=[demand.spans[i] for i in columns], rows=shown_rows(demand, columns),
        effort=effort_of(session, campaign, now=now), slices=rules_of(session, campaign).slices,
        unstaffed=unstaffed_lects(session, campaign, now=now) if is_open else (),
        closures=closures_of(session, campaign_id), names=Names(session, campaign, rules_of(session, campaign)),
        say=speaker(language), typed=typed, error=show_error(error, language) if error else None,
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign_id),
    )  # fmt: skip


def shown_columns(demand: Demand) -> list[int]:
    """Return the columns in which somebody may be called, something is due or somebody is on duty."""
    return [
        i
        for i, span in enumerate(demand.spans)
        if span.windows or any(_says_something(row.cells[i]) for row in demand.lects)
    ]


def shown_rows(demand: Demand, columns: list[int]) -> list[ShownRow]:
    """Lay the table out; the deepest colour is the fullest cell of the table."""
    most = max((cell.due for row in demand.lects for cell in row.cells), default=0.0)
    return [ShownRow(row, [_shown(row.cells[i], most) for i in columns]) for row in demand.lects]


def _says_something(cell: LectSpan) -> bool:
    return cell.due >= WORTH_SHOWING or cell.full > 0 or cell.partial > 0


def _shown(cell: LectSpan, most: float) -> ShownCell:
    heat = ceil(HEAT_STEPS * cell.due / most) if cell.due >= WORTH_SHOWING else 0
    return ShownCell(cell, heat, is_bare=heat > 0 and cell.full == 0)
