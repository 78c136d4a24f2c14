"""Tables of the telephony package."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
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


class CallRequest(Base):
    """What a provider was asked for one attempt; it is written before the asking, so that nothing is asked twice."""

    __tablename__ = "call_request"
    __table_args__ = (Index("ix_call_request_open", "checked_at", postgresql_where=text("state <> 'over'")),)

    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"), primary_key=True, autoincrement=False)
    state: Mapped[str]
    room: Mapped[str]
    # The provider's own name of the call, known from its answer or from its first report.
    call_id: Mapped[str | None] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    # When anything was last heard of it; after a while of silence we ask.
    checked_at: Mapped[datetime]
    hung_up_at: Mapped[datetime | None]
    ring_seconds: Mapped[int]
    # The provider's own name of the room; only by it can a call in it be held.
    conference_id: Mapped[str | None]
    is_held: Mapped[bool] = mapped_column(server_default=false())


class ProviderReport(Numbered, Base):
    """One report as a provider sent it, without what says who was called; kept before anything is made of it."""

    __tablename__ = "provider_report"
    __table_args__ = (Index("ix_provider_report_attempt", "attempt_id"), {"info": APPEND_ONLY})

    # The provider's own name of the delivery: a report delivered twice has the same one.
    token: Mapped[str] = mapped_column(unique=True)
    # No foreign key: a report may be faster than the transaction that writes the attempt.
    attempt_id: Mapped[int] = mapped_column(BigInteger)
    call_id: Mapped[str]
    sequence: Mapped[int]
    status: Mapped[str]
    fields: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class WaitingReport(Base):
    """A report that nothing has been made of yet."""

    __tablename__ = "waiting_report"
    __table_args__ = (Index("ix_waiting_report_attempt", "attempt_id"),)

    report_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("provider_report.id"), primary_key=True, autoincrement=False
    )
    attempt_id: Mapped[int] = mapped_column(BigInteger)
    sequence: Mapped[int]
    kind: Mapped[str]


class InterviewerLine(Numbered, Base):
    """One connection of an interviewer's own telephone to the room where respondents join; the newest one counts."""

    __tablename__ = "interviewer_line"
    __table_args__ = (
        Index("ix_interviewer_line_person", "person_id", "id"),
        Index("ix_interviewer_line_room", "room", "id"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    room: Mapped[str]
    # Whoever brings the ticket may join the room, once; only its hash is kept.
    ticket_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[str]
    call_id: Mapped[str | None] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class LineReport(Numbered, Base):
    """One report about somebody's own line, as a provider sent it; it is kept once."""

    __tablename__ = "line_report"
    __table_args__ = ({"info": APPEND_ONLY},)

    token: Mapped[str] = mapped_column(unique=True)
    call_id: Mapped[str]
    event: Mapped[str]
    fields: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class DeviceCheck(Numbered, Base):
    """What an interviewer's headset and connection did when they were tried."""

    __tablename__ = "device_check"
    __table_args__ = (Index("ix_device_check_person", "person_id", "id"), {"info": APPEND_ONLY})

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]
    microphone: Mapped[bool]
    speaker: Mapped[bool]
    echo: Mapped[bool]
    latency_ms: Mapped[int]


class CallAllowance(Base):
    """The next moment at which a call may be placed, one row for the provider's account."""

    __tablename__ = "call_allowance"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_at: Mapped[datetime]


class EmulatedCall(Base):
    """One call on the emulated network: the network's own memory, which a real provider keeps for itself.

    The label is only a reference given by the caller. The number is kept encrypted, to be told to whoever placed
    the call; `number_key` finds earlier calls to the same person.
    """

    __tablename__ = "emulated_call"
    __table_args__ = (
        Index("ix_emulated_call_number_key", "number_key", "placed_at"),
        Index("ix_emulated_call_next_event_at", "next_event_at", postgresql_where=text("next_event_at IS NOT NULL")),
        Index("ix_emulated_call_label", "label"),
        Index("ix_emulated_call_room", "room", "placed_at"),
    )

    call_id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    room: Mapped[str]
    number_key: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    caller_number: Mapped[str]
    callback_url: Mapped[str]
    placed_at: Mapped[datetime]
    timeline: Mapped[list[Any]]
    delivered: Mapped[int] = mapped_column(default=0)
    next_event_at: Mapped[datetime | None]
    state: Mapped[dict[str, Any]]


class EmulatedLeg(Base):
    """A browser's own call on the emulated network: who called, and the room that the answer sent it to."""

    __tablename__ = "emulated_leg"

    call_id: Mapped[str] = mapped_column(primary_key=True)
    identity: Mapped[str]
    state: Mapped[str]
    room: Mapped[str | None]
    label: Mapped[str | None]
    callback_url: Mapped[str | None]
    is_muted: Mapped[bool] = mapped_column(server_default=false())
    coaches: Mapped[str | None]  # the one call that hears this one


class RecordingReport(Numbered, Base):
    """One report about a recording as a provider sent it, kept before anything is made of it."""

    __tablename__ = "recording_report"
    __table_args__ = {"info": APPEND_ONLY}

    token: Mapped[str] = mapped_column(unique=True)
    # No foreign key: what a provider sends about a recording that is none of ours is kept as well.
    recording_id: Mapped[int] = mapped_column(BigInteger, index=True)
    provider_id: Mapped[str]
    status: Mapped[str]
    fields: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class EmulatedRecording(Base):
    """One recording on the emulated network; its sound is made when it is fetched."""

    __tablename__ = "emulated_recording"
    __table_args__ = (
        Index("ix_emulated_recording_untold", "sid", postgresql_where=text("told IS NULL OR told = 'in-progress'")),
    )

    sid: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(index=True)
    callback_url: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[datetime]
    # While it runs, since when; what was recorded before stands in `seconds`.
    running_since: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(server_default="0")
    # The status that was reported last, None before the first report.
    told: Mapped[str | None]


class EmulatedErrand(Numbered, Base):
    """A document that the emulated network still has to fetch for a call, to do what it says."""

    __tablename__ = "emulated_errand"

    call_id: Mapped[str]
    address: Mapped[str]
    form: Mapped[dict[str, Any]]


class MessageRequest(Base):
    """What a provider was asked for one notice, written before the asking, and how far the message has come."""

    __tablename__ = "message_request"
    __table_args__ = (
        Index(
            "ix_message_request_open",
            "checked_at",
            postgresql_where=text("state IN ('asked', 'unknown', 'accepted', 'sent')"),
        ),
    )

    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    state: Mapped[str]
    problem: Mapped[str | None]
    # The provider's own words for the end.
    code: Mapped[str | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    sender: Mapped[str]
    asked_at: Mapped[datetime]
    checked_at: Mapped[datetime]


class MessageReportRow(Numbered, Base):
    """One report about a message as the provider sent it, without the number."""

    __tablename__ = "message_report"
    __table_args__ = {"info": APPEND_ONLY}

    token: Mapped[str] = mapped_column(unique=True)
    # No foreign key: what a provider sends about a message that is none of ours is kept as well.
    message_id: Mapped[int] = mapped_column(BigInteger, index=True)
    provider_id: Mapped[str]
    status: Mapped[str]
    fields: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class InboundMessage(Numbered, Base):
    """That somebody sent us a message, and what it asked for; neither number nor words are kept."""

    __tablename__ = "inbound_message"
    __table_args__ = {"info": APPEND_ONLY}

    token: Mapped[str] = mapped_column(unique=True)
    meaning: Mapped[str]
    received_at: Mapped[datetime]


class EmulatedMessage(Base):
    """One message on the emulated network, with its whole course; its words are not kept."""

    __tablename__ = "emulated_message"
    __table_args__ = (
        Index("ix_emulated_message_number_key", "number_key", "placed_at"),
        Index("ix_emulated_message_next", "next_event_at", postgresql_where=text("next_event_at IS NOT NULL")),
    )

    sid: Mapped[str] = mapped_column(primary_key=True)
    number_key: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    sender: Mapped[str]
    callback_url: Mapped[str]
    placed_at: Mapped[datetime]
    timeline: Mapped[list[Any]]
    delivered: Mapped[int] = mapped_column(default=0)
    next_event_at: Mapped[datetime | None]
