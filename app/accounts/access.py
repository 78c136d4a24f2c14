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
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.security import APIKeyCookie, OAuth2
from sqlalchemy.orm import Session

from app.accounts.clients import principal_of_token
from app.accounts.domain import INSTALLATION_WIDE, Permission, Principal, Scope, scopes_for
from app.accounts.service import LIFETIME, WHO_IS_SIGNED_IN, SignedIn, note_seen, signed_in_by, signed_in_for
from app.core.alone import OnTheLoop
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.errors import ForbiddenError, NotFoundError, NotSignedInError
from app.core.problems import respond
from app.core.settings import Settings
from app.core.turns import Guard, Route

COOKIE: Final = "xiangyin"
SECURE_COOKIE: Final = "__Host-xiangyin"
SIGN_IN_PAGE: Final = "/sign-in"
TOKEN_URL: Final = "/api/v1/oauth/token"  # noqa: S105  an address
LARGEST_ID: Final = 2**63 - 1


class InvalidTokenError(NotSignedInError):
    """The access token is unknown or has expired; ask for a new one."""

    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer realm="xiangyin", error="invalid_token"'}


# These two only describe the ways in for the API's document; `Caller` reads the request itself.
_BEARER = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_URL, scopes={scope.value: "" for scope in Scope})
    ),
    scheme_name="client",
    auto_error=False,
)
_COOKIE = APIKeyCookie(name=COOKIE, scheme_name="browser", auto_error=False)


@dataclass(frozen=True)
class Caller(Guard):
    """Whoever asks, not looked up yet; the route is given their principal."""

    request: Request
    now: datetime
    permission: Permission | None = None
    is_optional: bool = False

    @property
    def make_session(self) -> SessionFactory:
        """Open a session for a route that has none of its own."""
        make_session: SessionFactory = self.request.app.state.make_lookup_session
        return make_session

    def admit(self, session: Session) -> Principal | None:
        """Let the principal through or raise 401, 403, or 404 for a campaign they may not know of."""
        principal = self._recognised(session)
        if principal is None:
            if self.is_optional:
                return None
            raise NotSignedInError
        self.request.state.locale = principal.locale
        if self.permission is not None:
            _check(principal, self.permission, self.request.path_params.get("campaign_id"))
        return principal

    def _recognised(self, session: Session) -> Principal | None:
        """Tell who asks; a bearer token beside a cookie wins, because it passed without origin check."""
        bearer = _bearer_token(self.request)
        if bearer is not None:
            principal = principal_of_token(session, bearer, now=self.now)
            if principal is None:
                raise InvalidTokenError
            return principal
        token = session_token(self.request)
        return self._of_session(session, token) if token else None

    def _of_session(self, session: Session, token: str) -> Principal | None:
        signed_in = signed_in_by(session, token, now=self.now)
        if signed_in is None:
            return None
        if signed_in.is_to_be_noted(self.now):
            # Noted apart from the route's transaction, which may only read, fail, or take long.
            with self.make_session() as own, own.begin():
                note_seen(own, token, now=self.now)
        return signed_in.principal


async def signed_in_at_once(request: Request, loop: OnTheLoop, permission: Permission, *, now: datetime) -> int | None:
    """Return the id of whoever plainly may, by the browser's session alone; None leaves it to the route's own rule."""
    token = session_token(request)
    if not token or "authorization" in request.headers:
        return None
    known = await loop.rows(SignedIn, WHO_IS_SIGNED_IN, **signed_in_for(token, now=now))
    if not known or known[0].is_to_be_noted(now) or not known[0].principal.may_somewhere(permission):
        return None
    request.state.locale = known[0].locale
    return known[0].id


def _bearer_token(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


async def _anybody(request: Request, now: Now) -> Caller:
    """Ask who it is, and take nobody for an answer."""
    return Caller(request, now, is_optional=True)


OptionalPrincipal = Annotated[Principal | None, Depends(_anybody)]


@dataclass(frozen=True)
class Rule:
    """What a route asks of whoever calls it; without a permission, only to be signed in."""

    permission: Permission | None

    async def __call__(
        self,
        request: Request,
        now: Now,
        *,
        _bearer: Annotated[Any, Security(_BEARER)] = None,
        _cookie: Annotated[Any, Security(_COOKIE)] = None,
    ) -> Caller:
        """Turn away whoever brings neither token nor cookie before anything else about the request is judged."""
        if _bearer_token(request) is None and not session_token(request):
            raise NotSignedInError
        return Caller(request, now, self.permission)


def require(permission: Permission) -> Any:
    """Guard a route by a permission, and hand it the principal.

    Written `principal: Annotated[Principal, require(Permission.TAKE_CASE)]`, as a parameter of the route. Where the
    path has a `campaign_id`, the permission must hold in that campaign; elsewhere in at least one, and the service
    limits itself to `principal.campaigns_with(permission)`.
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
    """List the routes, however deeply included, that neither take somebody whom a permission lets in nor say PUBLIC."""
    documents = {app.openapi_url, app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url}
    allowed = {path for path in documents if path} | set(open_paths)
    return [
        f"{','.join(sorted(route.methods or ())) or 'ANY'} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.path not in allowed and not _has_rule(route)
    ]


def _has_rule(route: RouteContext) -> bool:
    dependant: Dependant | None = getattr(route, "dependant", None)
    if dependant is None:
        return False
    if any(inner.call is _open_to_all for inner in dependant.dependencies):
        return True
    # A rule only says who is to be looked up; a route of ours looks them up for each of its parameters, and only then.
    is_ours = isinstance(route.original_route, Route)
    return is_ours and any(isinstance(inner.call, Rule) and inner.name for inner in dependant.dependencies)


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
