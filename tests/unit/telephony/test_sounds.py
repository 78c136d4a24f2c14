"""A sound file is known by its content, whatever it is called."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telephony.emulator.recordings import humming
from app.telephony.sounds import NoSoundError, recognise

# MPEG 1, layer III, 128 kbit/s, 44.1 kHz: a frame has 417 bytes and lasts 1152 samples.
FRAME = b"\xff\xfb\x90\x00" + bytes(413)
# MPEG 2, layer III, 32 kbit/s, 16 kHz: 144 bytes, 576 samples.
SLOW_FRAME = b"\xff\xf3\x48\x00" + bytes(140)
ID3 = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)


@pytest.mark.parametrize("seconds", [1, 2.5, 30])
def test_a_wav_file_lasts_as_long_as_its_samples(seconds: float) -> None:
    sound = recognise(b"".join(humming(seconds)))
    assert sound.media_type == "audio/wav"
    assert sound.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (FRAME * 100, 100 * 1_152 / 44_100),
        (ID3 + FRAME * 100, 100 * 1_152 / 44_100),
        (FRAME * 100 + b"TAG" + bytes(125), 100 * 1_152 / 44_100),
        (SLOW_FRAME * 50, 50 * 576 / 16_000),
    ],
)
def test_an_mp3_file_lasts_as_long_as_its_frames(content: bytes, seconds: float) -> None:
    sound = recognise(content)
    assert sound.media_type == "audio/mpeg"
    assert sound.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>no sound</html>" * 100,
        FRAME * 3,
        FRAME * 20 + b"<script>" * 100,
        b"".join(humming(2))[:-1],
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\x00\x00\x00\x00AVI LIST",
    ],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(NoSoundError):
        recognise(content)


@given(st.binary(max_size=2_000), st.sampled_from([b"", b"RIFF", b"ID3", FRAME, b"".join(humming(0.1))[:60]]))
def test_no_file_breaks_the_reading(noise: bytes, head: bytes) -> None:
    with suppress(NoSoundError):
        assert recognise(head + noise).seconds >= 0
