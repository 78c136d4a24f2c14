"""What a simulated interviewer has at the ear: the emulated network's signals and its people's voices."""

from datetime import datetime

from app.core.db import SessionFactory
from app.dialing.calls import apply_events
from app.telephony.domain import CallEventKind, Ending
from app.telephony.emulator.gateway import EmulatorGateway
from app.telephony.emulator.speech import Reply, Utterance


class Line:
    """All calls of a played day; it also brings the network's reports to the program, as a provider would."""

    def __init__(self, network: EmulatorGateway, make_session: SessionFactory) -> None:
        self._network = network
        self._make_session = make_session
        self._answered: set[int] = set()
        self._endings: dict[int, Ending] = {}

    def settles_at(self, attempt_id: int) -> datetime | None:
        """Return when the call is answered or ends."""
        return self._network.settles_at(attempt_id)

    def report(self, attempt_id: int, now: datetime) -> None:
        """Bring what has happened to a call up to now to the program, and hear it."""
        events = self._network.events_due(now=now, attempt_id=attempt_id)
        if not events:
            return
        with self._make_session() as session, session.begin():
            apply_events(session, events, now=now)
        for event in events:
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
        return self._network.say(attempt_id=attempt_id, utterance=utterance, now=now)
