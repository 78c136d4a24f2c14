"""Tables of the campaigns package."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class Campaign(Numbered, Base):
    """One wave of one survey."""

    __tablename__ = "campaign"

    name: Mapped[str] = mapped_column(unique=True)
    organisation_zh: Mapped[str]
    organisation_en: Mapped[str]
    questionnaire_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questionnaire_version.id"))
    state: Mapped[str]
    time_zone: Mapped[str]
    # The number it was set up with; those it may call from stand in `campaign_number`.
    caller_number: Mapped[str]
    ring_seconds: Mapped[int]
    # The version of the rules in force, and the hash of its content under which every process remembers it read.
    rules_version: Mapped[int]
    rules_hash: Mapped[str]
    # Grows with every change of the quotas: an editor is asked which one it has seen, and an interview that took its
    # seats under an older one looks again.
    quota_revision: Mapped[int] = mapped_column(server_default="0")
    # Ids of cases that still lie in the pool of a quota cell of before, because somebody was at work on them.
    cases_to_move: Mapped[list[Any]] = mapped_column(server_default="[]")
    completes_wanted: Mapped[int | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # When, after the close, the last of its cases got its final outcome.
    settled_at: Mapped[datetime | None]


class PublicIdentity(Base):
    """What the public may read about a campaign when somebody asks whether a call is genuine."""

    __tablename__ = "public_identity"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    survey_zh: Mapped[str]
    survey_en: Mapped[str]
    approval_number: Mapped[str]
    approved_until: Mapped[date | None]
    contact_zh: Mapped[str]
    contact_en: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    changed_at: Mapped[datetime]


class CallerNumber(Numbered, Base):
    """A telephone number that the organisation holds and respondents see; a network judges it, whatever it is for."""

    __tablename__ = "caller_number"

    number: Mapped[str] = mapped_column(unique=True)
    registered_at: Mapped[datetime]


class CampaignNumber(Base):
    """A number that a campaign may call from; one that is retired stays on record."""

    __tablename__ = "campaign_number"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    caller_number_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("caller_number.id"), primary_key=True)
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    retired_at: Mapped[datetime | None]


class NoticeText(Base):
    """The words of the message before the call in one lect and script; a change is a new version."""

    __tablename__ = "notice_text"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    # ISO 15924, such as Hans or Latn.
    script: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    # Empty where no message is sent in it any more.
    text: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class ConsentText(Base):
    """The words that ask for a recording in one lect; a change is a new version."""

    __tablename__ = "consent_text"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    # Empty where it is not asked in this lect any more.
    text: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class GreetingClip(Numbered, Base):
    """A recorded greeting in one lect; a change is a new version."""

    __tablename__ = "greeting_clip"
    __table_args__ = (UniqueConstraint("campaign_id", "lect", "version"), {"info": APPEND_ONLY})

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"))
    version: Mapped[int]
    media_type: Mapped[str]
    # Empty, and of no length, where none is played in this lect any more.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    seconds: Mapped[float]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class LineText(Base):
    """One phrase that callers hear on the call-back line, in one lect; a change is a new version."""

    __tablename__ = "line_text"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    phrase: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    # Empty where the shipped words are said again.
    text: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class RuleVersion(Base):
    """The rules of a campaign as they were at one time; a change is a new row."""

    __tablename__ = "rule_version"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    made_at: Mapped[datetime]


class LexiconVersion(Base):
    """The stock phrases of a campaign as they stood from one moment on."""

    __tablename__ = "lexicon_version"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    phrases: Mapped[list[Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class CampaignLect(Base):
    """A lect that this campaign can be held in, with the words an interviewer opens with."""

    __tablename__ = "campaign_lect"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    position: Mapped[int]
    greeting: Mapped[str]


class Outcome(Numbered, Base):
    """What an attempt or a case came to; what that does next stands in the campaign's rules."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    code: Mapped[str]
    label_zh: Mapped[str]
    label_en: Mapped[str]
    group: Mapped[str]
    aapor: Mapped[str]
    misread: Mapped[bool]
    needs_lect: Mapped[bool]
    line_ending: Mapped[str | None]
    key: Mapped[str]
    position: Mapped[int]
