"""Tell from its bytes what a sound file is, and how long it lasts."""

from dataclasses import dataclass
from typing import Final

RIFF: Final = b"RIFF"
WAVE: Final = b"WAVE"
HEAD_BYTES: Final = 12  # before the first chunk
CHUNK_HEAD: Final = 8
FORMAT_BYTES: Final = 16


class NoSoundError(ValueError):
    """These bytes are no sound that can be played; its words, an English gettext id, say what is wrong with them."""


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
        raise NoSoundError("It does not begin as a WAV file does.")
    place, shape = HEAD_BYTES, None
    while place + CHUNK_HEAD <= len(head):
        name, size = head[place : place + 4], int.from_bytes(head[place + 4 : place + CHUNK_HEAD], "little")
        body = place + CHUNK_HEAD
        if name == b"fmt " and body + FORMAT_BYTES <= len(head):
            shape = head[body : body + FORMAT_BYTES]
        if name == b"data" and shape is not None:
            return _wave_of(shape, body, size)
        place = body + size + size % 2
    raise NoSoundError("Its head does not say where the sound begins.")


def _wave_of(shape: bytes, samples_at: int, samples_bytes: int) -> Wave:
    form, channels = int.from_bytes(shape[:2], "little"), int.from_bytes(shape[2:4], "little")
    bytes_per_second = int.from_bytes(shape[8:12], "little")
    if not (channels and bytes_per_second):
        raise NoSoundError("Its head names no channels or no rate.")
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


@dataclass(frozen=True)
class Sound:
    """A sound file that telephones can play."""

    media_type: str
    seconds: float


PLAYED_FORMATS: Final = frozenset({1, 6, 7})  # PCM, A-law, mu-law
FEWEST_FRAMES: Final = 8
TAG_BYTES: Final = 10
OLD_TAG_BYTES: Final = 128
_KBITS: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_SYNC: Final = 0b111_1111_1111  # eleven bits before every frame
_MPEG_1: Final = 3
_RESERVED: Final = 1
_LAYER_3: Final = 1


def recognise(content: bytes) -> Sound:
    """Tell by its content what a file is; raises NoSoundError for anything but WAV and MP3."""
    if content[:4] == RIFF:
        wave = read_wave(content)
        if wave.format not in PLAYED_FORMATS:
            raise NoSoundError("Its samples are neither PCM nor A-law nor mu-law.")
        if wave.whole_bytes > len(content):
            raise NoSoundError("The file was cut short.")
        return Sound("audio/wav", wave.seconds)
    return Sound("audio/mpeg", _seconds_of_frames(content))


def _seconds_of_frames(content: bytes) -> float:
    """Add up the frames of an MP3 file; every byte between its tags must belong to one.

    Source: ISO/IEC 11172-3 and 13818-3, header of an audio frame; ID3 v2.4, header of a tag.
    """
    place, end = _after_tag(content), len(content)
    if content[-OLD_TAG_BYTES:][:3] == b"TAG":
        end -= OLD_TAG_BYTES
    seconds, frames = 0.0, 0
    while place + 4 <= end:
        length, lasts = _frame(content[place : place + 4])
        if not length:
            break
        place, seconds, frames = place + length, seconds + lasts, frames + 1
    if frames < FEWEST_FRAMES:
        raise NoSoundError("It is neither a WAV nor an MP3 file.")
    if place < end and content[place:end].strip(b"\0"):
        raise NoSoundError("Something in it is no sound.")
    return seconds


def _after_tag(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < TAG_BYTES:
        return 0
    size = 0
    for byte in content[6:TAG_BYTES]:
        size = size << 7 | byte & 0x7F
    return TAG_BYTES + size


def _frame(head: bytes) -> tuple[int, float]:
    """Return how many bytes and seconds a frame has; nothing where none begins."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    begins = int.from_bytes(head[:2]) >> 5 == _SYNC
    is_frame = begins and layer == _LAYER_3 and version != _RESERVED
    if not is_frame or bits in {0, 15} or rate == len(_RATES[_MPEG_1]):
        return 0, 0.0
    samples = 1_152 if version == _MPEG_1 else 576
    hertz = _RATES[version][rate]
    kbits = _KBITS[_MPEG_1 if version == _MPEG_1 else 2][bits]
    return samples // 8 * kbits * 1_000 // hertz + (head[2] >> 1 & 1), samples / hertz
