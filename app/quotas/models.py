"""Tables of the quotas package."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Numbered


class Quota(Numbered, Base):
    """One table of interlocking cells over the same dimensions; a campaign may have several."""

    __tablename__ = "quota"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    name: Mapped[str]
    # In order, each {"kind": "area" | "lect" | "phone" | "answer", "digits": 6} or with "question": its name.
    dimensions: Mapped[list[Any]]


class QuotaCell(Numbered, Base):
    """One combination of the dimensions' values, with how many completes it wants and may have."""

    __tablename__ = "quota_cell"
    __table_args__ = (
        UniqueConstraint("quota_id", "key"),
        CheckConstraint("completes <= most", name="never_overshoots"),
        CheckConstraint("target <= most", name="target_fits"),
        CheckConstraint("closing IN ('soft', 'hard')", name="closing_is_known"),
    )

    quota_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("quota.id"))
    # The values in the order of the dimensions, as ["450100", "f"].
    key: Mapped[list[Any]]
    target: Mapped[int]  # reached: the cell is closed softly, nobody new is called for it
    most: Mapped[int]  # reached by completes and seats together: an interview that lands here ends
    completes: Mapped[int]
    closing: Mapped[str | None]  # by a supervisor, whatever the numbers are: soft or hard; empty while it is open


class QuotaSeat(Base):
    """A place in a cell that a live interview holds until it is complete, broken off, or out of time."""

    __tablename__ = "quota_seat"
    __table_args__ = (
        Index("ix_quota_seat_interview", "interview_uid"),
        Index("ix_quota_seat_live", "expires_at", postgresql_where=text("state = 'held'")),
    )

    cell_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("quota_cell.id"), primary_key=True)
    interview_uid: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]  # held, complete, released
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
