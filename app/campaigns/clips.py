"""Recorded greetings: one for each lect of a campaign, checked, every version kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import Campaign, GreetingClip
from app.core.db import append
from app.core.errors import Fault, InvalidInputError
from app.languages.service import find_lect
from app.telephony.sounds import NoSoundError, Sound, recognise

MOST_BYTES: Final = 2_000_000
SHORTEST: Final = 1.0  # seconds
LONGEST: Final = 30.0
REFUSED: Final = "This clip cannot be played."
_COLUMNS: Final = (GreetingClip.id, GreetingClip.lect, GreetingClip.version, GreetingClip.seconds, GreetingClip.made_at)
_NEWEST: Final = (
    select(*_COLUMNS)
    .where(GreetingClip.campaign_id == bindparam("campaign_id"))
    .ext(distinct_on(GreetingClip.lect))
    .order_by(GreetingClip.lect, GreetingClip.version.desc())
)


@dataclass(frozen=True)
class Clip:
    """A clip in force; its sound stays in the database until somebody hears it."""

    id: int
    lect: str
    version: int
    seconds: float
    made_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return timedelta(seconds=self.seconds)


def add_clip(session: Session, campaign: Campaign, lect: str, *, content: bytes, actor: str, now: datetime) -> int:
    """Put a new version into force and return it; raises InvalidInputError that says what is wrong with the file."""
    tag, sound = find_lect(session, lect).tag, _checked(content)
    return _keep(session, campaign, tag, content=content, sound=sound, actor=actor, now=now)


def end_clip(session: Session, campaign: Campaign, lect: str, *, actor: str, now: datetime) -> int:
    """Play none in this lect any more; what was played stays on record with its version."""
    tag = find_lect(session, lect).tag
    return _keep(session, campaign, tag, content=b"", sound=Sound("", 0.0), actor=actor, now=now)


def clips_of(session: Session, campaign_id: int) -> list[Clip]:
    """Return the clips in force, by lect."""
    return [Clip(*row) for row in session.execute(_NEWEST, {"campaign_id": campaign_id}) if row.seconds]


def _checked(content: bytes) -> Sound:
    if len(content) > MOST_BYTES:
        raise _refusal("It is larger than 2 MB. Shorten it, or save it as MP3.")
    try:
        sound = recognise(content)
    except NoSoundError as error:
        raise _refusal(str(error)) from error
    if not SHORTEST <= sound.seconds <= LONGEST:
        raise _refusal("It lasts %(seconds)s s. A greeting lasts from 1 to 30 s.", seconds=f"{sound.seconds:.1f}")
    return sound


def _refusal(message: str, **values: str) -> InvalidInputError:
    return InvalidInputError(REFUSED, (Fault("clip", message, tuple(values.items())),))


def _keep(
    session: Session, campaign: Campaign, lect: str, *, content: bytes, sound: Sound, actor: str, now: datetime
) -> int:
    of_lect = (GreetingClip.campaign_id == campaign.id, GreetingClip.lect == lect)
    version = 1 + (session.scalar(select(func.max(GreetingClip.version)).where(*of_lect)) or 0)
    digest = hashlib.sha256(content).hexdigest()
    append(
        session,
        GreetingClip,
        campaign_id=campaign.id,
        lect=lect,
        version=version,
        media_type=sound.media_type,
        content=content,
        seconds=sound.seconds,
        made_by=actor,
        made_at=now,
    )
    audit.record(
        session,
        "greeting_clip.changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"lect": lect, "version": version, "sha256": digest, "bytes": len(content)},
        now=now,
    )
    return version
