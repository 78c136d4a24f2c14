"""What respondents said to a recording, and whether a call may therefore be recorded."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.consent import ConsentWords, consent_texts_of
from app.campaigns.models import Campaign
from app.campaigns.recording_rules import RecordingMode
from app.campaigns.rule_book import rules_of
from app.core.db import append
from app.dialing.models import Attempt
from app.interviewing.models import RecordingConsent


class ConsentKind(StrEnum):
    """What a respondent said."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # objected, asked or not: nothing of the case stays recorded


def mode_of(session: Session, campaign_id: int) -> RecordingMode:
    """Return when calls of a campaign are recorded."""
    return rules_of(session, session.get_one(Campaign, campaign_id)).recording.mode


def may_record(session: Session, attempt: Attempt) -> bool:
    """Tell whether the rules and the respondent allow it."""
    mode, said = mode_of(session, attempt.campaign_id), last_consent(session, attempt.id)
    if has_objected(session, attempt.case_id) or (said is not None and said.kind != ConsentKind.GIVEN):
        return False
    return mode is RecordingMode.ALWAYS or (mode is RecordingMode.CONSENT and said is not None)


def words_for(session: Session, campaign_id: int, lect: str) -> ConsentWords | None:
    """Return the words in a lect, those of another where it has none, None where nobody has written any."""
    texts = consent_texts_of(session, campaign_id)
    return next((words for words in texts if words.lect == lect), next(iter(texts), None))


def note_consent(
    session: Session, attempt: Attempt, kind: ConsentKind, *, words: ConsentWords | None, person_id: int, now: datetime
) -> None:
    """Keep what was said."""
    append(
        session,
        RecordingConsent,
        attempt_id=attempt.id,
        kind=kind.value,
        lect=words.lect if words else None,
        text_version=words.version if words else None,
        person_id=person_id,
        at=now,
    )


def last_consent(session: Session, attempt_id: int) -> RecordingConsent | None:
    """Return what was said last on a call."""
    said = select(RecordingConsent).where(RecordingConsent.attempt_id == attempt_id)
    return session.scalar(said.order_by(RecordingConsent.id.desc()).limit(1))


def has_objected(session: Session, case_id: int) -> bool:
    """Tell whether the last that was said on any call of the case is an objection: it outlasts the call."""
    said = select(RecordingConsent.kind).join(Attempt, Attempt.id == RecordingConsent.attempt_id)
    newest = said.where(Attempt.case_id == case_id).order_by(RecordingConsent.id.desc()).limit(1)
    return session.scalar(newest) == ConsentKind.WITHDRAWN
