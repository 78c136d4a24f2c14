"""Sign people in and out over HTTP."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.accounts.access import (
    PUBLIC,
    SIGNED_IN,
    drop_session_cookie,
    put_session_cookie,
    request_address,
    session_token,
)
from app.accounts.domain import Principal, Role
from app.accounts.service import WrongCredentialsError, roles_of, sign_in, sign_out
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.problems import respond
from app.core.turns import Router

router = Router(prefix="/sessions", tags=["sessions"])


class Credentials(BaseModel):
    """A login and its password."""

    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class SessionOut(BaseModel):
    """Who is signed in."""

    login: str
    display_name: str
    locale: str
    roles: list[Role]


@router.post("", response_model=SessionOut, status_code=HTTPStatus.CREATED, dependencies=[PUBLIC])
def open_session(
    credentials: Credentials, request: Request, response: Response, *, session: WriteSession, now: Now
) -> SessionOut | Response:
    """Sign in; the session's token comes back as a cookie."""
    try:
        token, person = sign_in(
            session, login=credentials.login, password=credentials.password, address=request_address(request), now=now
        )
    except WrongCredentialsError as error:
        # Answered here, not passed on: that would roll the counted failure back.
        return respond(error, request)
    earlier = session_token(request)
    if earlier:
        sign_out(session, earlier, now=now)
    put_session_cookie(response, token, settings=request.app.state.settings)
    roles = roles_of(session, person.id)
    return SessionOut(login=person.login, display_name=person.display_name, locale=person.locale, roles=roles)


@router.get("/current")
def read_session(principal: Annotated[Principal, SIGNED_IN], session: ReadSession) -> SessionOut:
    """Tell who is signed in; a client has no roles."""
    return SessionOut(
        login=principal.login,
        display_name=principal.display_name,
        locale=principal.locale,
        roles=roles_of(session, principal.id) if principal.kind == "person" else [],
    )


@router.delete("/current", status_code=HTTPStatus.NO_CONTENT)
def close_session(
    *,
    request: Request,
    response: Response,
    _principal: Annotated[Principal, SIGNED_IN],
    session: WriteSession,
    now: Now,
) -> None:
    """Sign out; the token is worthless from now on."""
    token = session_token(request)
    if token:
        sign_out(session, token, now=now)
    drop_session_cookie(response, settings=request.app.state.settings)
