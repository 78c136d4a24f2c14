"""Signing in and out, the start page, and how this browser likes its pages."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import update

from app.accounts.access import (
    PUBLIC,
    SIGNED_IN,
    OptionalPrincipal,
    drop_session_cookie,
    put_session_cookie,
    request_address,
    safe_next,
    session_token,
)
from app.accounts.domain import Principal
from app.accounts.models import Person
from app.accounts.service import sign_in, sign_out
from app.core.clock import Now
from app.core.db import WriteSession
from app.core.errors import XiangyinError
from app.core.settings import Settings
from app.core.turns import Router
from app.web.i18n import language_of
from app.web.pages import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, language_for, render, show_error

YEAR_SECONDS = 365 * 24 * 3600

router = Router(include_in_schema=False)
SignedIn = Annotated[Principal, SIGNED_IN]


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


@router.get("/")
def show_home(*, request: Request, principal: SignedIn) -> Response:
    """Open the start page: what this person can do here."""
    return render(request, "home.html", person=principal)


@router.get("/sign-in", dependencies=[PUBLIC])
def show_sign_in(*, request: Request, next: str = "/") -> Response:  # noqa: A002  the address's own word
    """Ask who is there."""
    return _sign_in_page(request, login="", next_path=safe_next(next))


@router.post("/sign-in", dependencies=[PUBLIC])
def enter(
    *,
    request: Request,
    session: WriteSession,
    now: Now,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Open a session and go where the person wanted to go."""
    try:
        token, _ = sign_in(session, login=login, password=password, address=request_address(request), now=now)
    except XiangyinError as error:
        # The failed attempt is kept: the transaction commits with this reply.
        return _sign_in_page(request, login=login, next_path=safe_next(next), error=error)
    response = RedirectResponse(safe_next(next), 303)
    put_session_cookie(response, token, settings=_settings(request))
    return response


def _sign_in_page(request: Request, *, login: str, next_path: str, error: XiangyinError | None = None) -> Response:
    return render(
        request,
        "sign_in.html",
        status=error.status if error else 200,
        login=login,
        next=next_path,
        demonstration=_settings(request).demonstration,
        error=show_error(error, language_for(request)) if error else None,
    )


@router.post("/sign-out")
def leave(*, request: Request, session: WriteSession, now: Now, _principal: SignedIn) -> Response:
    """End this browser's session."""
    sign_out(session, session_token(request) or "", now=now)
    response = RedirectResponse("/sign-in", 303)
    drop_session_cookie(response, settings=_settings(request))
    return response


@router.post("/preferences", dependencies=[PUBLIC])
def keep_preferences(
    *,
    session: WriteSession,
    principal: OptionalPrincipal,
    language: Annotated[str | None, Form()] = None,
    theme: Annotated[str | None, Form()] = None,
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Keep the language and the look; for a signed-in person the language goes wherever they sign in."""
    response = RedirectResponse(safe_next(back), 303)
    chosen = language_of(language)
    if chosen:
        response.set_cookie(LANGUAGE_COOKIE, chosen.tag, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    if chosen and principal and principal.kind == "person":
        session.execute(update(Person).where(Person.id == principal.id).values(locale=chosen.tag))
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response
