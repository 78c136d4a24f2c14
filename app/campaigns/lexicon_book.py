"""The phrases in force in a campaign: what is shipped, until somebody writes down better; every version is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.lexicon import Lexicon, Phrase, read_phrases, shipped_lexicon
from app.campaigns.models import Campaign, LexiconVersion
from app.core.db import append
from app.core.errors import ConflictError
from app.languages.models import Lect

_NEWEST: Final = (
    select(LexiconVersion.version, LexiconVersion.phrases)
    .where(LexiconVersion.campaign_id == bindparam("campaign_id"))
    .order_by(LexiconVersion.version.desc())
    .limit(1)
)


def lexicon_of(session: Session, campaign_id: int) -> Lexicon:
    """Return the phrases in force."""
    found = session.execute(_NEWEST, {"campaign_id": campaign_id}).one_or_none()
    if found is None:
        return shipped_lexicon()
    return Lexicon(found.version, tuple(Phrase(**entry) for entry in found.phrases))


def change_lexicon(
    session: Session, campaign: Campaign, rows: Sequence[Mapping[str, Any]], *, expected_version: int, actor: str,
    now: datetime,
) -> Lexicon:  # fmt: skip
    """Put another list of phrases into force; raises InvalidInputError by row, ConflictError when somebody was first.

    The same list again makes no version.
    """
    phrases = read_phrases(rows, session.scalars(select(Lect.tag)))
    # Two who save at once take turns here, and the second is told.
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
    before = lexicon_of(session, campaign.id)
    if before.version != expected_version:
        raise ConflictError("Somebody else has changed the phrases meanwhile. Look at them again, then save.")
    if phrases == before.phrases:
        return before
    made = Lexicon(before.version + 1, phrases)
    append(
        session,
        LexiconVersion,
        campaign_id=campaign.id,
        version=made.version,
        phrases=made.entries,
        made_by=actor,
        made_at=now,
    )
    audit.record(
        session,
        "lexicon.changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"version": made.version, "phrases": len(phrases)},
        now=now,
    )
    return made
