"""Tables of the dialing package."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class Pool(Numbered, Base):
    """Cases that may be called under the same conditions: lect, time zone, quota cell, arm, of one campaign.

    Conditions that hold for all of a pool's cases are kept here and never on the cases: whether calls are
    allowed at this hour, whether the quota still wants it, and how badly.
    """

    __tablename__ = "pool"
    __table_args__ = (
        UniqueConstraint(
            "campaign_id", "lect", "time_zone", "cell", "arm", "person_id", postgresql_nulls_not_distinct=True
        ),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    time_zone: Mapped[str]
    # The quota cell that the sample alone puts a case into, as "area=45 phone=mobile"; empty without quotas.
    cell: Mapped[str] = mapped_column(server_default="")
    arm: Mapped[str] = mapped_column(server_default="matched")
    # Set where the cases are kept for one interviewer, as with an appointment made with somebody by name.
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    is_open: Mapped[bool]
    # Quota need as points on top of every case's own priority; -1 while the cell is full.
    need: Mapped[int] = mapped_column(server_default="0")


class PoolCount(Base):
    """How many of a pool's cases are in a state, counted now and then by background work."""

    __tablename__ = "pool_count"

    pool_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("pool.id"), primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    first_due_at: Mapped[datetime]
    counted_at: Mapped[datetime]


class Case(Numbered, Base):
    """A sampled number being worked in one campaign."""

    __tablename__ = "survey_case"
    __table_args__ = (
        # The queue: one probe per pool finds the best ready case, however many wait.
        Index(
            "ix_survey_case_queue",
            "pool_id",
            text("priority DESC"),
            "due_at",
            "id",
            postgresql_where=text("state = 'ready'"),
        ),
        # The same queue once more for those a worse match may take by now.
        Index(
            "ix_survey_case_partial_queue",
            "pool_id",
            text("priority DESC"),
            "due_at",
            "id",
            postgresql_where=text("state = 'ready' AND takes_partial"),
        ),
        Index("ix_survey_case_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_survey_case_patience", "partial_from", postgresql_where=text("state = 'ready' AND NOT takes_partial")
        ),
        Index("ix_survey_case_ready_until", "ready_until", postgresql_where=text("state = 'ready'")),
        Index("ix_survey_case_lease", "lease_until", postgresql_where=text("state = 'held'")),
        Index("ix_survey_case_closure", "closure_id", postgresql_where=text("closure_id IS NOT NULL")),
        # Counts and lists by state, by campaign, in the order of the ids.
        Index("ix_survey_case_progress", "campaign_id", "state", "id"),
        # Lists by any of lect, outcome and state: a page is a probe for each combination that was asked for.
        Index("ix_survey_case_list", "campaign_id", "lect", text("COALESCE(outcome, ''::text)"), "state", "id"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    sample_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sample_unit.id"), unique=True)
    pool_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("pool.id"))
    # The lect of its pool, for lists. The database keeps it by a trigger, whoever moves the case; never write it.
    lect: Mapped[str] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    state: Mapped[str]
    priority: Mapped[int]
    due_at: Mapped[datetime]
    holder_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    lease_until: Mapped[datetime | None]
    attempts_counted: Mapped[int]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    # When a ready case must leave the queue again, because its time slice or the respondent's wish ends.
    ready_until: Mapped[datetime | None]
    # From when on an interviewer who is a partial match may take it; never, where it is empty.
    partial_from: Mapped[datetime | None]
    takes_partial: Mapped[bool] = mapped_column(server_default="false")
    # The interviewer who may not have it again, after a refusal; which of its numbers is dialled next.
    barred_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    next_position: Mapped[int] = mapped_column(server_default="1")
    # Hours the respondent asked for, as calling windows; none asked for where it is empty.
    wish: Mapped[dict[str, Any] | None]
    # The closure of its lect that ended it, and that may be taken back.
    closure_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("lect_closure.id"))


class LectClosure(Numbered, Base):
    """A lect whose open cases a supervisor closed for want of staff, and perhaps took up again later."""

    __tablename__ = "lect_closure"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    # What was missing at that time: somebody certified, or somebody of those on the roster.
    gap: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    closed_cases: Mapped[int]
    reopen_reason: Mapped[str | None]
    reopened_by: Mapped[str | None]
    reopened_at: Mapped[datetime | None]
    reopened_cases: Mapped[int]


