"""Take in what the telephone provider reports: checked, kept, and answered at once."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from app.accounts.access import LARGEST_ID, PUBLIC
from app.api.signed import delivery_token, signed_form
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.turns import Router
from app.telephony.requests import keep_report
from app.telephony.twilio.reports import Report, read_report
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
    await run_in_threadpool(
        _keep, request.app.state.make_lookup_session, report, token=token, attempt_id=attempt, now=now
    )


def _keep(make_session: SessionFactory, report: Report, *, token: str, attempt_id: int, now: datetime) -> None:
    # One statement that stands for itself, in a session that opens no transaction around it.
    with make_session() as session, session.begin():
        keep_report(session, attempt_id, report, token=token, now=now)
