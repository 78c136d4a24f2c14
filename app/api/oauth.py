"""Hand access tokens to programs: the client credentials grant of OAuth 2 (RFC 6749, 4.4)."""

import base64
import binascii
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote_plus

from fastapi import Form, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.accounts.access import PUBLIC, request_address
from app.accounts.clients import InvalidScopeError, IssuedToken, WrongSecretError, issue_token
from app.core.clock import Now
from app.core.db import WriteSession
from app.core.problems import RESPONSES
from app.core.turns import Router

router = Router(prefix="/oauth", tags=["oauth"])

NEVER_CACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
OAuthError = Literal["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]


class TokenOut(BaseModel):
    """An access token and how long it lives."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the name of a kind
    expires_in: int
    scope: str


class RefusalOut(BaseModel):
    """Why there is no token (RFC 6749, 5.2)."""

    error: OAuthError
    error_description: str


class TokenForm(BaseModel):
    """The request; id and secret may come in the Authorization header instead."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""


REFUSAL: Final[dict[str, Any]] = {
    "model": RefusalOut,
    "description": "A refusal in OAuth's own form; a parameter nobody knows is refused as everywhere else",
    "content": RESPONSES["default"]["content"],
}


@router.post("/token", response_model=TokenOut, dependencies=[PUBLIC], responses={400: REFUSAL, 401: REFUSAL})
def token(form: Annotated[TokenForm, Form()], request: Request, *, session: WriteSession, now: Now) -> JSONResponse:
    """Exchange a client's id and secret for a token of 15 minutes."""
    fault = _form_fault(form, request)
    if fault is not None:
        return fault
    client_id, secret = _basic(request) or (form.client_id, form.client_secret)
    try:
        issued = issue_token(
            session,
            client_id=client_id,
            secret=secret,
            scopes=form.scope.split(),
            address=request_address(request),
            now=now,
        )
    except InvalidScopeError as error:
        return _refusal("invalid_scope", error.words())
    except WrongSecretError as error:
        return _refusal("invalid_client", error.words())
    return _answer(issued)


def _form_fault(form: TokenForm, request: Request) -> JSONResponse | None:
    if not form.grant_type:
        return _refusal("invalid_request", "grant_type is missing; send grant_type=client_credentials.")
    if form.grant_type != "client_credentials":
        return _refusal("unsupported_grant_type", "Only grant_type=client_credentials is served.")
    by_header = request.headers.get("authorization") is not None
    if by_header and (form.client_secret or _basic(request) is None):
        return _refusal("invalid_request", "Send id and secret either by HTTP Basic or in the form.")
    if not by_header and not (form.client_id and form.client_secret):
        return _refusal("invalid_client", "client_id and client_secret are missing.")
    return None


def _basic(request: Request) -> tuple[str, str] | None:
    """Read HTTP Basic; id and secret are form-encoded inside it (RFC 6749, 2.3.1)."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else None


def _answer(issued: IssuedToken) -> JSONResponse:
    body = TokenOut(
        access_token=issued.token,
        expires_in=int(issued.lifetime.total_seconds()),
        scope=" ".join(issued.scopes),
    )
    return JSONResponse(body.model_dump(), headers=NEVER_CACHED)


def _refusal(error: OAuthError, description: str) -> JSONResponse:
    """Answer in OAuth's own form, which its client libraries expect instead of problem details."""
    headers = dict(NEVER_CACHED)
    status = HTTPStatus.BAD_REQUEST
    if error == "invalid_client":
        status = HTTPStatus.UNAUTHORIZED
        headers["WWW-Authenticate"] = 'Basic realm="xiangyin"'
    return JSONResponse({"error": error, "error_description": description}, status, headers)
