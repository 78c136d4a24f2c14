"""Lengths of time as people write them: 45 min, 3 h, 1 d 12 h, 2 天, 3 小时; a bare number is minutes."""

import re
import unicodedata
from typing import Final

HOUR: Final = 60
DAY: Final = 24 * HOUR
_PART: Final = re.compile(
    r"(?P<number>\d{1,6})\s*(?P<unit>分钟|分|个小时|小时|天|日|minutes?|mins?|m|hours?|h|days?|d)"
)
_BARE: Final = re.compile(r"\d{1,6}")
_WORDS: Final = {"zh": ((DAY, "天"), (HOUR, "小时"), (1, "分钟")), "en": ((DAY, "d"), (HOUR, "h"), (1, "min"))}


def read_length(text: str) -> int:
    """Return minutes; raises ValueError for what is no length."""
    words = unicodedata.normalize("NFKC", text).strip().lower()
    if _BARE.fullmatch(words):
        return int(words)
    parts = list(_PART.finditer(words))
    if not parts or _PART.sub("", words).strip():
        raise ValueError(text)
    return sum(int(part["number"]) * _minutes(part["unit"]) for part in parts)


def _minutes(unit: str) -> int:
    if unit[0] in "天日d":
        return DAY
    return HOUR if unit[0] in "个小h" else 1


def say_length(minutes: int, locale: str) -> str:
    """Say minutes in the largest units that fit: 2880 is 2 d, 90 is 1 h 30 min."""
    units = _WORDS["zh" if locale.startswith("zh") else "en"]
    said = []
    for size, word in units:
        number, minutes = divmod(minutes, size)
        if number:
            said.append(f"{number} {word}")
    return " ".join(said) or f"0 {units[-1][1]}"
