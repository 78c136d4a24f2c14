"""Recorded greetings: one for each lect of a campaign, checked, every version kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, GreetingClip
from app.campaigns.versioned import in_force, put_in_force
from app.core.errors import Fault, InvalidInputError
from app.languages.service import find_lect
from app.telephony.sounds import NoSoundError, Sound, recognise

MOST_BYTES: Final = 2_000_000
SHORTEST: Final = 1.0  # seconds
LONGEST: Final = 30.0
REFUSED: Final = "This clip cannot be played."


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
    newest = in_force(session, GreetingClip, campaign_id, key=("lect",))
    return [Clip(row.id, row.lect, row.version, row.seconds, row.made_at) for row in newest if row.seconds]


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
    digest = hashlib.sha256(content).hexdigest()
    return put_in_force(
        session,
        campaign,
        GreetingClip,
        key={"lect": lect},
        content={"media_type": sound.media_type, "content": content, "seconds": sound.seconds},
        told={"sha256": digest, "bytes": len(content)},
        act="greeting_clip.changed",
        actor=actor,
        now=now,
    )
