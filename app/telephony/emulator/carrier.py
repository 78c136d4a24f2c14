"""Carry the emulated exchange's signals to whoever placed the calls, signed and repeated as Twilio's are."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from operator import itemgetter
from random import Random
from typing import Final
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from app.telephony.domain import CallEventKind
from app.telephony.emulator.documents import DocumentError, PlaySound, Verb, read_document
from app.telephony.emulator.exchange import Exchange, Signal
from app.telephony.emulator.recordings import report_of
from app.telephony.emulator.rest import status_of
from app.telephony.emulator.rooms import RoomSignal
from app.telephony.twilio.account import TwilioAccount

TRIES: Final = 2  # Twilio's own default: one more after a failure
TIMEOUT_SECONDS: Final = 15.0
TOKEN_HEADER: Final = "I-Twilio-Idempotency-Token"  # noqa: S105  a header's name


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status and the body."""

    status: int
    body: bytes = b""


# address -> the answer; raises OSError where there is none.
Get = Callable[[str], Answer]
# (address, body, headers) -> the answer; raises OSError where there is none.
Post = Callable[[str, bytes, Mapping[str, str]], Answer]


@dataclass(frozen=True)
class Mischief:
    """What a bad day does to callbacks: shares (0 to 1) that get lost, come twice, in the wrong order, or late.

    One that is late comes between the lowest and the highest of `late_seconds` after its time.
    """

    lost: float = 0.0
    doubled: float = 0.0
    reordered: float = 0.0
    late: float = 0.0
    late_seconds: tuple[float, float] = (30.0, 300.0)
    seed: int = 0


