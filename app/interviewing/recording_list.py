"""The recordings of a campaign as a supervisor sees them, and the listening to one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit import service as audit
from app.core.db import append
from app.core.errors import ConflictError, NotFoundError
from app.core.sealed import DamagedFileError, SealedFile
from app.dialing.models import Attempt
from app.interviewing.models import Recording, RecordingConsent, RecordingPlayback
from app.interviewing.recordings import RecordingState
from app.interviewing.shelf import Shelf

# A player asks for one file in many parts; all that it asks for in this time is one listening.
ONE_LISTENING: Final = timedelta(hours=1)


@dataclass(frozen=True)
class ListedRecording:
    """One recording; `consent` is what was said last on its call, None where nobody was asked."""

    id: int
    case_id: int
    attempt_id: int
    interviewer: str
    state: str
    is_at_provider: bool
    is_unwanted: bool
    asked_at: datetime
    seconds: int | None
    problem: str | None
    consent: str | None
    consent_lect: str | None
    consent_version: int | None

    @property
    def length(self) -> timedelta | None:
        """How long it lasts."""
        return None if self.seconds is None else timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class RecordingPage:
    """Some recordings, the newest first."""

    rows: tuple[ListedRecording, ...]
    has_more: bool


def list_recordings(
    session: Session, campaign_id: int, *, before: int = 0, limit: int, case_id: int | None = None
) -> RecordingPage:
    """Return those with an id below `before` (0 for the newest), at most so many; of one case where it is named."""
    said = (
        select(RecordingConsent.id)
        .where(RecordingConsent.attempt_id == Recording.attempt_id)
        .order_by(RecordingConsent.id.desc())
        .limit(1)
        .correlate(Recording)
        .scalar_subquery()
    )
    wanted = (
        select(Recording, Attempt.case_id, Person.display_name, RecordingConsent)
        .join(Attempt, Attempt.id == Recording.attempt_id)
        .join(Person, Person.id == Attempt.interviewer_id)
        .outerjoin(RecordingConsent, RecordingConsent.id == said)
        .where(Recording.campaign_id == campaign_id)
        .order_by(Recording.id.desc())
        .limit(limit + 1)
    )
    if case_id is not None:
        wanted = wanted.where(Attempt.case_id == case_id)
    found = session.execute(wanted.where(Recording.id < before) if before else wanted).all()
    rows = tuple(
        _listed(recording, said, case_id=case_id, interviewer=name) for recording, case_id, name, said in found[:limit]
    )
    return RecordingPage(rows, has_more=len(found) > limit)


def _listed(recording: Recording, said: RecordingConsent | None, *, case_id: int, interviewer: str) -> ListedRecording:
    return ListedRecording(
        id=recording.id,
        case_id=case_id,
        attempt_id=recording.attempt_id,
        interviewer=interviewer,
        state=recording.state,
        is_at_provider=recording.is_at_provider,
        is_unwanted=recording.is_unwanted,
        asked_at=recording.asked_at,
        seconds=recording.seconds,
        problem=recording.problem,
        consent=said.kind if said else None,
        consent_lect=said.lect if said else None,
        consent_version=said.text_version if said else None,
    )


def open_to_listen(
    session: Session, shelf: Shelf, recording_id: int, *, campaign_id: int, actor: str, now: datetime
) -> SealedFile:
    """Open a recording of a campaign for somebody who may listen, and put that on the record, once a listening.

    Raises NotFoundError, and ConflictError where there is nothing to hear.
    """
    recording = session.get(Recording, recording_id)
    if recording is None or recording.campaign_id != campaign_id:
        raise NotFoundError
    if recording.state != RecordingState.STORED or recording.is_unwanted:
        raise ConflictError("There is nothing to listen to: it is not here yet, or not any more.")
    try:
        sealed = shelf.open(recording)
    except (FileNotFoundError, DamagedFileError) as error:
        raise ConflictError("The file is missing or damaged. Look for the folder of recordings.") from error
    _note_playback(session, recording, actor=actor, now=now)
    return sealed


def _note_playback(session: Session, recording: Recording, *, actor: str, now: datetime) -> None:
    lately = select(RecordingPlayback.id).where(
        RecordingPlayback.recording_id == recording.id,
        RecordingPlayback.actor == actor,
        RecordingPlayback.at > now - ONE_LISTENING,
    )
    if session.scalar(lately.limit(1)) is not None:
        return
    append(session, RecordingPlayback, recording_id=recording.id, actor=actor, at=now)
    audit.record(
        session,
        "recording.listened",
        actor=actor,
        subject=f"recording:{recording.id}",
        campaign_id=recording.campaign_id,
        details={"attempt_id": recording.attempt_id},
        now=now,
    )
