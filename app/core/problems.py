"""Answer every failure in one form: problem details (RFC 9457) to programs, a readable page to people."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import (
    BadRequestError,
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyRequestsError,
    XiangyinError,
)
from app.core.parameters import faults_of

logger = logging.getLogger(__name__)

Translate = Callable[[str, str, Mapping[str, str]], str]
RenderErrorPage = Callable[[Request, XiangyinError], Response]

MEDIA_TYPE: Final = "application/problem+json"
LOCALES: Final = {"zh": "zh-CN", "en": "en"}


class MethodNotAllowedError(XiangyinError):
    """This address does not answer this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED


class UnexpectedError(XiangyinError):
    """Something failed on our side and was logged. Try again, or tell whoever runs this server."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "Bad request",
    HTTPStatus.UNAUTHORIZED: "Not signed in",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Method not allowed",
    HTTPStatus.CONFLICT: "Not possible now",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Invalid input",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Failure on our side",
}

OF_THE_FRAMEWORK: Final[Mapping[int, type[XiangyinError]]] = {
    HTTPStatus.UNAUTHORIZED: NotSignedInError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowedError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLargeError,
    HTTPStatus.TOO_MANY_REQUESTS: TooManyRequestsError,
}

_TEXT: Final = {"type": "string"}
_FAULT: Final = {"type": "object", "properties": {"where": _TEXT, "message": _TEXT}, "required": ["where", "message"]}
_PROBLEM: Final = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "instance"), _TEXT),
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FAULT},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}
# For include_router(responses=...): how the API's description speaks of failures.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"description": "Problem details (RFC 9457)", "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
}


# What `answer` has an answer for; `UnexpectedFailures` answers the others.
EXPECTED: Final = (XiangyinError, RequestValidationError, DataError, HTTPException)


def install(app: FastAPI) -> None:
    """Answer every expected failure of the application."""
    for kind in EXPECTED:
        app.add_exception_handler(kind, answer)


async def answer(request: Request, error: Exception) -> Response:
    """Answer an expected failure."""
    if isinstance(error, XiangyinError):
        return respond(error, request)
    if isinstance(error, RequestValidationError):
        return _answer_invalid(request, error)
    if isinstance(error, DataError):
        return _answer_unstorable(request, error)
    return _answer_framework(request, error)


def respond(error: XiangyinError, request: Request) -> Response:
    """Answer with a page where the web layer draws one, else with problem details."""
    render: RenderErrorPage | None = getattr(request.app.state, "render_error_page", None)
    if render is None or request.url.path.startswith("/api/"):
        return problem(error, request)
    response = render(request, error)
    response.headers.update(_headers(error))
    return response


def problem(error: XiangyinError, request: Request) -> JSONResponse:
    """Spell an error out as problem details, in the language of whoever asked."""
    body: dict[str, Any] = {
        "type": f"urn:xiangyin:problem:{_slug(type(error).__name__)}",
        "title": _words(request, TITLES.get(error.status, error.status.phrase)),
        "status": error.status.value,
        "detail": _words(request, error.message, error.values),
        "instance": request.url.path,
    }
    if error.faults:
        body["errors"] = [_fault(request, fault) for fault in error.faults]
    return JSONResponse(body, error.status, headers=_headers(error), media_type=MEDIA_TYPE)


def requested_locale(request: Request) -> str:
    """Return the signed-in person's language, else the browser's first one that we speak, else English."""
    known: str | None = getattr(request.state, "locale", None)
    if known:
        return known
    wanted = request.headers.get("accept-language", "")
    spoken = (LOCALES.get(tag.strip()[:2].lower()) for tag in wanted.split(","))
    return next((locale for locale in spoken if locale), "en")


class UnexpectedFailures:
    """Answer what nobody expected without telling its details, and pass it on to the server's log.

    Starlette's own answer would leave outside of our middleware, without the security headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answered = False

        async def watch(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            if scope["type"] == "http" and not answered:
                logger.warning("unexpected failure in %s %s", scope["method"], scope["path"])
                await respond(UnexpectedError(), Request(scope))(scope, receive, send)
            raise


def _answer_invalid(request: Request, error: RequestValidationError) -> Response:
    faults = faults_of(error.errors())
    return respond(InvalidInputError("The request cannot be used as it is.", faults=faults), request)


def _answer_unstorable(request: Request, error: DataError) -> Response:
    """Refuse what no column can hold, such as a NUL character or a number beyond 64 bits."""
    logger.warning("unstorable value in %s %s: %s", request.method, request.url.path, type(error.__cause__).__name__)
    return respond(
        InvalidInputError("A value cannot be stored. Remove control characters and shorten long numbers."), request
    )


def _answer_framework(request: Request, error: Exception) -> Response:
    """Give the framework's own refusals our form; it keeps their headers, such as Allow."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    response = respond(OF_THE_FRAMEWORK.get(status, BadRequestError)(), request)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def _headers(error: XiangyinError) -> dict[str, str]:
    """Take an error's own headers; a 401 must name the way in (RFC 9110, 15.5.2)."""
    way_in = {"WWW-Authenticate": 'Bearer realm="xiangyin"'} if error.status == HTTPStatus.UNAUTHORIZED else {}
    own: Mapping[str, str] = getattr(error, "headers", {})
    return {**way_in, **own}


def _fault(request: Request, fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "message": _words(request, fault.message, dict(fault.values))}


def _words(request: Request, message: str, values: Mapping[str, str] | None = None) -> str:
    translate: Translate | None = getattr(request.app.state, "translate", None)
    if translate is not None:
        return translate(requested_locale(request), message, values or {})
    return message % values if values else message


def _slug(class_name: str) -> str:
    """NoCaseDueError -> no-case-due."""
    name = class_name.removesuffix("Error")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
