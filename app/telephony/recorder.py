"""What every way of recording calls offers: begin, pause, stop, fetch what was recorded, and delete it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.core.errors import ConflictError


class RecordingAct(StrEnum):
    """What can be done to a recording under way."""

    PAUSE = "pause"  # what is said meanwhile is left out
    RESUME = "resume"
    STOP = "stop"


class RecordingNews(StrEnum):
    """What a provider can tell about a recording."""

    RUNNING = "running"  # it has begun
    PAUSED = "paused"
    PREPARING = "preparing"  # it is over, and its file is not ready yet
    MADE = "made"  # its file can be fetched
    NOTHING = "nothing"  # there was nothing to record, or it failed


@dataclass(frozen=True)
class FoundRecording:
    """A recording as a provider tells it when asked; `name` is its own name of it."""

    name: str
    news: RecordingNews
    seconds: int | None = None


@dataclass(frozen=True)
class RecordingReported:
    """One report about a recording; `token` names the delivery, and is the same when it comes again."""

    token: str
    recording_id: int
    name: str
    status: str  # the provider's own word
    news: RecordingNews
    fields: Mapping[str, str]
    seconds: int | None = None


class Sink(Protocol):
    """Takes what is fetched, part by part."""

    def write(self, content: bytes) -> object:
        """Take the next part."""


class Recorder(Protocol):
    """Records calls under way; call it outside of any transaction.

    A recording belongs to the respondent's call: it goes along to another room, and ends with the call.
    """

    def start_recording(self, *, attempt_id: int, recording_id: int) -> str:
        """Begin, and return the provider's name of the recording; its reports carry our id.

        Raises ConflictError when nobody is on the line, GatewayError otherwise, which may be uncertain.
        """

    def steer_recording(self, *, attempt_id: int, name: str, act: RecordingAct) -> None:
        """Pause, resume or stop; raises ConflictError when it is over, GatewayError otherwise."""

    def find_recordings(self, *, attempt_id: int) -> list[FoundRecording]:
        """Return what the provider has of a call, the newest first; raises GatewayError."""

    def fetch_recording(self, *, name: str, into: Sink) -> int | None:
        """Fetch a WAV file and return the size in bytes that was announced, if one was; raises GatewayError."""

    def delete_recording(self, *, name: str) -> None:
        """Delete it at the provider; one that is gone already is fine. Raises GatewayError."""


class NoRecorder:
    """Records nothing, where there are no calls."""

    def start_recording(self, *, attempt_id: int, recording_id: int) -> str:  # noqa: ARG002  the protocol's names
        """Raise ConflictError."""
        raise ConflictError("Nobody is on the line.")

    def steer_recording(self, *, attempt_id: int, name: str, act: RecordingAct) -> None:  # noqa: ARG002  the protocol's names
        """Raise ConflictError."""
        raise ConflictError("Nobody is on the line.")

    def find_recordings(self, *, attempt_id: int) -> list[FoundRecording]:  # noqa: ARG002  the protocol's names
        """Return nothing."""
        return []

    def fetch_recording(self, *, name: str, into: Sink) -> int | None:  # noqa: ARG002  the protocol's names
        """Raise ConflictError."""
        raise ConflictError("There is no such recording.")

    def delete_recording(self, *, name: str) -> None:
        """Do nothing: there is none."""
