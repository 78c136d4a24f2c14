"""Calls that interviewers dial on a telephone on their desk, and tell about: a gateway without any provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from app.core.db import SessionFactory
from app.telephony.arrivals import Arrival, keep_reports
from app.telephony.domain import CallEvent, CallEventKind, Ending, Seen
from app.telephony.gateway import CallOrder, GatewayError
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg
from app.telephony.recorder import NoRecorder
from app.telephony.requests import (
    RequestState,
    Taken,
    Untold,
    note_hang_up,
    note_request,
    settle_request,
    untold_reports,
)

LONGEST_DIALLING_SECONDS: Final = 600  # after that, a call of which nothing was told is given up
DIALLED: Final = "dialled"
PUT_DOWN: Final = "put_down"  # by the interviewer: a hang-up, or a call taken back, by what was told before
NOT_FROM_HERE: Final = "Your own telephone does this: the program does not carry this call."
BESIDE_THEM: Final = (
    "This call is on the interviewer's own telephone: the program cannot let you in. Sit down beside them, or have the"
    " telephone put you through."
)
# The words for ringing and answer are those by which a report's neighbours are found.
_WORDS: Final = {Seen.RINGING: "ringing", Seen.ANSWERED: "in-progress"}
_KINDS: Final = {
    DIALLED: CallEventKind.INITIATED,
    "ringing": CallEventKind.RINGING,
    "in-progress": CallEventKind.ANSWERED,
}
_ENDINGS: Final = {
    Seen.BUSY: Ending.BUSY,
    Seen.NO_ANSWER: Ending.NO_ANSWER,
    Seen.SWITCHED_OFF: Ending.SWITCHED_OFF,
    Seen.NOT_WORKING: Ending.NOT_WORKING,
    Seen.REJECTED: Ending.REJECTED,
    Seen.HUNG_UP: Ending.HUNG_UP_BY_RESPONDENT,
}
_SEQUENCES: Final = {kind: number for number, kind in enumerate(CallEventKind, start=1)}
# Whoever tells that nobody answered, or that somebody hung up, has heard it ring.
_AFTER_RINGING: Final = frozenset({Seen.ANSWERED, Seen.NO_ANSWER, Seen.REJECTED, Seen.HUNG_UP})


@dataclass(frozen=True)
class _Word:
    """One word about one call, as any provider's report is kept."""

    call_id: str
    status: str
    fields: Mapping[str, str] = field(default_factory=lambda: {"Found": "told"})

    @property
    def kind(self) -> CallEventKind:
        return _KINDS.get(self.status, CallEventKind.ENDED)

    @property
    def sequence(self) -> int:
        return _SEQUENCES[self.kind]


class ManualGateway(NoRecorder):
    """Keeps what interviewers tell where the reports of a provider are kept; events are made of them alike."""

    needs_line = False
    is_by_hand = True

    def __init__(self, make_session: SessionFactory) -> None:
        self._make_session = make_session

    def place_call(self, order: CallOrder, *, now: datetime) -> None:
        """Let the interviewer dial; asking again for the same attempt changes nothing."""
        lasting = replace(order, ring_seconds=LONGEST_DIALLING_SECONDS)
        with self._make_session() as session, session.begin():
            if note_request(session, lasting, now=now):
                taken = Taken(_call_id(order.attempt_id))
                settle_request(session, order.attempt_id, RequestState.ACCEPTED, taken=taken, now=now)
        self._keep(order.attempt_id, [DIALLED], now=now)

    def tell(self, *, attempt_id: int, seen: Seen, now: datetime) -> None:
        """Keep what the interviewer says; see Gateway."""
        before = [_WORDS[Seen.RINGING]] if seen in _AFTER_RINGING else []
        self._keep(attempt_id, [*before, _WORDS.get(seen, seen.value)], now=now)

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """Note that the interviewer puts the receiver down."""
        with self._make_session() as session, session.begin():
            request = note_hang_up(session, attempt_id, now=now)
        if request is not None and request.state != RequestState.OVER:
            self._keep(attempt_id, [PUT_DOWN], now=now)

    def _keep(self, attempt_id: int, words: list[str], *, now: datetime) -> None:
        call_id = _call_id(attempt_id)
        arrivals = [Arrival(attempt_id, _Word(call_id, word), f"{call_id}/{word}", now) for word in words]
        with self._make_session() as session, session.begin():
            keep_reports(session, arrivals)

    def hold(self, *, attempt_id: int, is_held: bool) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def press(self, *, attempt_id: int, keys: str) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def play(self, *, attempt_id: int, address: str) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def start_recording(self, *, attempt_id: int, recording_id: int) -> str:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def move(self, *, attempt_id: int, room: str) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def adopt(self, *, attempt_id: int, call_id: str, room: str, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError: no call comes in through the program."""
        raise GatewayError(NOT_FROM_HERE, permanent=True)

    def admit(self, person_id: int, ticket: str) -> dict[str, str]:  # noqa: ARG002  the protocol's names
        """Return the one driver that needs nobody."""
        return {"driver": "desk"}

    def close_line(self, call_id: str) -> None:
        """Do nothing: there are no lines."""

    def listen(self, person_id: int, ticket: str) -> dict[str, str]:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(BESIDE_THEM, permanent=True)

    def change_mode(self, leg: Leg, mode: MonitorMode) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError(BESIDE_THEM, permanent=True)

    def stop_listening(self, call_id: str) -> None:
        """Do nothing: nobody ever listened."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:  # noqa: ARG002  the protocol's names
        """Return what the interviewers' words say."""
        with self._make_session() as session:
            return [_event(told) for told in untold_reports(session, attempt_id)]

    def doubtful(self, *, now: datetime) -> list[int]:  # noqa: ARG002  the protocol's names
        """Return nothing: whoever dials knows what became of it."""
        return []

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Do nothing: there is nobody to ask but the interviewer."""


def _call_id(attempt_id: int) -> str:
    return f"desk/{attempt_id}"


def _event(told: Untold) -> CallEvent:
    kind = _KINDS.get(told.status, CallEventKind.ENDED)
    ending = _ending(told) if kind is CallEventKind.ENDED else None
    return CallEvent(told.attempt_id, told.sequence, kind, told.received_at, ending, reason=told.status)


def _ending(told: Untold) -> Ending:
    if told.status == PUT_DOWN:
        return Ending.HUNG_UP_BY_US if told.answered else Ending.CANCELLED
    return _ENDINGS[Seen(told.status)]
