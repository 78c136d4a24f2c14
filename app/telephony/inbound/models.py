"""Tables of the call-back line."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class InboundReport(Numbered, Base):
    """One report about a call that came in, kept before anything is made of it, without the caller's number."""

    __tablename__ = "inbound_report"
    __table_args__ = (Index("ix_inbound_report_call", "call_id"), {"info": APPEND_ONLY})

    token: Mapped[str] = mapped_column(unique=True)
    call_id: Mapped[str]
    step: Mapped[str]
    fields: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class InboundAnswer(Base):
    """What a report was answered with: the same report again gets the same answer, and nothing is done twice."""

    __tablename__ = "inbound_answer"
    __table_args__ = {"info": APPEND_ONLY}

    token: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]
    answered_at: Mapped[datetime]


class InboundCall(Numbered, Base):
    """A call that somebody made to one of our numbers; the caller is known only as the number of a case, if at all."""

    __tablename__ = "inbound_call"
    __table_args__ = (
        Index("ix_inbound_call_case", "case_id", "id"),
        Index("ix_inbound_call_campaign", "campaign_id", "id"),
    )

    call_id: Mapped[str] = mapped_column(unique=True)
    # The number of ours that was called; none where it is not registered.
    caller_number_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("caller_number.id"))
    campaign_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("survey_case.id"))
    phone_number_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("phone_number.id"))
    # The attempt under which an interviewer took it.
    attempt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("attempt.id"), unique=True)
    # The lect that was chosen by key; which keys stood for which lects, and which times were offered.
    lect: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    offered: Mapped[list[Any]] = mapped_column(server_default="[]")
    times: Mapped[list[Any]] = mapped_column(server_default="[]")
    silences: Mapped[int] = mapped_column(server_default="0")
    codes_tried: Mapped[int] = mapped_column(server_default="0")
    # A code that was keyed in was one of ours.
    is_confirmed: Mapped[bool] = mapped_column(server_default=false())
    result: Mapped[str | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class EmulatedCallBack(Base):
    """A call that somebody on the emulated network makes to us: the network's own memory."""

    __tablename__ = "emulated_call_back"
    __table_args__ = (
        Index("ix_emulated_call_back_next", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("ix_emulated_call_back_number_key", "number_key"),
    )

    call_id: Mapped[str] = mapped_column(primary_key=True)
    number_key: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    called: Mapped[str]
    # The document that is fetched next and what is sent along; or the room that is joined next.
    state: Mapped[dict[str, Any]]
    next_at: Mapped[datetime | None]