class Carrier:
    """Posts what is due; each signal is tried twice and then given up, as Twilio does."""

    def __init__(
        self, exchange: Exchange, account: TwilioAccount, post: Post, *,
        get: Get | None = None, mischief: Mischief = Mischief(),
    ) -> None:  # fmt: skip
        self._exchange = exchange
        self._account = account
        self._post = post
        self._get = get
        self._signer = RequestValidator(account.auth_tokens[0].get_secret_value())
        self._mischief = mischief
        self._chance = Random(mischief.seed)  # noqa: S311  bad luck, not secrets
        self._late: list[tuple[datetime, Signal]] = []

    def deliver(self, *, now: datetime, label: str | None = None) -> list[Signal]:
        """Report what has happened up to `now`, to one call or to all; returns what there was to report."""
        due = self._exchange.signals_due(now=now, label=label)
        for signal in [*self._as_they_come(due, now=now), *self._come_at_last(now=now)]:
            self._report(signal)
        for call_id, sequence in {signal.call_id: signal.event.sequence for signal in due}.items():
            self._exchange.note_reported(call_id, sequence)
        return due

    def serve_rooms(self, *, now: datetime, call_id: str | None = None) -> int:
        """Fetch the documents that calls wait for, for one call or for all, do what they say, and tell of it."""
        errands = self._exchange.rooms.take_errands(call_id)
        for errand in errands:
            answer = self._send(
                errand.address, {"CallSid": errand.call_id, **errand.form}, f"{errand.call_id}/document"
            )
            verbs = verbs_of(answer)
            self._exchange.rooms.obey(errand.call_id, verbs)
            for verb in verbs:
                if isinstance(verb, PlaySound):
                    self._let_hear(errand.call_id, verb.address)
        signals = self._exchange.rooms.signals_due()
        for signal in signals:
            self._send(signal.callback_url, room_form(signal, now=now), f"{signal.call_id}/{signal.event}")
            self._exchange.rooms.note_told(signal)
        return len(errands) + len(signals)

    def _let_hear(self, call_id: str, address: str) -> None:
        """Fetch a sound and let the call hear it; what cannot be had is not heard, as at Twilio."""
        try:
            answer = self._get(address) if self._get is not None else None
        except (OSError, HTTPException):
            return
        if answer is not None and answer.status == HTTPStatus.OK:
            self._exchange.rooms.note_heard(call_id, answer.body)

    def report_recordings(self, *, now: datetime) -> int:
        """Tell what has become of recordings; returns how many reports there were."""
        signals = self._exchange.recordings.signals_due(now=now)
        for signal in signals:
            self._send(signal.callback_url, report_of(signal), f"{signal.sid}/{signal.status}")
            self._exchange.recordings.note_told(signal)
        return len(signals)

    def _as_they_come(self, due: Sequence[Signal], *, now: datetime) -> list[Signal]:
        bad = self._mischief
        coming = [signal for signal in due if self._chance.random() >= bad.lost]
        coming += [signal for signal in coming if self._chance.random() < bad.doubled]
        if self._chance.random() < bad.reordered:
            self._chance.shuffle(coming)
        return [signal for signal in coming if not self._is_held_up(signal, now=now)]

    def _is_held_up(self, signal: Signal, *, now: datetime) -> bool:
        is_late = self._chance.random() < self._mischief.late
        if is_late:
            after = timedelta(seconds=self._chance.uniform(*self._mischief.late_seconds))
            self._late.append((now + after, signal))
        return is_late

    def _come_at_last(self, *, now: datetime) -> list[Signal]:
        """Return what was held up and comes now, the longest overdue first."""
        coming = sorted((late for late in self._late if late[0] <= now), key=itemgetter(0))
        self._late = [late for late in self._late if late[0] > now]
        return [signal for _at, signal in coming]

    def _report(self, signal: Signal) -> None:
        self._send(signal.callback_url, self._form(signal), f"{signal.call_id}/{signal.event.sequence}")

    def _send(self, address: str, form: Mapping[str, str], delivery: str) -> Answer | None:
        """Post a form, signed, and once more after a failure; None where there is no address or no answer."""
        if not address:
            return None
        full = {"AccountSid": self._account.sid, "ApiVersion": "2010-04-01", **form}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            SIGNATURE_HEADER: self._signer.compute_signature(address, full),
            TOKEN_HEADER: hashlib.sha256(delivery.encode()).hexdigest()[:36],
        }
        body = urlencode(full).encode()
        for _ in range(TRIES):
            try:
                answer = self._post(address, body, headers)
            except (OSError, HTTPException):
                continue
            if answer.status < HTTPStatus.BAD_REQUEST:
                return answer
        return None

    def _form(self, signal: Signal) -> dict[str, str]:
        event = signal.event
        form = {
            "CallSid": signal.call_id,
            "CallStatus": status_of(signal),
            "CallbackSource": "call-progress-events",
            "Direction": "outbound-api",
            "From": signal.caller_number,
            "To": signal.number,
            "SequenceNumber": str(event.sequence - 1),
            "Timestamp": format_datetime(event.at.astimezone(UTC)),
        }
        if event.kind is CallEventKind.ENDED:
            form["SipResponseCode"] = str(event.sip_code or "")
            talked = (event.at - signal.answered_at).total_seconds() if signal.answered_at else 0
            form["CallDuration"] = str(round(talked))
        return form


def verbs_of(answer: Answer | None) -> list[Verb]:
    """Read an answer's document; one that cannot be had or read ends the call, as it does at Twilio."""
    try:
        return read_document(answer.body) if answer is not None else []
    except DocumentError:
        return []


def room_form(signal: RoomSignal, *, now: datetime) -> dict[str, str]:
    """Return what a room tells of somebody who came to it or left it."""
    return {
        "CallSid": signal.call_id,
        "ConferenceSid": f"CF{signal.call_id[2:]}",
        "FriendlyName": signal.room,
        "ParticipantLabel": signal.label,
        "StatusCallbackEvent": signal.event,
        "Timestamp": format_datetime(now.astimezone(UTC)),
    }


class LoopbackPost:
    """Posts to a program on this machine, whatever public address a callback names; for one thread.

    `more_headers` is asked for at each post.
    """

    def __init__(self, port: int, more_headers: Callable[[], Mapping[str, str]] = dict) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._more_headers = more_headers

    def __call__(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post, and return the answer."""
        return self._send("POST", address, body, headers=headers)

    def get(self, address: str) -> Answer:
        """Fetch, and return the answer."""
        return self._send("GET", address, None, headers={})

    def _send(self, method: str, address: str, body: bytes | None, *, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            self._connection.request(method, path, body, {**headers, **self._more_headers()})
            answer = self._connection.getresponse()
            received = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            raise
        return Answer(answer.status, received)

    def close(self) -> None:
        """Close the connection; the next post would open it again."""
        self._connection.close()
