"""What every way of placing calls offers; nobody above this package knows which one is in use."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Protocol

from app.core.errors import XiangyinError
from app.telephony.domain import CallEvent


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


class Gateway(Protocol):
    """Places calls and tells what becomes of them.

    Call it outside of any transaction: write the attempt, commit, ask the gateway, record the answer.
    """

    def place_call(self, order: CallOrder, *, now: datetime) -> None:
        """Ask for one call; asking again for the same attempt never dials twice.

        Raises GatewayError: permanent when the number or the account can never be called, uncertain when nobody
        knows whether the call was placed.
        """

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call, or take it back before it is answered; a call that is over stays as it is."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:
        """Return what has happened up to `now`, to one call or to all of them.

        Each event comes at least once, until `record_events` has stored it.
        """

    def doubtful(self, *, now: datetime) -> list[int]:
        """Return the attempts of which nothing was heard for longer than a call can take to change."""

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Find out what became of a doubtful attempt; what is found comes as events. It never dials."""


class UnconfiguredGateway:
    """An installation without a telephone provider: every call fails at once and says why."""

    def place_call(self, order: CallOrder, *, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError("No telephone provider is configured.", permanent=True)

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """Do nothing: no call was ever placed."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:  # noqa: ARG002  the protocol's names
        """Return nothing."""
        return []

    def doubtful(self, *, now: datetime) -> list[int]:  # noqa: ARG002  the protocol's names
        """Return nothing: no call was ever placed."""
        return []

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Do nothing: there is nobody to ask."""
