"""What a simulated interviewer has at the ear: the emulated network's signals and its people's voices."""

from collections.abc import Sequence
from datetime import datetime

from app.core.db import SessionFactory
from app.dialing.calls import deliver_events
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.emulator.carrier import Carrier
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.speech import Reply, Utterance
from app.telephony.gateway import Gateway
from app.telephony.twilio.rooms import identity_of


class Line:
    """All calls of a played day; it also brings the network's reports to the program, as a provider would."""

    def __init__(
        self,
        exchange: Exchange,
        carrier: Carrier,
        *,
        make_session: SessionFactory,
        gateway: Gateway,
        voice_url: str,
    ) -> None:
        self._exchange = exchange
        self._voice_url = voice_url
        self._carrier = carrier
        self._make_session = make_session
        self._gateway = gateway
        self._answered: set[int] = set()
        self._endings: dict[int, Ending] = {}

    def call_in(self, person_id: int, ticket: str, *, now: datetime) -> None:
        """Let an interviewer's telephone call in with the ticket it was given, as their browser would."""
        call_id = self._exchange.rooms.call_in(identity_of(person_id), self._voice_url, {"ticket": ticket})
        self._carrier.serve_rooms(now=now, call_id=call_id)

    def settling(self, attempt_id: int) -> Sequence[CallEvent]:
        """Return what will happen to a call until it is answered or ends; wait for the last, then report."""
        return self._exchange.settling(str(attempt_id))

    def report(self, attempt_id: int, now: datetime) -> None:
        """Let the network report what has happened to a call up to now, and hear it."""
        signals = self._carrier.deliver(now=now, label=str(attempt_id))
        for signal in signals:
            self._hear(attempt_id, signal.event)
        if signals:
            # What the program keeps, its background work makes something of; in a play that is at once.
            deliver_events(self._make_session, self._gateway, now=now, attempt_id=attempt_id)

    def _hear(self, attempt_id: int, event: CallEvent) -> None:
        if event.kind == CallEventKind.ANSWERED:
            self._answered.add(attempt_id)
        elif event.ending is not None:
            self._endings[attempt_id] = event.ending

    def is_settled(self, attempt_id: int) -> bool:
        """Tell whether the call was answered or is over."""
        return attempt_id in self._answered or attempt_id in self._endings

    def ending(self, attempt_id: int) -> Ending | None:
        """Return how the call ended, None while it lasts."""
        return self._endings.get(attempt_id)

    def say(self, attempt_id: int, utterance: Utterance, *, now: datetime) -> Reply:
        """Speak into the line and hear the reply."""
        return self._exchange.say(str(attempt_id), utterance, now=now)
