"""What every way of placing calls offers; nobody above this package knows which one is in use."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Protocol

from app.core.errors import ConflictError, XiangyinError
from app.telephony.domain import CallEvent, Seen
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg, Monitor
from app.telephony.recorder import NoRecorder, Recorder


@dataclass(frozen=True)
class CallOrder:
    """What a provider is asked for; the number is in clear, so an order is never logged or kept."""

    attempt_id: int
    number: str  # E.164
    caller_number: str
    ring_seconds: int
    room: str  # where the interviewer's own leg is, and the respondent's joins it


class GatewayError(XiangyinError):
    """The telephone network did not take the request."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_GATEWAY

    def __init__(self, message: str = "", *, permanent: bool, is_uncertain: bool = False, **values: str) -> None:
        super().__init__(message, (), **values)
        self.permanent = permanent  # the same request would fail again: do not retry
        self.is_uncertain = is_uncertain  # it may have been carried out all the same: ask before anything else


class Gateway(Recorder, Monitor, Protocol):
    """Places calls, records them, and tells what becomes of them.

    Call it outside of any transaction: write the attempt, commit, ask the gateway, record the answer.
    """

    def place_call(self, order: CallOrder, *, now: datetime) -> None:
        """Ask for one call; asking again for the same attempt never dials twice.

        Raises GatewayError: permanent when the number or the account can never be called, uncertain when nobody
        knows whether the call was placed.
        """

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call, or take it back before it is answered; a call that is over stays as it is."""

    def hold(self, *, attempt_id: int, is_held: bool) -> None:
        """Let the respondent hear music instead of the interviewer, or bring them back; raises GatewayError."""

    def press(self, *, attempt_id: int, keys: str) -> None:
        """Let the far side hear the tones of these keys (0-9 * # and w, half a second); raises GatewayError."""

    def play(self, *, attempt_id: int, address: str) -> None:
        """Let the respondent hear the sound that lies at an address of ours; raises as `hold` does."""

    def move(self, *, attempt_id: int, room: str) -> None:
        """Bring the respondent to another interviewer's room; raises GatewayError, and they stay where they were."""

    def adopt(self, *, attempt_id: int, call_id: str, room: str, now: datetime) -> None:
        """Follow a call that came in as the one of this attempt: it can be held, moved and ended like one we placed.

        `call_id` is the provider's own name of it; the room is where the answer to the call sends it.
        """

    @property
    def is_by_hand(self) -> bool:
        """Whether the interviewer dials on a telephone of their own, and therefore sees the number for that call.

        What becomes of the call they tell by `tell`; it can be neither held nor moved from here.
        """

    def tell(self, *, attempt_id: int, seen: Seen, now: datetime) -> None:
        """Take the interviewer's word for what a call did; raises ConflictError where the network tells that itself."""

    @property
    def needs_line(self) -> bool:
        """Whether an interviewer is heard only through a line of their own: without one nobody may be dialled."""

    def admit(self, person_id: int, ticket: str) -> dict[str, str]:
        """Return what the interviewer's browser needs to call in with that ticket."""

    def close_line(self, call_id: str) -> None:
        """End an interviewer's own call; one that is over stays so."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:
        """Return what has happened up to `now`, to one call or to all of them.

        Each event comes at least once, until `record_events` has stored it.
        """

    def doubtful(self, *, now: datetime) -> list[int]:
        """Return the attempts of which nothing was heard for longer than a call can take to change."""

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Find out what became of a doubtful attempt; what is found comes as events. It never dials."""


class ToldByNetwork:
    """Part of every gateway whose network reports by itself."""

    is_by_hand = False

    def tell(self, *, attempt_id: int, seen: Seen, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise ConflictError: nobody has to say what the network reports."""
        raise ConflictError("The telephone network tells by itself what becomes of a call.")


class UnconfiguredGateway(ToldByNetwork, NoRecorder):
    """An installation without a telephone provider: every call fails at once and says why."""

    needs_line = False

    def place_call(self, order: CallOrder, *, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError("No telephone provider is configured.", permanent=True)

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """Do nothing: no call was ever placed."""

    def hold(self, *, attempt_id: int, is_held: bool) -> None:
        """Do nothing: no call was ever placed."""

    def press(self, *, attempt_id: int, keys: str) -> None:
        """Do nothing: no call was ever placed."""

    def play(self, *, attempt_id: int, address: str) -> None:
        """Do nothing: no call was ever placed."""

    def move(self, *, attempt_id: int, room: str) -> None:
        """Do nothing: no call was ever placed."""

    def adopt(self, *, attempt_id: int, call_id: str, room: str, now: datetime) -> None:
        """Do nothing: no call ever came in."""

    def admit(self, person_id: int, ticket: str) -> dict[str, str]:  # noqa: ARG002  the protocol's names
        """Return the one driver that needs nobody."""
        return {"driver": "desk"}

    def close_line(self, call_id: str) -> None:
        """Do nothing: there are no lines."""

    def listen(self, person_id: int, ticket: str) -> dict[str, str]:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError("No telephone provider is configured.", permanent=True)

    def change_mode(self, leg: Leg, mode: MonitorMode) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError("No telephone provider is configured.", permanent=True)

    def stop_listening(self, call_id: str) -> None:
        """Do nothing: nobody ever listened."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:  # noqa: ARG002  the protocol's names
        """Return nothing."""
        return []

    def doubtful(self, *, now: datetime) -> list[int]:  # noqa: ARG002  the protocol's names
        """Return nothing: no call was ever placed."""
        return []

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Do nothing: there is nobody to ask."""
