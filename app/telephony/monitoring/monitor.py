"""What every way of being in somebody else's call offers: listen, coach, break in, and leave."""

from dataclasses import dataclass
from typing import Protocol

from app.telephony.monitoring.domain import MonitorMode


@dataclass(frozen=True)
class Leg:
    """A supervisor's own call in an interviewer's room, by the provider's names."""

    call_id: str
    room_id: str
    coached_call_id: str  # the interviewer's own call in that room


class Monitor(Protocol):
    """Brings supervisors into calls under way; call it outside of any transaction."""

    def listen(self, person_id: int, ticket: str) -> dict[str, str]:
        """Return what a supervisor's browser needs to call in with that ticket, and come to the room unheard.

        Raises GatewayError, permanent where the program does not carry the calls.
        """

    def change_mode(self, leg: Leg, mode: MonitorMode) -> None:
        """Let the interviewer alone hear the supervisor, or everybody, or nobody again; the call stays as it is.

        Raises GatewayError, and ConflictError where the supervisor is no longer in the room: then nothing changed.
        """

    def stop_listening(self, call_id: str) -> None:
        """End a supervisor's own call, and no other; one that is over stays so."""
