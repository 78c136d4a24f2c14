"""A message gateway that does what a test says."""

from dataclasses import dataclass, field
from datetime import datetime

from app.core.db import SessionFactory
from app.telephony.messages import MessageError, MessageOrder, MessageState
from app.telephony.outbox import forget_message, note_message, settle_message


@dataclass
class ScriptedMessages:
    """Keeps what was asked of it; every message is accepted unless a test wants it otherwise."""

    make_session: SessionFactory
    sent: list[MessageOrder] = field(default_factory=list)
    asked_about: list[int] = field(default_factory=list)
    refuses_with: MessageError | None = None

    def send_message(self, order: MessageOrder, *, now: datetime) -> None:
        """Take the message on, or refuse it as the test wants."""
        with self.make_session() as session, session.begin():
            if not note_message(session, order.message_id, sender=order.sender, now=now):
                return
        self.sent.append(order)
        refusal = self.refuses_with
        if refusal is not None and not refusal.permanent and not refusal.is_uncertain:
            self._forget(order.message_id)
            raise refusal
        state = MessageState.ACCEPTED if refusal is None else MessageState.FAILED
        if refusal is not None and refusal.is_uncertain:
            state = MessageState.UNKNOWN
        self.let(order.message_id, state, now=now)
        if refusal is not None:
            raise refusal

    def _forget(self, message_id: int) -> None:
        with self.make_session() as session, session.begin():
            forget_message(session, message_id)

    def ask_about(self, order: MessageOrder, *, now: datetime) -> None:
        """Find that a message of which nothing was heard was never sent."""
        self.asked_about.append(order.message_id)
        self.let(order.message_id, MessageState.FAILED, now=now)

    def let(self, message_id: int, state: MessageState, *, now: datetime) -> None:
        """Let something become of a message."""
        with self.make_session() as session, session.begin():
            settle_message(session, message_id, state, now=now)
