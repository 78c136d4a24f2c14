"""What every answer carries and every request must pass, whatever the route."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import ForbiddenError, TooLargeError, XiangyinError
from app.core.problems import UnexpectedFailures, respond
from app.core.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS: Final[Mapping[str, str]] = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Where browsers' calls go in an installation with an account there; nothing else ever leaves this server's pages.
TELEPHONE: Final = ("https://*.twilio.com", "wss://*.twilio.com")
ONE_YEAR: Final = "max-age=31536000"
RawHeader = tuple[bytes, bytes]
NOT_KEPT: Final[RawHeader] = (b"cache-control", b"no-store")


class CrossOriginError(ForbiddenError):
    """This request came from another site and was refused. Open the page here and try again."""


def content_security_policy(*, connects_to: Sequence[str] = ()) -> str:
    """Return what pages may load and where they may connect: to this server, and to the hosts named."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            " ".join(("connect-src 'self'", *connects_to)),
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def around_answers(settings: Settings) -> list[Middleware]:
    """List the layers that complete every answer, the refusals of other layers too, outermost first."""
    return [
        Middleware(
            SecurityHeaders,
            by_https=settings.secure_cookies,
            connects_to=TELEPHONE if settings.has_twilio_account else (),
        ),
        Middleware(UnexpectedFailures),
    ]


def around_requests(settings: Settings) -> list[Middleware]:
    """List the layers that refuse a request before any route sees it, outermost first; they go inside the others."""
    return [
        Middleware(CrossOriginProtection, public_host=urlsplit(settings.public_base_url).netloc),
        Middleware(BodyLimit, limit_bytes=settings.upload_limit_bytes),
    ]


class SecurityHeaders:
    """Set the headers that keep a browser from doing what we never ask of it."""

    def __init__(self, app: ASGIApp, *, by_https: bool, connects_to: Sequence[str] = ()) -> None:
        self.app = app
        policy = content_security_policy(connects_to=connects_to)
        headers = {**HEADERS, "Content-Security-Policy": policy}
        if by_https:
            headers["Strict-Transport-Security"] = ONE_YEAR
        self.headers = Headers(headers).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message["headers"])
            await send(message)

        await self.app(scope, receive, add_headers)

    def _completed(self, headers: Sequence[RawHeader]) -> list[RawHeader]:
        """Add what is not said yet."""
        said = {name for name, _ in headers}
        completed = [*headers, *(header for header in self.headers if header[0] not in said)]
        # Case data must not lie in the cache of a shared office computer.
        if not said & {b"etag", b"cache-control"}:
            completed.append(NOT_KEPT)
        return completed


class CrossOriginProtection:
    """Refuse writes that another site makes a signed-in browser send.

    Browsers say where a request comes from: in Sec-Fetch-Site over https, in Origin otherwise.
    Programs send neither. A bearer token is never sent by a browser on its own.
    """

    def __init__(self, app: ASGIApp, *, public_host: str) -> None:
        self.app = app
        self.public_host = public_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_allowed(scope["method"], Headers(scope=scope)):
            await _refuse(CrossOriginError(), scope=scope, receive=receive, send=send)
            return
        await self.app(scope, receive, send)

    def _is_allowed(self, method: str, headers: Headers) -> bool:
        if method in SAFE_METHODS or headers.get("authorization", "").lower().startswith("bearer "):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is None or origin.partition("://")[2] in {headers.get("host"), self.public_host}


class BodyLimit:
    """Refuse a body that is too large, announced or streamed."""

    def __init__(self, app: ASGIApp, *, limit_bytes: int) -> None:
        self.app = app
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        announced = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if announced.isdecimal() and int(announced) > self.limit_bytes:
            await _refuse(TooLargeError(), scope=scope, receive=receive, send=send)
            return
        received_bytes = 0

        async def count(*_: object) -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self.limit_bytes:
                # The framework passes only its own exception through while it reads a body.
                raise HTTPException(TooLargeError.status)
            return message

        await self.app(scope, count, send)


async def _refuse(error: XiangyinError, *, scope: Scope, receive: Receive, send: Send) -> None:
    await respond(error, Request(scope))(scope, receive, send)
