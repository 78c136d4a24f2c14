"""The times that somebody is offered who calls back while nobody is free."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.domain import WEEKDAYS, CallingHours
from app.dialing.offered_times import SOONEST, offered_times, said_time, said_time_en

SHANGHAI = "Asia/Shanghai"
MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTES_IN_A_YEAR = 365 * 24 * 60


def daily(start: str, end: str) -> CallingHours:
    return CallingHours.read({day: [[start, end]] for day in WEEKDAYS})


DAYTIME = daily("09:00", "21:00")


def said(hours: CallingHours, now: datetime, zone: str = SHANGHAI) -> list[str]:
    return [f"{at:%a %H:%M}" for at in offered_times(hours, zone, now=now)]


def test_soon_some_hours_later_and_an_evening_of_another_day() -> None:
    assert said(DAYTIME, MONDAY_TEN) == ["Mon 11:00", "Mon 14:00", "Tue 19:00"]


def test_what_is_left_of_the_day_is_not_overrun() -> None:
    assert said(DAYTIME, MONDAY_TEN.replace(hour=12, minute=10)) == ["Tue 09:00", "Tue 12:00", "Wed 19:00"]


def test_where_no_evening_is_allowed_the_first_hour_serves() -> None:
    mornings = daily("09:00", "12:00")
    assert said(mornings, MONDAY_TEN) == ["Mon 11:00", "Tue 09:00", "Wed 09:00"]


def test_without_any_full_hour_nothing_is_offered() -> None:
    assert said(CallingHours.read({"monday": [["09:10", "09:50"]]}), MONDAY_TEN) == []


@given(
    now=st.integers(0, MINUTES_IN_A_YEAR).map(lambda minutes: MONDAY_TEN + timedelta(minutes=minutes)),
    zone=st.sampled_from([SHANGHAI, "Asia/Urumqi", "Asia/Kolkata", "Europe/Berlin", "America/New_York"]),
    start=st.integers(6, 20),
)
def test_every_time_is_allowed_and_leaves_somebody_the_while_to_get_free(now: datetime, zone: str, start: int) -> None:
    hours = daily(f"{start:02}:00", "22:00")
    times = offered_times(hours, zone, now=now)
    assert len(times) == 3
    assert times == sorted(set(times))
    assert all(hours.is_open(at, zone) and at >= now + SOONEST and at.minute == 0 for at in times)


@pytest.mark.parametrize(
    ("hours_ahead", "words"),
    [(0, "今天上午10点"), (3, "今天下午1点"), (2, "今天中午12点"), (24, "明天上午10点"), (57, "11月25日星期三晚上7点")],
)
def test_a_time_is_said_as_people_say_it(hours_ahead: int, words: str) -> None:
    assert said_time(MONDAY_TEN + timedelta(hours=hours_ahead), SHANGHAI, now=MONDAY_TEN) == words


@pytest.mark.parametrize(
    ("hours_ahead", "words"),
    [(3, "today at 1:00 PM"), (24, "tomorrow at 10:00 AM"), (57, "Wednesday, November 25 at 7:00 PM")],
)
def test_a_time_is_said_in_english_as_well(hours_ahead: int, words: str) -> None:
    said = said_time_en(MONDAY_TEN + timedelta(hours=hours_ahead), SHANGHAI, now=MONDAY_TEN)
    assert said.replace("\N{NARROW NO-BREAK SPACE}", " ") == words


def test_minutes_are_said_where_there_are_any() -> None:
    assert said_time(MONDAY_TEN + timedelta(minutes=30), SHANGHAI, now=MONDAY_TEN) == "今天上午10点30分"
