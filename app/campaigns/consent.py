"""The words by which a respondent is asked whether the call may be recorded: one text a lect, every version kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, ConsentText
from app.campaigns.slots import faults_of
from app.campaigns.versioned import in_force, put_in_force
from app.core.errors import InvalidInputError
from app.languages.service import find_lect


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
    faults = faults_of(words, ())
    if faults:
        raise InvalidInputError("This text cannot be read out.", tuple(faults))
    version = put_in_force(
        session,
        campaign,
        ConsentText,
        key={"lect": tag},
        content={"text": words},
        told={"text": words},
        act="consent_text.changed",
        actor=actor,
        now=now,
    )
    return ConsentWords(tag, version, words)


def consent_texts_of(session: Session, campaign_id: int) -> list[ConsentWords]:
    """Return the words in force, by lect."""
    newest = in_force(session, ConsentText, campaign_id, key=("lect",))
    return [ConsentWords(row.lect, row.version, row.text) for row in newest if row.text]
