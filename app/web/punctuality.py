"""The page of appointments: whether they are kept in time, by lect and by the interviewer who was asked for."""

from typing import Annotated, Final

from fastapi import Request, Response

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.turns import Router
from app.dialing.punctuality import MOST_DAYS, USUAL_DAYS, punctuality_of
from app.web.pages import render

PERIODS: Final = (7, USUAL_DAYS, MOST_DAYS)

router = Router(prefix="/campaigns/{campaign_id:int}/appointments", include_in_schema=False)


@router.get("")
def show_punctuality(
    *, request: Request, session: ReadSession, principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    now: Now, campaign_id: int, days: int = USUAL_DAYS,
) -> Response:  # fmt: skip
    """Show the appointments for the last days, four weeks unless another period is chosen."""
    campaign = get_campaign(session, campaign_id)
    chosen = days if days in PERIODS else USUAL_DAYS
    report = punctuality_of(session, campaign, days=chosen, now=now)
    return render(
        request, "appointments.html", person=principal, campaign=campaign, report=report, days=chosen, periods=PERIODS
    )
