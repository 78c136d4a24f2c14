"""What a simulated interviewer has at the ear: the emulated network's signals and its people's voices."""

from collections.abc import Sequence
from datetime import datetime

from app.core.db import SessionFactory
from app.dialing.calls import apply_events
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.emulator.gateway import EmulatorGateway
from app.telephony.emulator.speech import Reply, Utterance


class Line:
    """All calls of a played day; it also brings the network's reports to the program, as a provider would."""

    def __init__(self, network: EmulatorGateway, make_session: SessionFactory) -> None:
        self._network = network
        self._make_session = make_session
        self._answered: set[int] = set()
        self._endings: dict[int, Ending] = {}

    def settling(self, attempt_id: int) -> Sequence[CallEvent]:
        """Return what will happen to a call until it is answered or ends; wait for the last, then deliver them."""
        return self._network.settling(attempt_id)

    def report(self, attempt_id: int, now: datetime) -> None:
        """Bring what has happened to a call up to now to the program, and hear it."""
        self.deliver(self._network.events_due(now=now, attempt_id=attempt_id), now=now)

    def deliver(self, events: Sequence[CallEvent], *, now: datetime) -> None:
        """Bring these events to the program, and hear them."""
        if not events:
            return
        with self._make_session() as session, session.begin():
            apply_events(session, events, now=now)
        for event in events:
            if event.kind == CallEventKind.ANSWERED:
                self._answered.add(event.attempt_id)
            elif event.ending is not None:
                self._endings[event.attempt_id] = event.ending

    def is_settled(self, attempt_id: int) -> bool:
        """Tell whether the call was answered or is over."""
        return attempt_id in self._answered or attempt_id in self._endings

    def ending(self, attempt_id: int) -> Ending | None:
        """Return how the call ended, None while it lasts."""
        return self._endings.get(attempt_id)

    def say(self, attempt_id: int, utterance: Utterance, *, now: datetime) -> Reply:
        """Speak into the line and hear the reply."""
        return self._network.say(attempt_id=attempt_id, utterance=utterance, now=now)
