"""Supply and demand by lect and hour, for planners' own tools."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.turns import Router
from app.dialing.demand import Column, Demand, demand_of
from app.dialing.effort import Effort, effort_of

router = Router(prefix="/campaigns", tags=["campaigns"])


class DemandOut(BaseModel):
    """Open cases against the roster, and the effort that each lect's cases have had."""

    demand: Demand
    effort: Effort


@router.get("/{campaign_id}/demand")
def read_demand(
    campaign_id: int,
    _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    *,
    session: ReadSession,
    now: Now,
    by: Annotated[Column, Query(description="one column an hour, for 24 hours, or one a day")] = Column.HOUR,
    exact: Annotated[bool, Query(description="count every case now, not as of some minutes ago")] = False,
) -> DemandOut:
    """Return what is due in each lect and hour, who is rostered for it, what is missing, and unequal effort."""
    campaign = get_campaign(session, campaign_id)
    return DemandOut(
        demand=demand_of(session, campaign, column=by, exact=exact, now=now),
        effort=effort_of(session, campaign, now=now),
    )
