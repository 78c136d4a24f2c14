"""Tables of the quality package; none of them holds or changes anything of an interview."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class QualityProgress(Base):
    """Up to which change of its responses a campaign's interviews were looked at; its row lock makes one do it."""

    __tablename__ = "quality_progress"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class InterviewCheck(Base):
    """That an ended interview was looked at, by which rules; without flags there is nothing else to tell it."""

    __tablename__ = "interview_check"
    __table_args__ = {"info": APPEND_ONLY}

    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    rules_version: Mapped[int]
    at: Mapped[datetime]


class InterviewFlag(Numbered, Base):
    """One thing that makes an interview worth hearing again."""

    __tablename__ = "interview_flag"
    __table_args__ = (Index("ix_interview_flag_campaign", "campaign_id", "interview_id"), {"info": APPEND_ONLY})

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"), index=True)
    kind: Mapped[str]
    figure: Mapped[float]
    threshold: Mapped[float]
    questions: Mapped[list[Any]]
    rules_version: Mapped[int]
    at: Mapped[datetime]


class RelistenItem(Numbered, Base):
    """One interview to be listened to again; why it is here stays hidden until that is done."""

    __tablename__ = "relisten_item"
    __table_args__ = (
        Index("ix_relisten_item_waiting", "campaign_id", "id", postgresql_where=text("state = 'waiting'")),
        Index(
            "uq_relisten_item_taken",
            "campaign_id",
            "taken_by",
            unique=True,
            postgresql_where=text("state = 'taken'"),
        ),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"), unique=True)
    is_drawn: Mapped[bool]
    # All that were spoken in it: whoever listens must follow each.
    lects: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str]
    taken_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    taken_at: Mapped[datetime | None]
    # Who gave it back: it is offered to somebody else.
    put_back_by: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"), default=list)
    ended_at: Mapped[datetime | None]
    # Why it cannot be listened to; an English gettext id.
    problem: Mapped[str | None]


class RelistenCode(Numbered, Base):
    """What a listener heard in answer to one question; the newest row of a question and listener counts."""

    __tablename__ = "relisten_code"
    __table_args__ = {"info": APPEND_ONLY}

    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("relisten_item.id"), index=True)
    question: Mapped[str]
    value: Mapped[list[Any]]
    status: Mapped[str]
    listener_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]


class RelistenRating(Numbered, Base):
    """What a listener says of the whole conversation; the newest row of a kind and listener counts."""

    __tablename__ = "relisten_rating"
    __table_args__ = {"info": APPEND_ONLY}

    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("relisten_item.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str]
    listener_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]
