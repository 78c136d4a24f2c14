"""Tables of the staffing package."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class InterviewerLect(Base):
    """How well an interviewer masters a lect, as certified by a native supervisor."""

    __tablename__ = "interviewer_lect"

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    level: Mapped[str]


class Interviewer(Base):
    """What else is known of an interviewer; somebody without a row is an ordinary one."""

    __tablename__ = "interviewer"

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True)
    # Takes calls of which no lect is known, because they tell lects apart.
    does_triage: Mapped[bool]


class Shift(Numbered, Base):
    """A stretch of time for which an interviewer is rostered in a campaign."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_at"),
        Index("ix_shift_campaign_ends", "campaign_id", "ends_at"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Presence(Base):
    """What an interviewer is doing now; the server is the authority, screens only show it."""

    __tablename__ = "presence"

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    state: Mapped[str]
    since: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("survey_case.id"))
    reason: Mapped[str | None]  # of a break


class PresenceChange(Numbered, Base):
    """Every change of an interviewer's state, for hours worked and idle time."""

    __tablename__ = "presence_change"
    __table_args__ = {"info": APPEND_ONLY}

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    state: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
