"""Close the cases of a lect that nobody serves, and take that back: two forms of the page of supply and demand."""

from typing import Annotated

from fastapi import Form, Request, Response

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.dialing.want_of_staff import close_for_want_of_staff, reopen_closure
from app.web.demand import draw_demand
from app.web.pages import leave

router = Router(prefix="/campaigns/{campaign_id:int}/demand", include_in_schema=False)
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Text = Annotated[str, Form()]


@router.post("/close")
def close_lect(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    lect: Text = "", reason: Text = "", confirmed: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Close the cases of the lect that was chosen, once the supervisor has said why and that it is meant."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            _require_choice(lect, confirmed=confirmed)
            close_for_want_of_staff(session, campaign, lect, reason=reason, actor=principal.actor, now=now)
    except XiangyinError as error:
        typed = {"lect": lect, "reason": reason}
        return draw_demand(request, session, principal, campaign_id=campaign_id, error=error, typed=typed, now=now)
    return leave(request, f"/campaigns/{campaign_id}/demand#closures")


@router.post("/reopen")
def reopen_lect(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    closure_id: Annotated[int, Form()], reason: Text = "",
) -> Response:  # fmt: skip
    """Let the cases of a closure wait again."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            reopen_closure(session, campaign, closure_id, reason=reason, actor=principal.actor, now=now)
    except XiangyinError as error:
        return draw_demand(request, session, principal, campaign_id=campaign_id, error=error, now=now)
    return leave(request, f"/campaigns/{campaign_id}/demand#closures")


def _require_choice(lect: str, *, confirmed: bool) -> None:
    faults = []
    if not lect:
        faults.append(Fault("lect", "Choose the lect whose cases are to be closed."))
    if not confirmed:
        faults.append(Fault("confirmed", "Tick the box to say that you mean it."))
    if faults:
        raise InvalidInputError("The cases stay as they are.", tuple(faults))
