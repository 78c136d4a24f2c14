"""Recordings at Twilio: begun and steered on the respondent's call, fetched as WAV, deleted there once we have them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, Protocol, cast

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from app.core.db import SessionFactory
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.telephony.gateway import GatewayError
from app.telephony.recorder import FoundRecording, RecordingAct, RecordingNews, RecordingReported, Sink
from app.telephony.requests import find_request
from app.telephony.twilio.faults import meaning_of
from app.telephony.twilio.reports import MOST_CHARACTERS

RECORDINGS_PATH: Final = "/api/v1/telephony/twilio/recordings"
EVENTS: Final = ["in-progress", "completed", "absent"]
MEDIA: Final = "https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{name}.wav?RequestedChannels=2"
STATUS_OF: Final = {
    RecordingAct.PAUSE: "paused",
    RecordingAct.RESUME: "in-progress",
    RecordingAct.STOP: "stopped",
}
NEWS_OF: Final = {
    "in-progress": RecordingNews.RUNNING,
    "paused": RecordingNews.PAUSED,
    "stopped": RecordingNews.PREPARING,
    "processing": RecordingNews.PREPARING,
    "completed": RecordingNews.MADE,
    "absent": RecordingNews.NOTHING,
    "failed": RecordingNews.NOTHING,
    "deleted": RecordingNews.NOTHING,
}
# A recording's address would let whoever reads the record fetch it; it is made from the name where it is needed.
KEPT: Final = (
    "CallSid",
    "RecordingSid",
    "RecordingStatus",
    "RecordingDuration",
    "RecordingChannels",
    "RecordingSource",
    "RecordingTrack",
    "RecordingStartTime",
    "ErrorCode",
)
LONGEST_SECONDS: Final = 1_000_000
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class RecordingGoneError(ConflictError):
    """The provider has no such recording any more."""


class FetchesMedia(Protocol):
    """A client of Twilio's that also fetches what is no JSON."""

    def fetch(self, url: str, *, auth: tuple[str, str], receive: Callable[[bytes], object]) -> int | None:
        """Hand over what lies at an address part by part; returns the announced size, raises what `request` does."""


class TwilioRecorder:
    """The part of the gateway that records."""

    _make_session: SessionFactory
    _client: Client
    _base_url: str

    def start_recording(self, *, attempt_id: int, recording_id: int) -> str:
        """Begin to record the respondent's call, both sides apart; see Recorder."""
        with _said_plainly():
            recording = self._client.calls(self._call_of(attempt_id)).recordings.create(
                recording_status_callback=f"{self._base_url}{RECORDINGS_PATH}?recording={recording_id}",
                recording_status_callback_event=EVENTS,
                recording_channels="dual",
                recording_track="both",
                trim="do-not-trim",
            )
        return str(recording.sid)

    def steer_recording(self, *, attempt_id: int, name: str, act: RecordingAct) -> None:
        """Pause, resume or stop it; what is said in a pause is left out of the file."""
        behaviour = {"pause_behavior": "skip"} if act is RecordingAct.PAUSE else {}
        with _said_plainly(over=frozenset({HTTPStatus.BAD_REQUEST})):
            recording = self._client.calls(self._call_of(attempt_id)).recordings(name)
            recording.update(status=STATUS_OF[act], **behaviour)  # type: ignore[arg-type]  # annotated as its own class

    def find_recordings(self, *, attempt_id: int) -> list[FoundRecording]:
        """Ask what there is of a call."""
        with self._make_session() as session:
            request = find_request(session, attempt_id)
        if request is None or request.call_id is None:
            return []
        with _said_plainly():
            found = self._client.calls(request.call_id).recordings.list(limit=20)
        return [FoundRecording(str(one.sid), NEWS_OF[str(one.status)], _seconds(one.duration)) for one in found]

    def fetch_recording(self, *, name: str, into: Sink) -> int | None:
        """Fetch its file; the address is made here and goes to no browser."""
        address = MEDIA.format(account=self._client.account_sid, name=name)
        media = cast("FetchesMedia", self._client.http_client)
        with _said_plainly():
            auth = (str(self._client.username), str(self._client.password))
            return media.fetch(address, auth=auth, receive=into.write)

    def delete_recording(self, *, name: str) -> None:
        """Delete it; see Recorder."""
        try:
            with _said_plainly():
                self._client.recordings(name).delete()
        except RecordingGoneError:
            return  # which was wanted

    def _call_of(self, attempt_id: int) -> str:
        with self._make_session() as session:
            request = find_request(session, attempt_id)
        if request is None or request.call_id is None:
            raise ConflictError("Nobody is on the line.")
        return request.call_id


@contextmanager
def _said_plainly(*, over: frozenset[int] = frozenset()) -> Iterator[None]:
    """Tell what Twilio refuses; `over` are the statuses by which it says that a recording has come to its end."""
    try:
        yield
    except TwilioRestException as refusal:
        if refusal.status in _GONE:
            raise RecordingGoneError from refusal
        if refusal.status in over:
            raise ConflictError("This recording is over.") from refusal
        raise meaning_of(refusal) from refusal
    except requests.exceptions.RequestException as error:
        raise GatewayError("The provider did not answer. Try again.", permanent=False, is_uncertain=True) from error


def read_recording_report(form: Mapping[str, str], *, recording_id: int, token: str) -> RecordingReported:
    """Read a recording's status callback; raises InvalidInputError that names the fields that are missing or odd."""
    name, status = form.get("RecordingSid", ""), form.get("RecordingStatus", "")
    faults = []
    if not name or len(name) > MOST_CHARACTERS:
        faults.append(Fault("RecordingSid", "A report names its recording."))
    if status not in NEWS_OF:
        faults.append(Fault("RecordingStatus", "This is no status of a recording."))
    if faults:
        raise InvalidInputError("The report cannot be read.", tuple(faults))
    kept = {field: form[field][:MOST_CHARACTERS] for field in KEPT if field in form}
    seconds = _seconds(form.get("RecordingDuration"))
    return RecordingReported(token or f"{name}/{status}", recording_id, name, status, NEWS_OF[status], kept, seconds)


def _seconds(text: object) -> int | None:
    written = str(text)
    return int(written) if written.isascii() and written.isdecimal() and int(written[:9]) < LONGEST_SECONDS else None
