"""Take in what the telephone provider reports: checked, kept, and answered at once."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.accounts.access import LARGEST_ID, PUBLIC
from app.api.signed import delivery_token, signed_form
from app.core.alone import Alone
from app.core.shortcut import StraightRoute
from app.core.together import Together
from app.core.turns import Router
from app.telephony.arrivals import Arrival, keep_reports_alone
from app.telephony.twilio.reports import read_report
from app.telephony.twilio.signature import BODY_HASH

router = Router(prefix="/telephony", tags=["telephony"], route_class=StraightRoute)


class OfAttempt(BaseModel):
    """Which attempt a report is about."""

    attempt: int = Field(ge=1, le=LARGEST_ID)
    body_hash: str | None = Field(None, alias=BODY_HASH, max_length=64)


@router.post("/twilio/calls", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC], response_class=Response)
async def take_report(request: Request, query: Annotated[OfAttempt, Query()]) -> Response:
    """Keep one report about one call; the same one again is answered alike and changes nothing.

    Background work makes something of it a moment later, many at once, however fast they come.
    """
    state = request.app.state
    report = read_report(await signed_form(request))
    token = delivery_token(request) or report.token
    reports: Together[Arrival] = state.reports
    await reports.put(Arrival(query.attempt, report, token, state.clock()))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def keeps_reports(alone: Alone) -> Together[Arrival]:
    """Return what takes reports in: those that come together are kept by one statement."""

    async def keep(arrivals: Sequence[Arrival]) -> None:
        await keep_reports_alone(alone, arrivals)

    return Together(keep)
