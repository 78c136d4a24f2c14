"""The form in which a supervisor writes down what the public is told about a campaign."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.identity import Identity, identity_of, set_identity
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.parameters import MESSAGES
from app.core.turns import Router
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error
from app.web.verification import PATH

DATES: Final = ("approved_until", "starts_on", "ends_on")

router = Router(prefix="/campaigns/{campaign_id:int}/identity", include_in_schema=False)
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_identity(*, request: Request, session: ReadSession, principal: Planner, campaign_id: int) -> Response:
    """Show what the public is told."""
    campaign = get_campaign(session, campaign_id)
    written = {name: str(value or "") for name, value in asdict(identity_of(session, campaign)).items()}
    return _page(request, principal, campaign=campaign, written=written)


@router.post("")
def change(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Tell the public what is in the form."""
    campaign = get_campaign(session, campaign_id)
    written = {name: value for name, value in sent.items() if isinstance(value, str)}
    try:
        _set(session, campaign, written, principal=principal, now=now)
    except XiangyinError as error:
        return _page(request, principal, campaign=campaign, written=written, error=error)
    return leave(request, f"/campaigns/{campaign_id}/identity")


def _set(session: Session, campaign: Campaign, written: Mapping[str, str], *, principal: Principal, now: Now) -> None:
    faults: list[Fault] = []
    dates = {name: _date(name, written.get(name, ""), faults) for name in DATES}
    if faults:
        raise InvalidInputError("The public would not learn enough.", tuple(faults))
    fields: dict[str, Any] = {name: written.get(name, "") for name in Identity.__dataclass_fields__} | dates
    with session.begin_nested():
        set_identity(session, campaign, Identity(**fields), actor=principal.actor, now=now)


def _date(name: str, text: str, faults: list[Fault]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        faults.append(Fault(name, MESSAGES["date_from_datetime_parsing"]))
        return None


def _page(
    request: Request, principal: Principal, *, campaign: Campaign, written: Mapping[str, str],
    error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    address = request.app.state.settings.public_base_url.rstrip("/") + PATH
    return render(
        request, "identity.html", person=principal, status=error.status if error else 200, campaign=campaign,
        written=written, address=address,
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
