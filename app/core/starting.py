"""While the database is being prepared: a sign of life, and a plain word to whoever comes early."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

LIVE: Final = "/health/live"
RETRY_SECONDS: Final = "2"
WORDS: Final = "正在准备，请稍候几秒再刷新。\nBeing prepared. Please load the page again in a few seconds.\n"


class StartingUp:
    """Answers 503 with Retry-After until `is_ready` says otherwise; only the sign of life passes."""

    def __init__(self, app: ASGIApp, is_ready: Callable[[], bool]) -> None:
        self._app = app
        self._is_ready = is_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or ask to come again."""
        if scope["type"] != "http" or scope["path"] == LIVE or self._is_ready():
            await self._app(scope, receive, send)
            return
        await _come_again(scope["path"])(scope, receive, send)


def _come_again(path: str) -> Response:
    headers = {"Retry-After": RETRY_SECONDS}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if not path.startswith("/api/"):
        return PlainTextResponse(WORDS, status, headers)
    problem = {"type": "urn:xiangyin:problem:starting", "title": "Being prepared", "status": status.value}
    return JSONResponse(problem, status, headers, media_type="application/problem+json")
