"""Read the time an interviewer types while someone waits: +2h, tomorrow 19:00, 明天晚上7点半, 11-25 10:30."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.core.errors import Fault, InvalidInputError
from app.dialing.domain import AppointmentKind

_RELATIVE: Final = re.compile(r"\+?\s*(?P<number>\d{1,3})\s*(?P<unit>m|min|分钟|分|h|小时|个小时|d|天)(后)?")
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2})(?:[::](?P<minute>\d{2})|[点时](?P<half>半)?(?P<minutes>\d{1,2})?分?)")
_DATE: Final = re.compile(r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?")
_UNITS: Final = {"m": "minutes", "分": "minutes", "h": "hours", "小": "hours", "个": "hours", "d": "days", "天": "days"}
_DAYS: Final = {"today": 0, "今天": 0, "今": 0, "tomorrow": 1, "明天": 1, "明": 1, "后天": 2}
_WEEKDAYS: Final = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "周一": 0, "周二": 1, "周三": 2, "周四": 3, "周五": 4, "周六": 5, "周日": 6, "周天": 6,
}  # fmt: skip
_MORNING: Final = time(9), time(12)
_MIDDAY: Final = time(12), time(14)
_AFTERNOON: Final = time(14), time(18)
_EVENING: Final = time(19), time(22)
_PARTS: Final = {
    "morning": _MORNING, "afternoon": _AFTERNOON, "evening": _EVENING, "noon": _MIDDAY,
    "早上": _MORNING, "上午": _MORNING, "中午": _MIDDAY, "下午": _AFTERNOON, "晚上": _EVENING, "晚": _EVENING,
}  # fmt: skip
_LATER_HALF: Final = frozenset({"afternoon", "evening", "下午", "晚上", "晚"})
_NOON: Final = 12

NOT_UNDERSTOOD: Final = (
    "This time is not understood. Write for example +2h, tomorrow 19:00, Wednesday morning or 11-25 10:30."
)


@dataclass(frozen=True)
class AgreedTime:
    """A time as agreed: exact, or somewhere in a part of a day, which then ends at `ends_at`."""

    starts_at: datetime
    kind: AppointmentKind
    ends_at: datetime | None = None


def read_time(text: str, *, time_zone: str, now: datetime) -> AgreedTime:
    """Read a typed time in the respondent's zone; raises InvalidInputError that shows how to write it.

    A clock time alone means the next time the clock shows it; a day or a part of a day without a clock time is
    an appointment of medium strength.
    """
    words = unicodedata.normalize("NFKC", text).strip().lower()
    local = now.astimezone(ZoneInfo(time_zone))
    try:
        agreed = _relative(words, local) or _absolute(words, local)
    except ValueError:  # the 31st of February, 25 o'clock
        agreed = None
    if agreed is None:
        raise InvalidInputError("The appointment cannot be booked.", (Fault("when", NOT_UNDERSTOOD),))
    return agreed


def _relative(words: str, local: datetime) -> AgreedTime | None:
    found = _RELATIVE.fullmatch(words)
    if found is None:
        return None
    length = timedelta(**{_UNITS[found["unit"][0]]: int(found["number"])})
    return AgreedTime((local + length).replace(second=0, microsecond=0), AppointmentKind.HARD)


def _absolute(words: str, local: datetime) -> AgreedTime | None:
    day, rest = _day(words, local)
    part = next((name for name in _PARTS if name in rest), None)
    clock = _clock(rest, part)
    if day is None and clock is None and part is None:
        return None
    begins, ends = _PARTS[part] if part else (_MORNING[0], None)
    starts_at = datetime.combine(day or local.date(), clock or begins, local.tzinfo)
    if day is None and starts_at <= local:
        starts_at += timedelta(days=1)
    if clock:
        return AgreedTime(starts_at, AppointmentKind.HARD)
    # A day without a part of it lasts until midnight.
    over = datetime.combine(starts_at.date() + timedelta(days=ends is None), ends or time(0), local.tzinfo)
    return AgreedTime(starts_at, AppointmentKind.MEDIUM, over)


def _day(words: str, local: datetime) -> tuple[date | None, str]:
    """Find the day and return what is left of the words."""
    written = _DATE.search(words)
    if written:
        day = date(int(written["year"] or local.year), int(written["month"]), int(written["day"]))
        if written["year"] is None and day < local.date():
            day = day.replace(year=day.year + 1)
        return day, words.replace(written[0], " ")
    for name, weekday in _WEEKDAYS.items():
        if name in words or (name.isascii() and re.search(rf"\b{name[:3]}\b", words)):
            return local.date() + timedelta(days=(weekday - local.weekday() - 1) % 7 + 1), words
    found = next((name for name in _DAYS if name in words), None)
    return (local.date() + timedelta(days=_DAYS[found]), words.replace(found, " ")) if found else (None, words)


def _clock(words: str, part: str | None) -> time | None:
    found = _CLOCK.search(words)
    if found is None:
        return None
    hour = int(found["hour"])
    minute = 30 if found["half"] else int(found["minute"] or found["minutes"] or 0)
    if (part in _LATER_HALF or "pm" in words) and hour < _NOON:
        hour += _NOON
    return time(hour, minute)
