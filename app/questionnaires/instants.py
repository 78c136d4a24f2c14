"""The published functions of dates and times."""

import math
import re
from datetime import UTC, date, datetime, time
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names

from app.questionnaires.values import SECONDS_PER_DAY, Value, days_of, to_date, to_number

_MARK: Final = re.compile(r"%(.)")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ENGLISH: Final = Locale("en")
# What speakers of a Chinese language write months and days of the week in.
_WRITTEN_AS: Final = {"cmn": "zh", "wuu": "zh", "nan": "zh", "hak": "zh", "gan": "zh", "hsn": "zh"}


def read_date(value: Value) -> Value:
    """Read ISO text or days since 1970-01-01 as a date; empty text when it is neither."""
    found = to_date(value)
    return "" if found is None else found


def read_instant(value: Value) -> datetime | None:
    """Read a date, with the time where there is one; None for what is neither."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return _of_text(value.strip())
    found = to_date(value)
    if found is None:
        return None
    seconds = 0 if isinstance(value, date) else round((to_number(value) % 1) * SECONDS_PER_DAY)
    minutes, second = divmod(min(seconds, SECONDS_PER_DAY - 1), 60)
    return datetime(found.year, found.month, found.day, *divmod(minutes, 60), second)  # noqa: DTZ001  a wall clock


def _of_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def number_of(value: Value) -> float:
    """Turn a value into a number; the text of a date too becomes the days since 1970-01-01."""
    number = to_number(value)
    if math.isnan(number) and isinstance(value, str) and (found := to_date(value)) is not None:
        return days_of(read_instant(value) or found)
    return number


def decimal_date_time(value: Value) -> float:
    """Count the days since 1970-01-01 in UTC; a time without a zone is taken as it stands."""
    found = read_instant(value)
    if found is None:
        return math.nan
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH).total_seconds() / SECONDS_PER_DAY


def decimal_time(value: Value) -> float:
    """Turn a time of day into the part of the day that is over: noon is 0.5."""
    clock = _clock(value)
    return math.nan if clock is None else clock / SECONDS_PER_DAY


def _clock(value: Value) -> float | None:
    if isinstance(value, str) and (found := _TIME.fullmatch(value.strip())):
        hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0)
        return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 else None  # noqa: PLR2004
    instant = read_instant(value)
    if instant is None:
        return None
    return instant.hour * 3600 + instant.minute * 60 + instant.second + instant.microsecond / 1e6


def format_instant(value: Value, pattern: str, *, tag: str) -> str:
    """Write a date by the marks of strftime that ODK knows, months and days in the language of the screen.

    Empty text for what is no date; an unknown mark stays as it is.
    """
    found = read_instant(value)
    return "" if found is None else _MARK.sub(lambda mark: _written(found, mark, tag=tag), pattern)


def _written(at: datetime, mark: re.Match[str], *, tag: str) -> str:
    plain = {"%": "%", "n": str(at.month), "e": str(at.day), "h": str(at.hour), "3": f"{at.microsecond // 1000:03d}"}
    if mark[1] in plain:
        return plain[mark[1]]
    if mark[1] == "b":
        return str(get_month_names("abbreviated", locale=_locale(tag))[at.month])
    if mark[1] == "a":
        return str(get_day_names("abbreviated", locale=_locale(tag))[at.weekday()])
    return at.strftime(mark[0]) if mark[1] in "YymdHMS" else mark[0]


def _locale(tag: str) -> Locale:
    language = tag.partition("-")[0]
    try:
        return Locale(_WRITTEN_AS.get(language, language))
    except UnknownLocaleError:
        return _ENGLISH


def read_time(text: str) -> time | None:
    """Read hours and minutes, of 24 hours; None for what is no time of day."""
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None
