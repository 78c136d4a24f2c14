"""The call-back line's way in: what callers do comes as signed reports, and is answered by a document."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts.access import PUBLIC
from app.api.rooms import DOCUMENT, BodyHash
from app.api.signed import delivery_token, signed_form
from app.core.clock import Now
from app.core.turns import Router
from app.interviewing.call_back_line import CallBackLine, end_call
from app.telephony.arrivals import Arrival, keep_reports
from app.telephony.inbound.domain import Heard, Step
from app.telephony.twilio.menu import read_inbound, write_menu
from app.telephony.twilio.reports import Report, read_report
from app.telephony.twilio.twiml import MEDIA_TYPE

router = Router(prefix="/telephony/twilio/inbound-calls", tags=["telephony"])
ENDING_SEQUENCE: Final = 10_000  # whatever else is told of a call comes before its end


@router.post("", dependencies=[PUBLIC], response_class=Response, responses=DOCUMENT)
async def answer_caller(
    request: Request, *, step: Annotated[Step, Query()] = Step.CALL, asked: Annotated[int, Query(ge=0, le=9_999)] = 0,
    now: Now, _body_hash: BodyHash = None,
) -> Response:  # fmt: skip
    """Tell a caller who we are and what can be pressed, and act on it; the same report again is answered alike."""
    form = await signed_form(request)
    heard, kept = read_inbound(form, step=step, asked=asked, token=delivery_token(request))
    document = await run_in_threadpool(_answer, request, heard, kept, now=now)
    return Response(document, media_type=MEDIA_TYPE)


def _answer(request: Request, heard: Heard, kept: dict[str, str], *, now: datetime) -> str:
    state = request.app.state
    base_url = state.settings.public_base_url.rstrip("/")
    line = CallBackLine(
        state.make_session,
        state.gateway,
        state.vault,
        state.settings.default_region,
        lambda acts, asked: write_menu(acts, base_url=base_url, asked=asked),
    )
    return line.hear(heard, kept, now=now)


@router.post("/ended", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def note_end(request: Request, *, now: Now, _body_hash: BodyHash = None) -> None:
    """Note that a call that came in is over; one that an interviewer took ends on their screen."""
    report = read_report(await signed_form(request))
    token = delivery_token(request) or report.token
    await run_in_threadpool(_end, request, report, token=token, now=now)


def _end(request: Request, report: Report, *, token: str, now: datetime) -> None:
    with request.app.state.make_session() as session, session.begin():
        call = end_call(session, report.call_id, now=now)
        if call is not None and call.attempt_id is not None:
            last = Report(report.call_id, report.status, ENDING_SEQUENCE, report.fields)
            keep_reports(session, [Arrival(call.attempt_id, last, token, now)])
