"""Take in what the telephone provider reports: checked, kept, and answered at once."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request

from app.accounts.access import LARGEST_ID, PUBLIC
from app.api.signed import delivery_token, signed_form
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.together import Together
from app.core.turns import Router
from app.telephony.requests import Arrival, keep_reports
from app.telephony.twilio.reports import read_report
from app.telephony.twilio.signature import BODY_HASH

router = Router(prefix="/telephony", tags=["telephony"])


@router.post("/twilio/calls", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def take_report(
    request: Request,
    attempt: Annotated[int, Query(ge=1, le=LARGEST_ID)],
    *,
    _body_hash: Annotated[str | None, Query(alias=BODY_HASH, max_length=64)] = None,
    now: Now,
) -> None:
    """Keep one report about one call; the same one again is answered alike and changes nothing.

    Background work makes something of it a moment later, many at once, however fast they come.
    """
    report = read_report(await signed_form(request))
    token = delivery_token(request) or report.token
    reports: Together[Arrival] = request.app.state.reports
    await reports.put(Arrival(attempt, report, token, now))


def keeps_reports(make_session: SessionFactory) -> Together[Arrival]:
    """Return what takes reports in: those that come together are kept by one statement, which stands for itself."""

    def keep(arrivals: Sequence[Arrival]) -> None:
        with make_session() as session, session.begin():
            keep_reports(session, arrivals)

    return Together(keep)
