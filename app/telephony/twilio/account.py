"""The account that calls are placed with, and the client that speaks for it."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import requests
from pydantic import SecretStr
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from app.core.settings import Settings

TIMEOUT_SECONDS: Final = 5.0
FETCH_SECONDS: Final = 30.0
PART_BYTES: Final = 262_144
EMULATED_SID: Final = "AC" + "0" * 32


@dataclass(frozen=True)
class BrowserKey:
    """What lets browsers call in: an API key that signs their tokens, and the application that answers them."""

    sid: str
    secret: SecretStr
    application_sid: str


@dataclass(frozen=True)
class TwilioAccount:
    """An account of Twilio's, or of the emulated network; `auth_tokens` has the newest first, all of them may sign."""

    sid: str
    auth_tokens: tuple[SecretStr, ...]
    calls_per_second: float = 1.0  # 0 for as many as one likes
    browser_key: BrowserKey | None = None  # None on the emulated network, whose browsers need no token
    api_url: str | None = None  # another address that answers like Twilio's, for tests


def account_of(settings: Settings) -> TwilioAccount | None:
    """Return the configured account; in the demonstration one of the emulated network, None without any."""
    if settings.demonstration:
        return emulated_account(settings)
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        return None
    tokens = (settings.twilio_auth_token, *settings.twilio_previous_auth_tokens)
    key = BrowserKey(
        settings.twilio_api_key_sid or "",
        settings.twilio_api_key_secret or SecretStr(""),
        settings.twilio_application_sid or "",
    )
    return TwilioAccount(settings.twilio_account_sid, tokens, settings.twilio_calls_per_second, key)


def emulated_account(settings: Settings) -> TwilioAccount:
    """Return the account that an installation has with the emulated network."""
    token = hmac.digest(settings.secret_key.get_secret_value().encode(), b"xiangyin/emulated account", "sha256")
    return TwilioAccount(EMULATED_SID, (SecretStr(token.hex()),), calls_per_second=0)


def open_client(account: TwilioAccount, http: HttpClient | None = None) -> Client:
    """Open Twilio's own client for an account; every request has a time limit."""
    token = account.auth_tokens[0].get_secret_value()
    return Client(account.sid, token, http_client=http or RebasedHttp(account.api_url))


class RebasedHttp(TwilioHttpClient):
    """Twilio's transport, which can be led to another address: its own settings cannot name one on this machine."""

    def __init__(self, api_url: str | None) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> Response:  # type: ignore[override]
        """Send one request."""
        return super().request(method, self._led(url), *args, **kwargs)  # type: ignore[arg-type]

    def fetch(self, url: str, *, auth: tuple[str, str], receive: Callable[[bytes], object]) -> int | None:
        """Hand over what lies at an address part by part: the library itself would take it for text."""
        with requests.get(self._led(url), auth=auth, timeout=FETCH_SECONDS, stream=True) as reply:
            if not reply.ok:
                raise TwilioRestException(reply.status_code, url)
            for part in reply.iter_content(PART_BYTES):
                receive(part)
            announced = reply.headers.get("Content-Length", "")
        return int(announced) if announced.isdecimal() and "Content-Encoding" not in reply.headers else None

    def _led(self, url: str) -> str:
        if self._base is None:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc))
