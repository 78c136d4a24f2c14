"""Take in what the provider reports about messages, and what people write back: checked, kept, answered at once."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts.access import LARGEST_ID, PUBLIC
from app.api.signed import delivery_token, signed_form
from app.core.clock import Now
from app.core.errors import Fault, InvalidInputError
from app.core.turns import Router
from app.sampling.contacts import set_no_messages
from app.telephony.messages import Wish, read_wish
from app.telephony.outbox import Reported, keep_inbound, keep_report
from app.telephony.twilio.messages import MOST_CHARACTERS, read_message_report

router = Router(prefix="/telephony/twilio", tags=["telephony"])
NOTHING_TO_SAY: Final = "<?xml version='1.0' encoding='UTF-8'?><Response/>"


@router.post("/messages", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def take_report(request: Request, message: Annotated[int, Query(ge=1, le=LARGEST_ID)], *, now: Now) -> None:
    """Keep one report about one message; the same one again is answered alike and changes nothing."""
    form = await signed_form(request)
    report = read_message_report(form, message_id=message, token=delivery_token(request))
    await run_in_threadpool(_keep, request, report, now=now)


@router.post("/inbound-messages", dependencies=[PUBLIC], response_class=Response)
async def take_message(request: Request, *, now: Now) -> Response:
    """Take a person's wish for no messages, or for messages again; whatever else they write is not kept."""
    form = await signed_form(request)
    sid, number = form.get("MessageSid", ""), form.get("From", "")
    if not sid or not number or len(sid) > MOST_CHARACTERS or len(number) > MOST_CHARACTERS:
        raise InvalidInputError("The message cannot be read.", (Fault("From", "A message names its sender."),))
    token, wish = delivery_token(request) or sid, read_wish(form.get("Body", ""))
    await run_in_threadpool(_keep_wish, request, token, wish, number=number, now=now)
    return Response(NOTHING_TO_SAY, media_type="text/xml")


def _keep(request: Request, report: Reported, *, now: datetime) -> None:
    with request.app.state.make_session() as session, session.begin():
        keep_report(session, report, now=now)


def _keep_wish(request: Request, token: str, wish: Wish | None, *, number: str, now: datetime) -> None:
    with request.app.state.make_session() as session, session.begin():
        is_new = keep_inbound(session, token, meaning=wish.value if wish else "other", now=now)
        if is_new and wish is not None:
            vault = request.app.state.vault
            no_messages = wish is Wish.NO_MESSAGES
            set_no_messages(session, number, vault=vault, source="message", no_messages=no_messages, now=now)
