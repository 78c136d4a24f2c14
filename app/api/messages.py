"""Take in what the provider reports about messages, and what people write back: checked, kept, answered at once."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts.access import LARGEST_ID, PUBLIC
from app.core.clock import Now
from app.core.errors import Fault, InvalidInputError, NotFoundError, TooLargeError
from app.core.turns import Router
from app.sampling.contacts import set_no_messages
from app.telephony.messages import Wish, read_wish
from app.telephony.outbox import Reported, keep_inbound, keep_report
from app.telephony.twilio.account import TwilioAccount
from app.telephony.twilio.messages import MOST_CHARACTERS, read_message_report
from app.telephony.twilio.signature import verify

router = Router(prefix="/telephony/twilio", tags=["telephony"])
TOKEN_HEADER: Final = "i-twilio-idempotency-token"  # noqa: S105  a header's name
LONGEST_TOKEN: Final = 200
LARGEST_BYTES: Final = 65_536
MOST_FIELDS: Final = 100
NOTHING_TO_SAY: Final = "<?xml version='1.0' encoding='UTF-8'?><Response/>"


@router.post("/messages", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def take_report(request: Request, message: Annotated[int, Query(ge=1, le=LARGEST_ID)], *, now: Now) -> None:
    """Keep one report about one message; the same one again is answered alike and changes nothing."""
    form = await _signed_form(request)
    report = read_message_report(form, message_id=message, token=_token(request))
    await run_in_threadpool(_keep, request, report, now=now)


@router.post("/inbound-messages", dependencies=[PUBLIC], response_class=Response)
async def take_message(request: Request, *, now: Now) -> Response:
    """Take a person's wish for no messages, or for messages again; whatever else they write is not kept."""
    form = await _signed_form(request)
    sid, number = form.get("MessageSid", ""), form.get("From", "")
    if not sid or not number or len(sid) > MOST_CHARACTERS or len(number) > MOST_CHARACTERS:
        raise InvalidInputError("The message cannot be read.", (Fault("From", "A message names its sender."),))
    token, wish = _token(request) or sid, read_wish(form.get("Body", ""))
    await run_in_threadpool(_keep_wish, request, token, wish, number=number, now=now)
    return Response(NOTHING_TO_SAY, media_type="text/xml")


async def _signed_form(request: Request) -> dict[str, str]:
    """Read the body only of an installation that has a provider, and believe it only when it is signed."""
    account: TwilioAccount | None = request.app.state.account
    if account is None:
        raise NotFoundError
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        raise TooLargeError
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    verify(_public_url(request), form, request.headers, tokens=account.auth_tokens)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _public_url(request: Request) -> str:
    """Return the address that was signed: the public one, with path and query as they came."""
    base: str = request.app.state.settings.public_base_url
    path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    return base.rstrip("/") + (f"{path}?{query}" if query else path)


def _token(request: Request) -> str:
    return request.headers.get(TOKEN_HEADER, "")[:LONGEST_TOKEN]


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
