"""Twilio's REST interface, answered by the emulated exchange; an HTTP client for Twilio's own library."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response

from app.core.clock import Clock
from app.telephony.domain import CallEventKind, Ending
from app.telephony.emulator.documents import DocumentError, JoinRoom, read_document
from app.telephony.emulator.exchange import Exchange, Placing, Signal
from app.telephony.emulator.recording_rest import RecordingAnswers
from app.telephony.emulator.refusals import RestError
from app.telephony.twilio.account import TwilioAccount

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
CALLER_NUMBER: Final = re.compile(r"\+?\d{3,15}")
STATUS_OF_ENDING: Final = {
    Ending.BUSY: "busy",
    Ending.NO_ANSWER: "no-answer",
    Ending.SWITCHED_OFF: "no-answer",
    Ending.NOT_WORKING: "failed",
    Ending.REJECTED: "busy",
    Ending.TECHNICAL: "failed",
    Ending.HUNG_UP_BY_RESPONDENT: "completed",
    Ending.HUNG_UP_BY_US: "completed",
    Ending.CANCELLED: "canceled",
}
STATUS_OF_KIND: Final = {
    CallEventKind.INITIATED: "initiated",
    CallEventKind.RINGING: "ringing",
    CallEventKind.ANSWERED: "in-progress",
}
RING_SECONDS: Final = 60  # Twilio's own, where the order gives none


@dataclass(frozen=True)
class RestRequest:
    """One request to the account: method, path below it without `.json`, and its form or query."""

    method: str
    path: str
    values: Mapping[str, str]


def status_of(signal: Signal) -> str:
    """Return the status of a call in Twilio's words."""
    ending = signal.event.ending
    return STATUS_OF_ENDING[ending] if ending is not None else STATUS_OF_KIND[signal.event.kind]


