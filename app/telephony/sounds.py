"""Tell from its bytes what a sound file is, and how long it lasts."""

from dataclasses import dataclass
from typing import Final

RIFF: Final = b"RIFF"
WAVE: Final = b"WAVE"
HEAD_BYTES: Final = 12  # before the first chunk
CHUNK_HEAD: Final = 8
FORMAT_BYTES: Final = 16


class NoSoundError(ValueError):
    """These bytes are no sound that can be played; the words say what is wrong with them."""


@dataclass(frozen=True)
class Wave:
    """What the head of a WAV file says; the samples are `samples_bytes` from `samples_at` on."""

    format: int  # 1 is PCM, 7 is mu-law, 6 is A-law
    channels: int
    bytes_per_second: int
    samples_at: int
    samples_bytes: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.samples_bytes / self.bytes_per_second

    @property
    def whole_bytes(self) -> int:
        """How many bytes a file has that ends with its samples."""
        return self.samples_at + self.samples_bytes


def read_wave(head: bytes) -> Wave:
    """Read the head of a WAV file, up to where its samples begin; raises NoSoundError.

    Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), RIFF and WAVE.
    """
    if head[:4] != RIFF or head[8:HEAD_BYTES] != WAVE:
        raise NoSoundError("it does not begin as a WAV file does")
    place, shape = HEAD_BYTES, None
    while place + CHUNK_HEAD <= len(head):
        name, size = head[place : place + 4], int.from_bytes(head[place + 4 : place + CHUNK_HEAD], "little")
        body = place + CHUNK_HEAD
        if name == b"fmt " and body + FORMAT_BYTES <= len(head):
            shape = head[body : body + FORMAT_BYTES]
        if name == b"data" and shape is not None:
            return _wave_of(shape, body, size)
        place = body + size + size % 2
    raise NoSoundError("its head does not say where the sound begins")


def _wave_of(shape: bytes, samples_at: int, samples_bytes: int) -> Wave:
    form, channels = int.from_bytes(shape[:2], "little"), int.from_bytes(shape[2:4], "little")
    bytes_per_second = int.from_bytes(shape[8:12], "little")
    if not (channels and bytes_per_second):
        raise NoSoundError("its head names no channels or no rate")
    return Wave(form, channels, bytes_per_second, samples_at, samples_bytes)


def wave_head(*, channels: int, rate: int, samples_bytes: int) -> bytes:
    """Return the head of a WAV file with samples of 16 bits."""
    frame = 2 * channels
    shape = b"".join(
        (
            (1).to_bytes(2, "little"),
            channels.to_bytes(2, "little"),
            rate.to_bytes(4, "little"),
            (rate * frame).to_bytes(4, "little"),
            frame.to_bytes(2, "little"),
            (16).to_bytes(2, "little"),
        )
    )
    data = b"data" + samples_bytes.to_bytes(4, "little")
    body = WAVE + b"fmt " + FORMAT_BYTES.to_bytes(4, "little") + shape + data
    return RIFF + (len(body) + samples_bytes).to_bytes(4, "little") + body
