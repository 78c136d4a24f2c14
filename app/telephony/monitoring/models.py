"""Tables of monitoring."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Numbered

# Whom screens show in a call: also one who was ended and, as far as is known, is still there with an open microphone.
IN_CALL: Final = "monitoring.left_at IS NULL AND (monitoring.ended_at IS NULL OR monitoring.mode <> 'listening')"


class Monitoring(Numbered, Base):
    """One supervisor in one call: asked for, joined, ended, and at last gone from the room."""

    __tablename__ = "monitoring"
    __table_args__ = (
        # One person is in one call at a time.
        Index("uq_monitoring_person", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_monitoring_interviewer", "interviewer_id", postgresql_where=text("left_at IS NULL")),
        Index("ix_monitoring_present", "id", postgresql_where=text("left_at IS NULL")),
        Index("ix_monitoring_attempt", "attempt_id"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    interviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    room: Mapped[str]
    mode: Mapped[str]
    # Whoever brings the ticket may join the room, once; only its hash is kept.
    ticket_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    call_id: Mapped[str | None] = mapped_column(unique=True)
    # The provider's own name of the room.
    conference_id: Mapped[str | None]
    # The interviewer's call that alone hears a coach; another one when their line has come back.
    coached_call_id: Mapped[str | None]
    # Since when a change has been asked of the network that was not answered yet; one at a time.
    changing_since: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    # When the supervisor's own call was surely over; until then it is ended again and again.
    left_at: Mapped[datetime | None]
