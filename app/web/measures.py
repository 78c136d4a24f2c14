"""The page of the trust measures: what each does, against the cases that are held out."""

from typing import Annotated

from fastapi import Request, Response

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.db import ReadSession
from app.core.turns import Router
from app.dialing.effects import effects_of
from app.dialing.measures import shares_of
from app.web.pages import render

router = Router(prefix="/campaigns/{campaign_id:int}/measures", include_in_schema=False)


@router.get("")
def show_measures(
    *, request: Request, session: ReadSession, principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    campaign_id: int,
) -> Response:  # fmt: skip
    """Show both arms of each measure."""
    campaign = get_campaign(session, campaign_id)
    return render(
        request, "measures.html", person=principal, campaign=campaign, effects=effects_of(session, campaign),
        shares=shares_of(rules_of(session, campaign).measures),
    )  # fmt: skip