class Attempt(Numbered, Base):
    """One call with one number of a case; where we dial, the row exists before the network is asked."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_caller", "caller_number_id", "requested_at"),)

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    interviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    phone_number_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("phone_number.id"))
    direction: Mapped[str] = mapped_column(server_default="outbound")  # inbound where the respondent called us back
    # The number that the respondent saw.
    caller_number_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("caller_number.id"))
    state: Mapped[str]
    requested_at: Mapped[datetime]
    rang_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    sip_code: Mapped[int | None]
    reason: Mapped[str | None]
    provisional_outcome: Mapped[str | None]
    outcome: Mapped[str | None]
    coded_at: Mapped[datetime | None]
    note: Mapped[str | None]
    match: Mapped[str]
    arm: Mapped[str] = mapped_column(server_default="matched")
    time_slice: Mapped[str | None]


class Appointment(Numbered, Base):
    """A time the respondent agreed to; `ends_at` bounds it where only a part of a day was named.

    It is open until a call keeps it, or until it is superseded: by another one, by a talk before its time, or by the
    end of its case. One that was missed stays open.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_open", "starts_at", postgresql_where=text("kept_at IS NULL AND superseded_at IS NULL")),
        Index("ix_appointment_campaign_starts", "campaign_id", "starts_at"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), index=True)
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    lect: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    note: Mapped[str | None]
    booked_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))  # none by key on the line
    booked_at: Mapped[datetime]
    # Whom the respondent wants to talk to again, and from when on anybody of the same lect may call.
    with_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    hand_over_at: Mapped[datetime | None]
    # When the call was made that kept it, and by whom.
    kept_at: Mapped[datetime | None]
    kept_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    missed_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class LanguageFact(Numbered, Base):
    """One thing known about the lects of a case: who said so, when, and how sure."""

    __tablename__ = "language_fact"
    __table_args__ = {"info": APPEND_ONLY}

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), index=True)
    kind: Mapped[str]
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    confidence: Mapped[float]
    source: Mapped[str]
    actor: Mapped[str]
    attempt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    at: Mapped[datetime]


class CaseEvent(Numbered, Base):
    """One step of a case's life and the rule behind it: the decision trace."""

    __tablename__ = "case_event"
    __table_args__ = {"info": APPEND_ONLY}

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    details: Mapped[dict[str, Any]]


class CaseCode(Base):
    """The short code by which the person of a case can check that a call is genuine; it never changes."""

    __tablename__ = "case_code"
    __table_args__ = {"info": APPEND_ONLY}

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), primary_key=True)
    code: Mapped[str]
    # SHA-256 of the code, by which it is found.
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class CodeInquiry(Numbered, Base):
    """One code that somebody entered, counted for a while under a keyed hash of their network address."""

    __tablename__ = "code_inquiry"

    address_key: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)


class CaseMeasure(Base):
    """Whether a case gets a trust measure, drawn at random once; nobody rewrites it."""

    __tablename__ = "case_measure"
    __table_args__ = {"info": APPEND_ONLY}

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    is_given: Mapped[bool]
    # The share of cases that got it when this was drawn.
    share: Mapped[float]
    at: Mapped[datetime]


class Notice(Numbered, Base):
    """The message that a case gets, or was to get, before its first call; what became of it is kept by telephony."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_planned", "campaign_id", "id", postgresql_where=text("state = 'planned'")),
        Index("ix_notice_unreleased", "id", postgresql_where=text("state = 'asked' AND released_at IS NULL")),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), unique=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    state: Mapped[str]
    reason: Mapped[str | None]  # why it was skipped
    phone_number_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("phone_number.id"))
    lect: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    # [script, version] of each text that was sent.
    texts: Mapped[list[Any]] = mapped_column(server_default="[]")
    tries: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime]
    waits_until: Mapped[datetime]  # moved on while others are told first
    asked_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class NumberRest(Numbered, Base):
    """A time in which nobody calls from a number, why, and by which figures."""

    __tablename__ = "number_rest"
    __table_args__ = (Index("ix_number_rest_number", "caller_number_id", "ends_at"),)

    caller_number_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("caller_number.id"))
    cause: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    actor: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
