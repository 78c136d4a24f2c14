"""Draw the one sound that the telephone library plays in place of all its own: `python tools/sounds.py`."""

import math
import struct
import wave
from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).resolve().parents[1] / "app" / "web" / "static" / "sounds" / "tick.wav"
RATE: Final = 8_000
SECONDS: Final = 0.06
HERTZ: Final = 660
LOUDNESS: Final = 3_000  # of 32,767


def tick() -> bytes:
    """Return a short tone that fades out, as 16-bit samples."""
    count = round(RATE * SECONDS)
    samples = (
        round(LOUDNESS * (1 - place / count) * math.sin(2 * math.pi * HERTZ * place / RATE)) for place in range(count)
    )
    return b"".join(struct.pack("<h", sample) for sample in samples)


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(TARGET), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tick())


if __name__ == "__main__":
    main()
