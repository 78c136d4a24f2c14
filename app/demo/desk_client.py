"""An interviewer's way into the program: the same HTTP interface that any other program uses."""

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode

from app.demo.server import TIME_HEADER

TIMEOUT_SECONDS: Final = 60
Body = dict[str, Any]


class UnexpectedReplyError(Exception):
    """The program answered something that no interviewer's action should lead to."""


class HttpClient:
    """One keep-alive connection with one identity; `now` is the simulated time that its requests bring along."""

    def __init__(self, port: int, now: Callable[[], datetime]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._headers: dict[str, str] = {}
        self._now = now

    def send(self, method: str, path: str, body: Body | None = None, *, allow: int | None = None) -> Body | None:
        """Send one request and return its JSON; None for an empty reply or the one allowed refusal."""
        payload = None if body is None else json.dumps(body).encode()
        return self._exchange(method, path, payload, content_type="application/json", allow=allow)

    def _exchange(
        self, method: str, path: str, payload: bytes | None, *, content_type: str, allow: int | None = None
    ) -> Body | None:
        self._connection.request(
            method, path, payload, {**self._headers, "Content-Type": content_type, TIME_HEADER: self._now().isoformat()}
        )
        response = self._connection.getresponse()
        text = response.read()
        if response.status == allow:
            return None
        if response.status >= HTTPStatus.BAD_REQUEST:
            message = f"{method} {path}: {response.status} {text.decode(errors='replace')}"
            raise UnexpectedReplyError(message)
        cookie = response.getheader("Set-Cookie")
        if cookie:
            self._headers["Cookie"] = cookie.partition(";")[0]
        return json.loads(text) if text else None

    def ask(self, method: str, path: str, body: Body | None = None) -> Body:
        """Send one request whose reply has a body."""
        reply = self.send(method, path, body)
        if reply is None:
            message = f"{method} {path}: an empty reply"
            raise UnexpectedReplyError(message)
        return reply

    def ask_form(self, path: str, fields: dict[str, str]) -> Body:
        """Post a form, as OAuth wants it."""
        form = urlencode(fields).encode()
        return self._exchange("POST", path, form, content_type="application/x-www-form-urlencoded") or {}

    def bear(self, token: str) -> None:
        """Go on as an API client."""
        self._headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
