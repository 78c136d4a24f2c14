"""Tables of the telephony package."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class CallEventRow(Numbered, Base):
    """One event of one call as the provider reported it; nobody rewrites it."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("attempt_id", "sequence", "kind"), {"info": APPEND_ONLY})

    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    ending: Mapped[str | None]
    sip_code: Mapped[int | None]
    q850: Mapped[int | None]
    raw: Mapped[dict[str, Any]]


class EmulatedCall(Base):
    """One call on the emulated network: the network's own memory, which a real provider keeps for itself.

    The attempt is only a reference given by the caller, so there is no foreign key. The number is never
    stored: `number_key` finds earlier calls to the same person.
    """

    __tablename__ = "emulated_call"
    __table_args__ = (
        Index("ix_emulated_call_number_key", "number_key", "placed_at"),
        Index("ix_emulated_call_next_event_at", "next_event_at", postgresql_where=text("next_event_at IS NOT NULL")),
    )

    attempt_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number_key: Mapped[bytes] = mapped_column(LargeBinary)
    placed_at: Mapped[datetime]
    timeline: Mapped[list[Any]]
    delivered: Mapped[int] = mapped_column(default=0)
    next_event_at: Mapped[datetime | None]
    state: Mapped[dict[str, Any]]
