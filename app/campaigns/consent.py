"""The words by which a respondent is asked whether the call may be recorded: one text a lect, every version kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import Campaign, ConsentText
from app.core.db import append
from app.core.errors import Fault, InvalidInputError
from app.languages.service import find_lect

MOST_CHARACTERS: Final = 600


_NEWEST: Final = (
    select(ConsentText)
    .where(ConsentText.campaign_id == bindparam("campaign_id"))
    .ext(distinct_on(ConsentText.lect))
    .order_by(ConsentText.lect, ConsentText.version.desc())
)


@dataclass(frozen=True)
class ConsentWords:
    """The words in force in one lect."""

    lect: str
    version: int
    text: str


def set_consent_text(
    session: Session, campaign: Campaign, lect: str, *, text: str, actor: str, now: datetime
) -> ConsentWords:
    """Put a new version of the question into force, an empty one to ask no more in this lect."""
    tag, words = find_lect(session, lect).tag, text.strip()
    if len(words) > MOST_CHARACTERS:
        fault = Fault("text", "Write at most %(max_length)s characters.", (("max_length", str(MOST_CHARACTERS)),))
        raise InvalidInputError("This text cannot be read out.", (fault,))
    of_lect = (ConsentText.campaign_id == campaign.id, ConsentText.lect == tag)
    version = 1 + (session.scalar(select(func.max(ConsentText.version)).where(*of_lect)) or 0)
    key = {"campaign_id": campaign.id, "lect": tag, "version": version}
    append(session, ConsentText, **key, text=words, made_by=actor, made_at=now)
    audit.record(
        session,
        "consent_text.changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={**key, "text": words},
        now=now,
    )
    return ConsentWords(tag, version, words)


def consent_texts_of(session: Session, campaign_id: int) -> list[ConsentWords]:
    """Return the words in force, by lect."""
    newest = session.scalars(_NEWEST, {"campaign_id": campaign_id})
    return [ConsentWords(row.lect, row.version, row.text) for row in newest if row.text]
