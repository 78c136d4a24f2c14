"""Tables of the interviewing package."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class Interview(Numbered, Base):
    """One respondent's session with one questionnaire version, maybe over several attempts."""

    __tablename__ = "interview"
    __table_args__ = (Index("ix_interview_unended", "case_id", postgresql_where=text("ended_at IS NULL")),)

    uid: Mapped[UUID] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("survey_case.id"), unique=True)
    questionnaire_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questionnaire_version.id"))
    interviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    state: Mapped[str]
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    seed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # The question the interviewer has gone back to; empty while the interview runs forward.
    cursor: Mapped[str | None]
    # The revision of the campaign's quotas under which its seats were taken.
    quota_revision: Mapped[int] = mapped_column(server_default="0")


class AnswerEvent(Numbered, Base):
    """One answer as it was given; a correction is a later row, never an overwrite."""

    __tablename__ = "answer_event"
    __table_args__ = (UniqueConstraint("interview_id", "client_sequence"), {"info": APPEND_ONLY})

    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"))
    question: Mapped[str]
    value: Mapped[list[Any]]
    status: Mapped[str]
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    wording_lect: Mapped[str]
    client_sequence: Mapped[int]
    # From the question shown to its last word read; empty where nobody marked the end of reading.
    reading_ms: Mapped[int | None]
    # From the last word read to the answer, or from the question shown where the end of reading was not marked.
    latency_ms: Mapped[int | None]
    # What the respondent said, where a code alone would not keep it; and whether the interviewer probed.
    words: Mapped[str | None]
    is_probed: Mapped[bool] = mapped_column(server_default=text("false"))
    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    interviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    answered_at: Mapped[datetime]


class InterviewMark(Numbered, Base):
    """One thing noted in the course of an interview, such as a question repeated; taken back by a later row."""

    __tablename__ = "interview_mark"
    __table_args__ = (UniqueConstraint("interview_id", "client_key"), {"info": APPEND_ONLY})

    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"))
    kind: Mapped[str]
    question: Mapped[str | None]
    section: Mapped[str | None]
    rating: Mapped[int | None]
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    client_key: Mapped[str | None]
    takes_back_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interview_mark.id"))
    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    interviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]


class ResponseSnapshot(Numbered, Base):
    """What a closed interview came to; everything outward reads this, and a change is a new row."""

    __tablename__ = "response_snapshot"
    __table_args__ = (UniqueConstraint("campaign_id", "change_sequence"), {"info": APPEND_ONLY})

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    interview_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("interview.id"), index=True)
    version: Mapped[int]
    change_sequence: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime]
    record: Mapped[dict[str, Any]]


class ChangeCounter(Base):
    """The last change sequence of a campaign; its row lock makes the order of commits the order of numbers."""

    __tablename__ = "change_counter"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class RecordingConsent(Numbered, Base):
    """What a respondent said to being recorded on one call; the newest row of a call counts, all of them stay."""

    __tablename__ = "recording_consent"
    __table_args__ = (Index("ix_recording_consent_attempt", "attempt_id", "id"), {"info": APPEND_ONLY})

    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    kind: Mapped[str]
    # The words that were read out; empty where somebody objected unasked.
    lect: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    text_version: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]


class Recording(Numbered, Base):
    """One recording of one call, from the asking for it to its deletion."""

    __tablename__ = "recording"
    __table_args__ = (
        Index("ix_recording_attempt", "attempt_id"),
        Index("ix_recording_campaign", "campaign_id", "id"),
        # What background work still has to do something about.
        Index("ix_recording_next_try_at", "next_try_at", postgresql_where=text("next_try_at IS NOT NULL")),
        Index("ix_recording_stored", "campaign_id", "made_at", postgresql_where=text("state = 'stored'")),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    state: Mapped[str]
    # The provider's own name, known from its answer or from its first report.
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    is_at_provider: Mapped[bool] = mapped_column(server_default=false())
    # The respondent objected: whatever there is of it, here or there, goes.
    is_unwanted: Mapped[bool] = mapped_column(server_default=false())
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    seconds: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    stored_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    # Why the last try failed; an English gettext id.
    problem: Mapped[str | None]


class RecordingPlayback(Numbered, Base):
    """That somebody opened a recording to listen to it."""

    __tablename__ = "recording_playback"
    __table_args__ = (Index("ix_recording_playback_recording", "recording_id", "actor", "at"), {"info": APPEND_ONLY})

    recording_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("recording.id"))
    actor: Mapped[str]
    at: Mapped[datetime]


class ClipPlay(Numbered, Base):
    """That a recorded greeting was played on a call: which version, when, and by whom (empty: by itself)."""

    __tablename__ = "clip_play"
    __table_args__ = (Index("ix_clip_play_attempt", "attempt_id"),)

    attempt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("attempt.id"))
    clip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("greeting_clip.id"))
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    at: Mapped[datetime]
    # Why it was not heard after all; an English gettext id.
    problem: Mapped[str | None]
