"""Forms that the telephone provider signs: read within bounds, and believed for their signature alone."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from app.core.errors import InvalidInputError, NotFoundError, TooLargeError
from app.telephony.twilio.account import TwilioAccount
from app.telephony.twilio.signature import verify

TOKEN_HEADER: Final = "i-twilio-idempotency-token"  # noqa: S105  a header's name
LONGEST_TOKEN: Final = 200
LARGEST_BYTES: Final = 65_536
MOST_FIELDS: Final = 100


async def signed_form(request: Request) -> dict[str, str]:
    """Read the body only of an installation that has a provider, and believe it only when it is signed."""
    account: TwilioAccount | None = request.app.state.account
    if account is None:
        raise NotFoundError
    url = f"{request.app.state.settings.public_base_url.rstrip('/')}{_address(request)}"
    if request.headers.get("content-type", "").startswith("application/json"):
        verify(url, (await _body_of(request)).decode("utf-8", "replace"), request.headers, tokens=account.auth_tokens)
        raise NotFoundError  # everything of ours comes as a form; nothing is sent as a document
    fields = _read(await _body_of(request))
    verify(url, fields, request.headers, tokens=account.auth_tokens)
    return dict(fields)


async def _body_of(request: Request) -> bytes:
    """Read no more than a form may have, announced or not."""
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        raise TooLargeError
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BYTES:
            raise TooLargeError
    return bytes(body)


def _read(body: bytes) -> Sequence[tuple[str, str]]:
    """Read the fields of a form as Twilio sends it; anything else has none, and so no signature that fits."""
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidInputError("The form cannot be read.") from error


def delivery_token(request: Request) -> str:
    """Return the provider's own name of this delivery, which is the same when it comes again; "" without one."""
    return request.headers.get(TOKEN_HEADER, "")[:LONGEST_TOKEN]


def _address(request: Request) -> str:
    """Return path and query as they came, which is what was signed."""
    path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    return f"{path}?{query}" if query else path
