"""Guard routes: every one names the permission it needs, or says that it is open to all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request, Response, Security
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.responses import RedirectResponse
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyCookie, OAuth2
from sqlalchemy.orm import Session

from app.accounts.clients import principal_of_token
from app.accounts.domain import INSTALLATION_WIDE, Permission, Principal, Scope, scopes_for
from app.accounts.service import LIFETIME, principal_of_session
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.errors import ForbiddenError, NotFoundError, NotSignedInError
from app.core.problems import respond
from app.core.settings import Settings

COOKIE: Final = "xiangyin"
SECURE_COOKIE: Final = "__Host-xiangyin"
SIGN_IN_PAGE: Final = "/sign-in"
TOKEN_URL: Final = "/api/v1/oauth/token"  # noqa: S105  an address
LARGEST_ID: Final = 2**63 - 1


class InvalidTokenError(NotSignedInError):
    """The access token is unknown or has expired; ask for a new one."""

    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer realm="xiangyin", error="invalid_token"'}


# These two only describe the ways in for the API's document; `_principal` reads the request itself.
_BEARER = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_URL, scopes={scope.value: "" for scope in Scope})
    ),
    scheme_name="client",
    auto_error=False,
)
_COOKIE = APIKeyCookie(name=COOKIE, scheme_name="browser", auto_error=False)


def _principal(request: Request, now: Now) -> Principal | None:
    """Recognise whoever asks, before the route begins and apart from its transaction.

    Shared with the route, it would be held across whatever the route waits for. One statement, or two
    once a minute: each stands for itself, so no transaction is opened around them.
    """
    make_session: SessionFactory = request.app.state.make_lookup_session
    with make_session() as session, session.begin():
        principal = recognise(session, request, now=now)
    if principal is not None:
        request.state.locale = principal.locale
    return principal


def recognise(session: Session, request: Request, *, now: datetime) -> Principal | None:
    """Tell who asks; a bearer token beside a cookie wins, because it passed without origin check."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        principal = principal_of_token(session, bearer.strip(), now=now)
        if principal is None:
            raise InvalidTokenError
        return principal
    token = session_token(request)
    return principal_of_session(session, token, now=now) if token else None


OptionalPrincipal = Annotated[Principal | None, Depends(_principal)]


@dataclass(frozen=True)
class Rule:
    """What a route asks of whoever calls it; without a permission, only to be signed in."""

    permission: Permission | None

    async def __call__(
        self,
        request: Request,
        principal: OptionalPrincipal,
        *,
        _bearer: Annotated[Any, Security(_BEARER)] = None,
        _cookie: Annotated[Any, Security(_COOKIE)] = None,
    ) -> Principal:
        """Let the principal through or raise 401, 403, or 404 for a campaign they may not know of."""
        if principal is None:
            raise NotSignedInError
        if self.permission is not None:
            _check(principal, self.permission, request.path_params.get("campaign_id"))
        return principal


def require(permission: Permission) -> Any:
    """Guard a route by a permission, and hand it the principal.

    Written `principal: Annotated[Principal, require(Permission.TAKE_CASE)]`. Where the path has a
    `campaign_id`, the permission must hold in that campaign; elsewhere in at least one, and the
    service limits itself to `principal.campaigns_with(permission)`.
    """
    return Security(Rule(permission), scopes=scopes_for(permission))


async def _open_to_all() -> None:
    """Mark a route as meant for everybody."""


SIGNED_IN: Final = Security(Rule(None))
PUBLIC: Final = Depends(_open_to_all)


def _check(principal: Principal, permission: Permission, campaign_id: object) -> None:
    if campaign_id is None:
        passed = (
            principal.may(permission, None) if permission in INSTALLATION_WIDE else principal.may_somewhere(permission)
        )
    else:
        number = _campaign_number(str(campaign_id))
        if not principal.knows(number):
            raise NotFoundError
        passed = principal.may(permission, number)
    if not passed:
        raise ForbiddenError


def _campaign_number(text: str) -> int:
    """Read the path as the database would; what can be no id names no campaign."""
    if not (text.isascii() and text.isdecimal()) or int(text) > LARGEST_ID:
        raise NotFoundError
    return int(text)


def routes_without_rule(app: FastAPI, *, open_paths: Collection[str] = ()) -> list[str]:
    """List the routes, however deeply included, that neither name a permission nor say PUBLIC."""
    documents = {app.openapi_url, app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url}
    allowed = {path for path in documents if path} | set(open_paths)
    return [
        f"{','.join(sorted(route.methods or ())) or 'ANY'} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.path not in allowed and not _has_rule(getattr(route, "dependant", None))
    ]


def _has_rule(dependant: Dependant | None) -> bool:
    if dependant is None:
        return False
    if isinstance(dependant.call, Rule) or dependant.call is _open_to_all:
        return True
    return any(_has_rule(inner) for inner in dependant.dependencies)


async def ask_to_sign_in(request: Request, error: Exception) -> Response:
    """Lead a person to the sign-in page and back; answer a program with 401."""
    known = error if isinstance(error, NotSignedInError) else NotSignedInError()
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith("/api/"):
        return respond(known, request)
    if request.headers.get("hx-request"):
        # A fragment's request: the whole page must move, not the fragment.
        response = respond(known, request)
        response.headers["HX-Redirect"] = _sign_in_address(request.headers.get("hx-current-url", ""))
        return response
    page = str(request.url) if request.method == "GET" else ""
    return RedirectResponse(_sign_in_address(page), HTTPStatus.SEE_OTHER)


def _sign_in_address(page: str) -> str:
    try:
        address = urlsplit(page)
    except ValueError:  # a header that some program made up
        return SIGN_IN_PAGE
    back = f"{address.path}?{address.query}" if address.query else address.path
    return f"{SIGN_IN_PAGE}?next={quote(back, safe='/')}" if back not in {"", "/"} else SIGN_IN_PAGE


def safe_next(text: str | None) -> str:
    """Return where to go after signing in: a path of ours, never an address that leads away."""
    path = text or "/"
    leads_away = not path.startswith("/") or path.startswith("//") or not path.isprintable() or "\\" in path
    return "/" if leads_away else path


def request_address(request: Request) -> str:
    """Return the network address that failures are counted under."""
    return request.client.host if request.client else "unknown"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def cookie_name(settings: Settings) -> str:
    """Over https the prefix makes browsers refuse a cookie planted by a neighbouring site."""
    return SECURE_COOKIE if settings.secure_cookies else COOKIE


def session_token(request: Request) -> str | None:
    """Read the session's token from the cookie."""
    return request.cookies.get(cookie_name(_settings(request)))


def put_session_cookie(response: Response, token: str, *, settings: Settings) -> None:
    """Hand the token to the browser, out of the reach of scripts."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )


def drop_session_cookie(response: Response, *, settings: Settings) -> None:
    """Make the browser forget the token."""
    response.delete_cookie(cookie_name(settings), httponly=True, samesite="lax", secure=settings.secure_cookies)
