"""What every way of placing calls offers; nobody above this package knows which one is in use."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Protocol

from app.core.errors import XiangyinError
from app.telephony.domain import CallEvent


class GatewayError(XiangyinError):
    """The telephone network did not take the request."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_GATEWAY

    def __init__(self, message: str = "", *, permanent: bool, **values: str) -> None:
        super().__init__(message, (), **values)
        self.permanent = permanent  # the same request would fail again: do not retry


class Gateway(Protocol):
    """Places calls and tells what becomes of them.

    Call it outside of any transaction: write the attempt, commit, ask the gateway, record the answer.
    """

    def place_call(self, *, attempt_id: int, number: str, caller_number: str, ring_seconds: int, now: datetime) -> None:
        """Ask for one call to an E.164 number; asking again for the same attempt never dials twice.

        Raises GatewayError: permanent when the number or the account can never be called.
        """

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call, or take it back before it is answered; a call that is over stays as it is."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:
        """Return what has happened up to `now`, to one call or to all of them.

        Each event comes at least once, until `record_events` has stored it.
        """


class UnconfiguredGateway:
    """An installation without a telephone provider: every call fails at once and says why."""

    def place_call(self, *, attempt_id: int, number: str, caller_number: str, ring_seconds: int, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise GatewayError."""
        raise GatewayError("No telephone provider is configured.", permanent=True)

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """Do nothing: no call was ever placed."""

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:  # noqa: ARG002  the protocol's names
        """Return nothing."""
        return []
