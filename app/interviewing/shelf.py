"""Bring recordings home: fetch what the provider has made, check it, lock it away, and delete it there.

Every step can be done again: a process that dies in the middle leaves a recording where the next one takes it up.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.core.db import SessionFactory
from app.core.errors import ConflictError, XiangyinError
from app.core.privacy import Vault
from app.core.sealed import SealedFile, SealedWriter
from app.dialing.models import Attempt
from app.interviewing.models import Recording
from app.interviewing.recordings import BEFORE_MADE, DOUBT, SILENCE, RecordingState, fail, locked, note_name, note_news
from app.telephony.domain import CallState
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.recorder import FoundRecording, RecordingAct, RecordingNews
from app.telephony.sounds import NoSoundError, Wave, read_wave

AT_ONCE: Final = 10
DELETED_AT_ONCE: Final = 100  # in one transaction, which holds up the campaign's audit record
# Whoever takes one up has so long before somebody else may; a file of an hour comes in seconds.
LEASE: Final = timedelta(minutes=5)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
HEAD_BYTES: Final = 4_096
# The provider rounds to whole seconds and may cut silence at the edges.
TOLERANCE_SECONDS: Final = 2.5


class WrongFileError(XiangyinError):
    """The file is not what the provider announced."""


@dataclass(frozen=True)
class Shelf:
    """Where recordings lie, and the key to them; all processes of an installation share the folder."""

    folder: Path
    vault: Vault

    def place(self, recording: Recording) -> Path:
        """Return where a recording lies, or would."""
        return self.folder / str(recording.campaign_id) / f"{recording.id}.sealed"

    def open(self, recording: Recording) -> SealedFile:
        """Open one; raises FileNotFoundError and DamagedFileError."""
        return SealedFile.open(self.place(recording), self.vault)

    def remove(self, recording: Recording) -> None:
        """Delete one; without a file nothing happens."""
        self.place(recording).unlink(missing_ok=True)


class _Arrival:
    """Takes a file as it comes: locks it away, keeps its head, and counts."""

    def __init__(self, writer: SealedWriter) -> None:
        self.writer = writer
        self.head = b""

    def write(self, content: bytes) -> None:
        if len(self.head) < HEAD_BYTES:
            self.head += content[: HEAD_BYTES - len(self.head)]
        self.writer.write(content)


def work_on_recordings(make_session: SessionFactory, gateway: Gateway, shelf: Shelf, *, now: datetime) -> int:
    """Take every recording that is due one step further; returns how many were due."""
    done: set[int] = set()
    while len(done) < AT_ONCE:
        with make_session() as session, session.begin():
            recording = _claim(session, but=done, now=now)
        if recording is None:
            break
        done.add(recording.id)
        try:
            _work_on(make_session, gateway, shelf, recording=recording, now=now)
        except (ConflictError, GatewayError, WrongFileError, OSError) as error:
            words = error.words() if isinstance(error, XiangyinError) else "The file cannot be written to the folder."
            _put_off(make_session, recording, words, now=now)
    return len(done)


def _claim(session: Session, *, but: Collection[int], now: datetime) -> Recording | None:
    """Take up the one that is due the longest: one at a time, so that its lease is for its own work alone."""
    is_due = (Recording.next_try_at <= now, Recording.id.not_in(but))
    due = select(Recording.id).where(*is_due).order_by(Recording.next_try_at).limit(1)
    claimed = (
        update(Recording)
        .where(Recording.id.in_(due.with_for_update(skip_locked=True).scalar_subquery()))
        .values(next_try_at=now + LEASE, tries=Recording.tries + 1)
        .returning(Recording)
    )
    return session.scalar(claimed)


def _work_on(
    make_session: SessionFactory, gateway: Gateway, shelf: Shelf, *, recording: Recording, now: datetime
) -> None:
    if recording.state in BEFORE_MADE:
        _ask_about(make_session, gateway, recording, now=now)
    elif recording.state == RecordingState.MADE and not recording.is_unwanted:
        _fetch(make_session, gateway, shelf, recording=recording, now=now)
    else:
        _clear(make_session, gateway, shelf, recording=recording, now=now)


def _ask_about(make_session: SessionFactory, gateway: Gateway, recording: Recording, *, now: datetime) -> None:
    """Find out how a recording stands of which no end was reported; one that nobody wants is stopped."""
    found = _of_this(make_session, recording, gateway.find_recordings(attempt_id=recording.attempt_id))
    if found is not None and recording.is_unwanted and found.news in {RecordingNews.RUNNING, RecordingNews.PAUSED}:
        gateway.steer_recording(attempt_id=recording.attempt_id, name=found.name, act=RecordingAct.STOP)
    with make_session() as session, session.begin():
        kept = locked(session, recording.id)
        attempt = session.get_one(Attempt, recording.attempt_id)
        kept.next_try_at = now + (FIRST_WAIT if recording.is_unwanted else SILENCE)
        if found is not None:
            note_name(kept, found.name, now=now)
            kept.tries = 0  # the provider answers: only its silence makes us wait longer
            note_news(kept, found.news, seconds=found.seconds, now=now)
        elif now - kept.asked_at > DOUBT and (attempt.state == CallState.ENDED or kept.is_unwanted):
            fail(kept, "The provider knows of no such recording.")


def _of_this(
    make_session: SessionFactory, recording: Recording, found: list[FoundRecording]
) -> FoundRecording | None:  # fmt: skip
    """Pick it among those of its call; one whose name never reached us is the newest that is no other's."""
    if recording.provider_id is not None:
        return next((one for one in found if one.name == recording.provider_id), None)
    of_call = select(Recording.provider_id).where(Recording.attempt_id == recording.attempt_id)
    with make_session() as session:
        known = set(session.scalars(of_call))
    return next((one for one in found if one.name not in known), None)


