"""Recordings of questions, read by native speakers, that come beside the workbook in the same .zip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import QuestionKind

AUDIO: Final = "media::audio"
_MPEG_FRAME: Final = 0xE0


@dataclass(frozen=True)
class Recording:
    """One recording as it is stored and played."""

    name: str
    media_type: str
    content: bytes


def _is_mpeg(start: bytes) -> bool:
    return start[:3] == b"ID3" or (start[:1] == b"\xff" and len(start) > 1 and start[1] & _MPEG_FRAME == _MPEG_FRAME)


# What browsers play, by the ending of the file, and how such a file begins.
KINDS: Final[Mapping[str, tuple[str, Callable[[bytes], bool]]]] = {
    ".mp3": ("audio/mpeg", _is_mpeg),
    ".wav": ("audio/wav", lambda start: start[:4] == b"RIFF" and start[8:12] == b"WAVE"),
    ".ogg": ("audio/ogg", lambda start: start[:4] == b"OggS"),
    ".opus": ("audio/ogg", lambda start: start[:4] == b"OggS"),
    ".m4a": ("audio/mp4", lambda start: start[4:8] == b"ftyp"),
}


def ending_of(name: str) -> str:
    """Return the ending of a file's name in lower case, with its point."""
    return name[name.rfind(".") :].lower() if "." in name else ""


def check_recordings(draft: Draft) -> None:
    """Add a fault for every recording that is named and not there, is there and not named, or cannot be played."""
    named = _check_cells(draft)
    for name, content in draft.recordings.items():
        if name not in named:
            draft.fault(name, "No row of the survey names this recording. Name it in media::audio, or leave it out.")
        kind = KINDS.get(ending_of(name))
        if kind is None or not kind[1](content):
            draft.fault(name, "This is no sound file of its kind. Save it as .mp3, .wav, .ogg, .opus or .m4a.")


def _check_cells(draft: Draft) -> set[str]:
    named: set[str] = set()
    for row in draft.survey.rows:
        for column, file in ((column, text) for column, text in row.cells.items() if column.name == AUDIO):
            named.add(file)
            if draft.kind(row.text("name")) in (None, QuestionKind.CALCULATE, QuestionKind.REPEAT):
                draft.fault(row.where(column), "Only what is read aloud has a recording. Empty the cell.")
            elif file not in draft.recordings:
                message = "The recording %(file)s is not in the .zip. Put it beside the workbook."
                draft.fault(row.where(column), message, file=file)
    return named


def recordings_of(draft: Draft) -> tuple[Recording, ...]:
    """Return the recordings of a draft without faults, as they are stored."""
    return tuple(Recording(name, KINDS[ending_of(name)][0], content) for name, content in draft.recordings.items())
