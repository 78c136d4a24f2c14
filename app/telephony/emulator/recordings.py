"""Recordings on the emulated network: begun, paused and ended with their calls, reported, fetched at their size."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from math import pi, sin
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.telephony.domain import CallState, state_after
from app.telephony.emulator.courses import past_of
from app.telephony.models import EmulatedCall, EmulatedRecording
from app.telephony.sounds import wave_head

RATE: Final = 8_000
CHANNELS: Final = 2
FRAME_BYTES: Final = 2 * CHANNELS
AT_ONCE: Final = 100
# Words have no sound here: turn and turn about, each side hums on a channel of its own.
TURN_SECONDS: Final = 2
HUM_HERTZ: Final = (180, 320)
LOUDNESS: Final = 1_500
RUNNING: Final = "in-progress"
PAUSED: Final = "paused"
STOPPED: Final = "stopped"
COMPLETED: Final = "completed"
ABSENT: Final = "absent"
_LIVE: Final = (RUNNING, PAUSED)


@dataclass(frozen=True)
class RecordingSignal:
    """Something to report about a recording."""

    sid: str
    call_id: str
    callback_url: str
    status: str
    seconds: int
    started_at: datetime


class EmulatedRecordings:
    """Keeps recordings in a table of its own, as a provider keeps them for itself."""

    def __init__(self, make_session: SessionFactory) -> None:
        self._make_session = make_session

    def start(self, call_id: str, callback_url: str, *, now: datetime) -> str | None:
        """Begin, and return the recording's name; None unless somebody is on the line and it is not recorded yet."""
        with self._make_session() as session, session.begin():
            call = session.get(EmulatedCall, call_id, with_for_update=True)
            if call is None or state_after(past_of(call, now=now)) is not CallState.TALKING:
                return None
            if any(one.state in _LIVE for one in _of_call(session, call_id)):
                return None
            sid = f"RE{uuid4().hex}"
            session.add(
                EmulatedRecording(
                    sid=sid, call_id=call_id, callback_url=callback_url, state=RUNNING, started_at=now,
                    running_since=now, seconds=0.0,
                )
            )  # fmt: skip
        return sid

    def steer(self, sid: str, status: str, *, now: datetime) -> bool:
        """Pause, resume or stop; False for one that is over or unknown."""
        with self._make_session() as session, session.begin():
            recording = session.get(EmulatedRecording, sid, with_for_update=True)
            if recording is None:
                return False
            _end_with_call(session, recording, now=now)
            if recording.state not in _LIVE:
                return False
            _turn(recording, status, at=now)
        return True

    def of_call(self, call_id: str, *, now: datetime) -> list[dict[str, Any]]:
        """Return the recordings of a call as the interface tells them, the newest first."""
        with self._make_session() as session, session.begin():
            found = _of_call(session, call_id)
            for recording in found:
                _end_with_call(session, recording, now=now)
            return [_told(recording, now=now) for recording in found]

    def delete(self, sid: str) -> bool:
        """Delete one that is over; False for any other."""
        gone = delete(EmulatedRecording).where(EmulatedRecording.sid == sid, EmulatedRecording.state.not_in(_LIVE))
        with self._make_session() as session, session.begin():
            return session.execute(gone.returning(EmulatedRecording.sid)).scalar() is not None

    def sound(self, sid: str) -> Iterator[bytes] | None:
        """Give the file of one that is over, part by part; None for any other."""
        with self._make_session() as session:
            recording = session.get(EmulatedRecording, sid)
            if recording is None or recording.state in _LIVE:
                return None
            return humming(recording.seconds)

    def signals_due(self, *, now: datetime) -> list[RecordingSignal]:
        """Return what has happened and was not told yet."""
        untold = (
            select(EmulatedRecording)
            .where(or_(EmulatedRecording.told.is_(None), EmulatedRecording.told == RUNNING))
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._make_session() as session, session.begin():
            found = session.scalars(untold).all()
            for recording in found:
                _end_with_call(session, recording, now=now)
            return [signal for signal in map(_signal, found) if signal is not None]

    def note_told(self, signal: RecordingSignal) -> None:
        """Note that it was told, or given up."""
        with self._make_session() as session, session.begin():
            recording = session.get(EmulatedRecording, signal.sid, with_for_update=True)
            if recording is not None:
                recording.told = signal.status


def humming(seconds: float) -> Iterator[bytes]:
    """Give a WAV file of that length, both sides on channels of their own."""
    frames = round(seconds * RATE)
    yield wave_head(channels=CHANNELS, rate=RATE, samples_bytes=frames * FRAME_BYTES)
    block = b"".join(_turn_of(side) for side in range(CHANNELS))
    left = frames * FRAME_BYTES
    while left > 0:
        yield block[:left]
        left -= len(block)


def _turn_of(side: int) -> bytes:
    samples = array("h", bytes(TURN_SECONDS * RATE * FRAME_BYTES))
    for place in range(TURN_SECONDS * RATE):
        samples[place * CHANNELS + side] = round(LOUDNESS * sin(2 * pi * HUM_HERTZ[side] * place / RATE))
    return samples.tobytes()


def report_of(signal: RecordingSignal) -> dict[str, str]:
    """Return the form in which a signal is reported."""
    return {
        "CallSid": signal.call_id,
        "RecordingSid": signal.sid,
        "RecordingStatus": signal.status,
        "RecordingDuration": str(signal.seconds),
        "RecordingChannels": str(CHANNELS),
        "RecordingSource": "StartCallRecordingAPI",
        "RecordingTrack": "both",
        "RecordingStartTime": format_datetime(signal.started_at.astimezone(UTC)),
    }


def _of_call(session: Session, call_id: str) -> list[EmulatedRecording]:
    of_call = select(EmulatedRecording).where(EmulatedRecording.call_id == call_id).with_for_update()
    return list(session.scalars(of_call.order_by(EmulatedRecording.started_at.desc())))


def _end_with_call(session: Session, recording: EmulatedRecording, *, now: datetime) -> None:
    """End a recording whose call is over, at the moment when it was over."""
    call = session.get(EmulatedCall, recording.call_id) if recording.state in _LIVE else None
    past = past_of(call, now=now) if call is not None else []
    if past and state_after(past) is CallState.ENDED:
        _turn(recording, STOPPED, at=past[-1].at)


def _turn(recording: EmulatedRecording, status: str, *, at: datetime) -> None:
    if recording.running_since is not None:
        recording.seconds += max((at - recording.running_since).total_seconds(), 0.0)
    recording.running_since = at if status == RUNNING else None
    recording.state = status


def _signal(recording: EmulatedRecording) -> RecordingSignal | None:
    over = COMPLETED if recording.seconds >= 1 else ABSENT
    status = RUNNING if recording.state in _LIVE else over
    if recording.told == status:
        return None
    seconds = round(recording.seconds)
    return RecordingSignal(
        recording.sid, recording.call_id, recording.callback_url, status, seconds, recording.started_at
    )


def _told(recording: EmulatedRecording, *, now: datetime) -> dict[str, Any]:
    over = COMPLETED if recording.seconds >= 1 else ABSENT
    running = (now - recording.running_since).total_seconds() if recording.running_since else 0.0
    return {
        "sid": recording.sid,
        "call_sid": recording.call_id,
        "status": recording.state if recording.state in _LIVE else over,
        "duration": str(round(recording.seconds + running)),
        "channels": CHANNELS,
        "source": "StartCallRecordingAPI",
        "track": "both",
        "date_created": format_datetime(recording.started_at.astimezone(UTC)),
    }
