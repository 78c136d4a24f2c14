"""Take in what the telephone provider reports: checked, kept, and answered at once."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from app.accounts.access import LARGEST_ID, PUBLIC
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.errors import NotFoundError, TooLargeError
from app.core.turns import Router
from app.telephony.requests import keep_report
from app.telephony.twilio.account import TwilioAccount
from app.telephony.twilio.reports import Report, read_report
from app.telephony.twilio.signature import BODY_HASH, verify

router = Router(prefix="/telephony", tags=["telephony"])
TOKEN_HEADER: Final = "i-twilio-idempotency-token"  # noqa: S105  a header's name
LONGEST_TOKEN: Final = 200
LARGEST_REPORT_BYTES: Final = 65_536
MOST_FIELDS: Final = 100


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
    form = await verified_form(request)
    report = read_report({name: value for name, value in form.items() if isinstance(value, str)})
    token = request.headers.get(TOKEN_HEADER, "")[:LONGEST_TOKEN] or report.token
    await run_in_threadpool(
        _keep, request.app.state.make_lookup_session, report, token=token, attempt_id=attempt, now=now
    )


async def verified_form(request: Request) -> FormData:
    """Read the body only of an installation that has a provider, and believe it only when it is signed."""
    account: TwilioAccount | None = request.app.state.account
    if account is None:
        raise NotFoundError
    if int(request.headers.get("content-length") or 0) > LARGEST_REPORT_BYTES:
        raise TooLargeError
    url = f"{request.app.state.settings.public_base_url.rstrip('/')}{_raw_address(request)}"
    if request.headers.get("content-type", "").startswith("application/json"):
        verify(url, (await request.body()).decode("utf-8", "replace"), request.headers, tokens=account.auth_tokens)
        raise NotFoundError  # reports about calls are forms; nothing of ours is sent as a document
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    verify(url, form, request.headers, tokens=account.auth_tokens)
    return form


def _raw_address(request: Request) -> str:
    """Return path and query as they came, which is what was signed."""
    path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _keep(make_session: SessionFactory, report: Report, *, token: str, attempt_id: int, now: datetime) -> None:
    # One statement that stands for itself, in a session that opens no transaction around it.
    with make_session() as session, session.begin():
        keep_report(
            session,
            token=token,
            attempt_id=attempt_id,
            call_id=report.call_id,
            sequence=report.sequence,
            status=report.status,
            kind=report.kind,
            fields=report.fields,
            now=now,
        )