def _fetch(
    make_session: SessionFactory, gateway: Gateway, shelf: Shelf, *, recording: Recording, now: datetime
) -> None:
    place = shelf.place(recording)
    place.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: whoever takes it up after the lease must not write into the same file.
    arriving = place.with_suffix(f".{uuid4().hex}.part")
    try:
        size = _receive(gateway, shelf, recording, arriving=arriving)
        arriving.replace(place)
    finally:
        arriving.unlink(missing_ok=True)
    with make_session() as session, session.begin():
        kept = locked(session, recording.id)
        if kept.state != RecordingState.MADE:  # its time ran out meanwhile, and what has just come goes too
            shelf.remove(kept)
            return
        kept.state, kept.stored_at, kept.size_bytes, kept.problem = RecordingState.STORED, now, size, None
        kept.next_try_at, kept.tries = now, 0
    _clear(make_session, gateway, shelf, recording=kept, now=now)


def _receive(gateway: Gateway, shelf: Shelf, recording: Recording, *, arriving: Path) -> int:
    with arriving.open("wb") as target:
        arrival = _Arrival(SealedWriter(target, shelf.vault))
        announced = gateway.fetch_recording(name=recording.provider_id or "", into=arrival)
        arrival.writer.close()
        target.flush()
        os.fsync(target.fileno())
    _check(arrival.head, arrival.writer.size, announced=announced, seconds=recording.seconds)
    return arrival.writer.size


def _check(head: bytes, size: int, *, announced: int | None, seconds: int | None) -> None:
    """Refuse a file that was cut short, or is no sound, or lasts another time than was reported."""
    if announced is not None and announced != size:
        raise WrongFileError("The file came with another size than was announced.")
    try:
        wave: Wave = read_wave(head)
    except NoSoundError as error:
        raise WrongFileError("The file is no WAV file.") from error
    if wave.whole_bytes > size:
        raise WrongFileError("The file was cut short.")
    if seconds is not None and abs(wave.seconds - seconds) > TOLERANCE_SECONDS:
        raise WrongFileError("The file lasts another time than was reported.")


def _clear(
    make_session: SessionFactory, gateway: Gateway, shelf: Shelf, *, recording: Recording, now: datetime
) -> None:
    """Delete at the provider what we have, and everywhere what nobody may have."""
    if recording.is_unwanted:
        shelf.remove(recording)
    if recording.is_at_provider and recording.provider_id is not None:
        gateway.delete_recording(name=recording.provider_id)
    with make_session() as session, session.begin():
        kept = locked(session, recording.id)
        kept.is_at_provider, kept.problem, kept.next_try_at, kept.tries = False, None, None, 0
        if recording.is_unwanted:
            _note_deleted(session, kept, "objection", now=now)
        elif kept.is_unwanted:  # the objection came meanwhile
            kept.next_try_at = now


def _put_off(make_session: SessionFactory, recording: Recording, problem: str, *, now: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(recording.tries - 1, 20), LONGEST_WAIT)
    with make_session() as session, session.begin():
        kept = locked(session, recording.id)
        kept.problem, kept.next_try_at = problem, now + wait


def _note_deleted(session: Session, recording: Recording, cause: str, *, now: datetime) -> None:
    recording.state, recording.deleted_at = RecordingState.DELETED, now
    audit.record(
        session,
        "recording.deleted",
        actor="system",
        subject=f"recording:{recording.id}",
        campaign_id=recording.campaign_id,
        details={"attempt_id": recording.attempt_id, "cause": cause},
        now=now,
    )


def delete_at_age(session: Session, shelf: Shelf, *, campaign_id: int, keep_days: int, now: datetime) -> int:
    """Delete some of what a campaign has kept for long enough; returns how many, 0 when none is left.

    What a provider still has is deleted there by background work.
    """
    old = (
        select(Recording)
        .where(
            Recording.campaign_id == campaign_id,
            Recording.state.in_((RecordingState.STORED, RecordingState.MADE)),
            Recording.is_unwanted.is_(False),
            Recording.made_at <= now - timedelta(days=keep_days),
        )
        .limit(DELETED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    expired = list(session.scalars(old))
    for recording in expired:
        shelf.remove(recording)
        if recording.is_at_provider:
            recording.next_try_at, recording.tries = now, 0
        _note_deleted(session, recording, "age", now=now)
    return len(expired)
