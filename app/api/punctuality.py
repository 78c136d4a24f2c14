"""How punctually a campaign keeps its appointments."""

from typing import Annotated

from fastapi import Query

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.turns import Router
from app.dialing.punctuality import MOST_DAYS, USUAL_DAYS, PunctualityReport, punctuality_of

router = Router(prefix="/campaigns", tags=["campaigns"])


@router.get("/{campaign_id}/punctuality")
def read_punctuality(
    campaign_id: int,
    _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    *,
    session: ReadSession,
    now: Now,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="appointments for so many days back")] = USUAL_DAYS,
) -> PunctualityReport:
    """Return how many appointments were kept in time, missed, and how late, by lect and by interviewer asked for."""
    return punctuality_of(session, get_campaign(session, campaign_id), days=days, now=now)
