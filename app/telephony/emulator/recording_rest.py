"""The part of Twilio's REST interface that is about recordings, answered by the emulated network."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioRestException

from app.core.clock import Clock
from app.telephony.emulator.recordings import EmulatedRecordings
from app.telephony.emulator.refusals import RestError
from app.telephony.twilio.account import TwilioAccount

Reply = tuple[int, dict[str, Any]]
STATUSES: Final = {"paused": "paused", "in-progress": "in-progress", "stopped": "stopped"}
_FILE: Final = re.compile(r"/Recordings/(?P<sid>RE[0-9a-f]{32})\.wav")
_CALL: Final = r"/Calls/(?P<call_id>[^/]+)/Recordings"


class RecordingAnswers:
    """Answers what the library sends about recordings, and hands out their files."""

    def __init__(self, recordings: EmulatedRecordings, account: TwilioAccount, clock: Clock) -> None:
        self._recordings = recordings
        self._account = account
        self._clock = clock
        self.routes: tuple[tuple[str, re.Pattern[str], Callable[..., Reply]], ...] = (
            ("POST", re.compile(_CALL), self._start),
            ("GET", re.compile(_CALL), self._list),
            ("POST", re.compile(_CALL + r"/(?P<sid>[^/]+)"), self._steer),
            ("DELETE", re.compile(r"/Recordings/(?P<sid>[^/]+)"), self._delete),
        )

    def file(self, url: str, receive: Callable[[bytes], object]) -> int:
        """Hand over a recording's file part by part, and return its size; raises TwilioRestException as the library."""
        found = _FILE.fullmatch(urlsplit(url).path.removeprefix(f"/2010-04-01/Accounts/{self._account.sid}"))
        sound = self._recordings.sound(found["sid"]) if found else None
        if sound is None:
            raise TwilioRestException(HTTPStatus.NOT_FOUND, url, "The requested resource was not found", 20404)
        size = 0
        for part in sound:
            receive(part)
            size += len(part)
        return size

    def _start(self, values: Mapping[str, str], *, call_id: str) -> Reply:
        sid = self._recordings.start(call_id, values.get("RecordingStatusCallback", ""), now=self._clock())
        if sid is None:
            message = "Requested resource is not eligible for recording"
            raise RestError(HTTPStatus.BAD_REQUEST, 21220, message)
        return HTTPStatus.CREATED, self._whole(call_id, sid)

    def _list(self, _values: Mapping[str, str], *, call_id: str) -> Reply:
        found = self._recordings.of_call(call_id, now=self._clock())
        return HTTPStatus.OK, {"recordings": [self._with_account(one) for one in found], "next_page_uri": None}

    def _steer(self, values: Mapping[str, str], *, call_id: str, sid: str) -> Reply:
        status = STATUSES.get(values.get("Status", ""))
        if status is None:
            raise RestError(HTTPStatus.BAD_REQUEST, 20001, "Invalid Status")
        if not self._recordings.steer(sid, status, now=self._clock()):
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested recording {sid} was not found")
        return HTTPStatus.OK, self._whole(call_id, sid)

    def _delete(self, _values: Mapping[str, str], *, sid: str) -> Reply:
        if not self._recordings.delete(sid):
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested recording {sid} was not found")
        return HTTPStatus.NO_CONTENT, {}

    def _whole(self, call_id: str, sid: str) -> dict[str, Any]:
        found = self._recordings.of_call(call_id, now=self._clock())
        return self._with_account(next(one for one in found if one["sid"] == sid))

    def _with_account(self, one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "account_sid": self._account.sid}
