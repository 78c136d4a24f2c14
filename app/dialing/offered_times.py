"""Which times to offer somebody who calls back while no interviewer is free: few, soon, and within the hours."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from app.campaigns.domain import CallingHours

SOONEST: Final = timedelta(minutes=30)  # so that somebody can be free by then
APART: Final = timedelta(hours=3)
EVENING: Final = 19  # the hour at which most people are at home
LOOK_AHEAD_HOURS: Final = 24 * 14
_WEEKDAYS: Final = "一二三四五六日"
_HALVES: Final = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_NOON: Final = 12
ENGLISH: Final = "en_US"
_DAY_EN: Final = "EEEE, MMMM d"
_TIME_EN: Final = "h:mm a"


def offered_times(hours: CallingHours, time_zone: str, *, now: datetime) -> list[datetime]:
    """Return up to three full hours at which calls are allowed where the respondent lives.

    The soonest, the next one some hours later, and the first evening of another day than these, or else its first hour.
    """
    open_hours = _open_hours(hours, time_zone, now=now)
    if not open_hours:
        return []
    first = open_hours[0]
    second = next((at for at in open_hours if at >= first + APART), None)
    taken = {at.date() for at in (first, second) if at is not None}
    other_days = [at for at in open_hours if at.date() not in taken and at > first]
    third = next((at for at in other_days if at.hour == EVENING), next(iter(other_days), None))
    return [at for at in (first, second, third) if at is not None]


def _open_hours(hours: CallingHours, time_zone: str, *, now: datetime) -> list[datetime]:
    zone = ZoneInfo(time_zone)
    earliest = now + SOONEST
    # Counted as instants, so that a clock that jumps leaves no hour out and makes none up.
    start = earliest.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    candidates = (start + timedelta(hours=ahead) for ahead in range(LOOK_AHEAD_HOURS))
    local = (at.astimezone(zone) for at in candidates if at >= earliest)
    return [at for at in local if at.minute == 0 and hours.is_open(at, time_zone)]


def said_time(at: datetime, time_zone: str, *, now: datetime) -> str:
    """Return a time as it is said in Chinese, on the respondent's own clock: 今天晚上7点, 11月24日星期二上午10点."""
    zone = ZoneInfo(time_zone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = {0: "今天", 1: "明天"}.get((local.date() - today).days)
    day = day or f"{local.month}月{local.day}日星期{_WEEKDAYS[local.weekday()]}"
    half = next(name for until, name in _HALVES if local.hour < until)
    hour = local.hour - _NOON if local.hour > _NOON else local.hour
    minutes = f"{local.minute}分" if local.minute else ""
    return f"{day}{half}{hour}点{minutes}"


def said_time_en(at: datetime, time_zone: str, *, now: datetime) -> str:
    """Return the same time in English: today at 7:00 PM, Tuesday, November 24 at 10:00 AM."""
    zone = ZoneInfo(time_zone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = {0: "today", 1: "tomorrow"}.get((local.date() - today).days)
    return f"{day or format_date(local, _DAY_EN, locale=ENGLISH)} at {format_time(local, _TIME_EN, locale=ENGLISH)}"