class EmulatedTwilio(HttpClient):
    """Answers what Twilio's library sends, without a network between them; `clock` tells what time it is there."""

    def __init__(self, exchange: Exchange, account: TwilioAccount, clock: Clock) -> None:
        self._exchange = exchange
        self._account = account
        self._clock = clock
        self._recordings = RecordingAnswers(exchange.recordings, account, clock)
        self._routes: tuple[tuple[str, re.Pattern[str], Callable[..., tuple[int, dict[str, Any]]]], ...] = (
            ("POST", re.compile(r"/Conferences/(?P<room>[^/]+)/Participants"), self._add_participant),
            (
                "POST",
                re.compile(r"/Conferences/(?P<room>[^/]+)/Participants/(?P<call_id>[^/]+)"),
                self._change_participant,
            ),
            ("GET", re.compile(r"/Conferences"), self._list_rooms),
            ("POST", re.compile(r"/Calls/(?P<call_id>[^/]+)"), self._change_call),
            ("GET", re.compile(r"/Calls/(?P<call_id>[^/]+)"), self._read_call),
            ("GET", re.compile(r"/Calls"), self._list_calls),
            *self._recordings.routes,
        )

    def request(self, method: str, url: str, **sent: Any) -> Response:  # type: ignore[override]
        """Answer one request as Twilio would; of what the library sends, time limits mean nothing here."""
        try:
            self._check(sent.get("headers") or {}, sent.get("auth"))
            values = {**_texts(sent.get("params")), **_texts(sent.get("data"))}
            status, body = self._answer(method, urlsplit(url).path, values)
        except RestError as error:
            status, body = error.status, error.as_json()
        return Response(status, json.dumps(body))

    def fetch(self, url: str, *, auth: tuple[str, str], receive: Callable[[bytes], object]) -> int:
        """Hand over what lies at an address part by part; see FetchesMedia."""
        try:
            self._check({}, auth)
        except RestError as error:
            raise TwilioRestException(error.status, url, error.message, error.code) from error
        return self._recordings.file(url, receive)

    def _check(self, headers: Mapping[str, str], auth: tuple[str, str] | None) -> None:
        token = self._account.auth_tokens[0].get_secret_value()
        basic = b64encode(f"{self._account.sid}:{token}".encode()).decode()
        if auth != (self._account.sid, token) and headers.get("Authorization") != f"Basic {basic}":
            raise RestError(HTTPStatus.UNAUTHORIZED, 20003, "Authenticate")

    def _answer(self, method: str, path: str, values: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        below = path.removeprefix(f"/2010-04-01/Accounts/{self._account.sid}").removesuffix(".json")
        for wanted, pattern, answer in self._routes:
            found = pattern.fullmatch(below)
            if found and wanted == method:
                named = {name: unquote(value) for name, value in found.groupdict().items()}
                return answer(values, **named)
        raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested resource {path} was not found")

    def _add_participant(self, values: Mapping[str, str], *, room: str) -> tuple[int, dict[str, Any]]:
        number, caller = values.get("To", ""), values.get("From", "")
        if not E164.fullmatch(number):
            raise RestError(HTTPStatus.BAD_REQUEST, 21211, f"Invalid 'To' Phone Number: {number[:20]}")
        if not CALLER_NUMBER.fullmatch(caller):
            raise RestError(HTTPStatus.BAD_REQUEST, 21212, f"Invalid From Number (caller ID): {caller[:20]}")
        ring_seconds = int(values.get("Timeout", RING_SECONDS))
        label, callback = values.get("Label", ""), values.get("StatusCallback", "")
        placing = Placing(label, number, caller, ring_seconds, room, callback)
        call_id = self._exchange.dial(placing, now=self._clock())
        return HTTPStatus.CREATED, self._participant(call_id, room) | {"label": label, "status": "queued"}

    def _change_participant(self, values: Mapping[str, str], *, room: str, call_id: str) -> tuple[int, dict[str, Any]]:
        now = self._clock()
        if self._exchange.rooms.is_in(call_id):
            return self._change_browser(values, room=room, call_id=call_id)
        standing = self._exchange.find(call_id, now=now)
        if standing is None or room != _room_id(call_id):
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested participant {call_id} was not found")
        is_held = values.get("Hold", "false") == "true"
        if "Hold" in values and not self._exchange.rooms.hold(call_id, is_held=is_held, now=now):
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The participant {call_id} is not in the conference")
        if "AnnounceUrl" in values:
            self._exchange.rooms.send_for(call_id, values["AnnounceUrl"])
        return HTTPStatus.OK, self._participant(call_id, room) | {"hold": is_held, "status": "connected"}

    def _change_browser(self, values: Mapping[str, str], *, room: str, call_id: str) -> tuple[int, dict[str, Any]]:
        is_muted, is_coaching = values.get("Muted") == "true", values.get("Coaching") == "true"
        coached = values.get("CallSidToCoach")
        if room != _room_id(call_id):
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested participant {call_id} was not found")
        if is_coaching and coached is None:
            raise RestError(HTTPStatus.BAD_REQUEST, 20001, "CallSidToCoach is required where Coaching is true")
        coaches = coached if is_coaching else None
        if not self._exchange.rooms.let_speak(call_id, is_muted=is_muted, coaches=coaches):
            raise RestError(HTTPStatus.BAD_REQUEST, 16028, "Participant to be whispered is not present")
        changed = {"muted": is_muted, "coaching": is_coaching, "status": "connected"}
        return HTTPStatus.OK, self._participant(call_id, room) | changed | {"call_sid_to_coach": coaches}

    def _participant(self, call_id: str, room: str) -> dict[str, Any]:
        return {
            "account_sid": self._account.sid,
            "call_sid": call_id,
            "conference_sid": room if room.startswith("CF") else _room_id(call_id),
            "muted": False,
            "hold": False,
        }

    def _change_call(self, values: Mapping[str, str], *, call_id: str) -> tuple[int, dict[str, Any]]:
        now = self._clock()
        if values.get("Status") == "completed" and self._exchange.rooms.leave(call_id):
            return HTTPStatus.OK, {"account_sid": self._account.sid, "sid": call_id, "status": "completed"}
        signal = self._exchange.find(call_id, now=now)
        if signal is None:
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested call {call_id} was not found")
        if "Twiml" in values:
            self._redirect(call_id, values["Twiml"], now=now)
            return HTTPStatus.OK, self._call(signal)
        if values.get("Status") not in {"completed", "canceled"}:
            raise RestError(HTTPStatus.BAD_REQUEST, 21220, "Invalid call state")
        if not self._exchange.end(call_id, now=now):
            raise RestError(HTTPStatus.BAD_REQUEST, 21220, "Call is not in-progress. Cannot redirect.")
        return HTTPStatus.OK, self._call(self._exchange.find(call_id, now=now) or signal)

    def _redirect(self, call_id: str, document: str, *, now: datetime) -> None:
        try:
            verbs = read_document(document.encode())
        except DocumentError as error:
            raise RestError(HTTPStatus.BAD_REQUEST, 12100, f"Document parse failure: {error}") from error
        rooms = [verb.room for verb in verbs if isinstance(verb, JoinRoom)]
        if not rooms or not self._exchange.rooms.move(call_id, rooms[0], now=now):
            raise RestError(HTTPStatus.BAD_REQUEST, 21220, "Call is not in-progress. Cannot redirect.")

    def _list_rooms(self, values: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        room = values.get("FriendlyName", "")
        return HTTPStatus.OK, {
            "conferences": [
                {"account_sid": self._account.sid, "sid": _room_id(call_id), "friendly_name": room}
                for call_id in self._exchange.rooms.calls_in(room, now=self._clock())
            ],
            "next_page_uri": None,
        }

    def _read_call(self, _values: Mapping[str, str], *, call_id: str) -> tuple[int, dict[str, Any]]:
        signal = self._exchange.find(call_id, now=self._clock())
        if signal is None:
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested call {call_id} was not found")
        return HTTPStatus.OK, self._call(signal)

    def _list_calls(self, values: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        since = datetime.fromisoformat(values.get("StartTime>", "1970-01-01T00:00:00Z"))
        found = self._exchange.calls_between(
            values.get("From", ""), values.get("To", ""), since=since, now=self._clock()
        )
        return HTTPStatus.OK, {"calls": [self._call(signal) for signal in found], "next_page_uri": None}

    def _call(self, signal: Signal) -> dict[str, Any]:
        return {
            "account_sid": self._account.sid,
            "sid": signal.call_id,
            "status": status_of(signal),
            "to": signal.number,
            "from": signal.caller_number,
            "date_created": format_datetime(signal.event.at.astimezone(UTC)),
            "direction": "outbound-api",
        }


def _room_id(call_id: str) -> str:
    return f"CF{call_id[2:]}"


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items() if value is not None}
