"""When a respondent may be called, wherever they live."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.campaigns.domain import WEEKDAYS, CallingHours, Window
from app.core.errors import InvalidInputError

SHANGHAI = "Asia/Shanghai"
# Zones whose clocks jump, by an hour, by half of one, and at midnight; and one that has skipped a whole day.
ZONES = (SHANGHAI, "Asia/Urumqi", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
INSTANTS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def hours(**days: list[list[str]]) -> CallingHours:
    return CallingHours.read(days)


@st.composite
def weeks(draw: st.DrawFn) -> CallingHours:
    ends = st.tuples(TIMES, TIMES).map(sorted).filter(lambda pair: pair[0] < pair[1])
    windows = st.lists(ends, max_size=2).map(lambda pairs: tuple(Window(*pair) for pair in sorted(pairs)))
    days = draw(st.tuples(*[windows] * 7))
    assume(any(days))
    return CallingHours(days)


def test_a_window_opens_on_its_minute_and_shuts_before_its_end() -> None:
    monday = hours(monday=[["09:00", "21:00"]])
    nine, twenty_one = datetime(2026, 11, 23, 1, 0, tzinfo=UTC), datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert monday.is_open(nine, SHANGHAI)
    assert not monday.is_open(nine - timedelta(seconds=1), SHANGHAI)
    assert not monday.is_open(twenty_one, SHANGHAI)


def test_the_respondents_own_zone_decides() -> None:
    mornings = hours(monday=[["09:00", "12:00"]])
    half_past_nine_in_shanghai = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert mornings.is_open(half_past_nine_in_shanghai, SHANGHAI)
    assert not mornings.is_open(half_past_nine_in_shanghai, "Asia/Urumqi")


def test_inside_a_window_the_next_opening_is_now(now: datetime) -> None:
    assert hours(monday=[["09:00", "21:00"]]).next_opening(now, SHANGHAI) == now


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ((23, 4, 30), (23, 6, 0)),  # in the pause at noon
        ((23, 13, 30), (25, 1, 0)),  # Monday evening: Tuesday has no window
        ((25, 5, 0), (30, 1, 0)),  # after the last window of the week
    ],
)
def test_outside_the_next_window_is_found(at: tuple[int, int, int], opening: tuple[int, int, int]) -> None:
    week = hours(monday=[["14:00", "21:00"], ["09:00", "12:00"]], wednesday=[["09:00", "12:00"]])
    found = week.next_opening(datetime(2026, 11, *at, tzinfo=UTC), SHANGHAI)
    assert found == datetime(2026, 11, *opening, tzinfo=UTC)


@given(weeks(), INSTANTS, st.sampled_from(ZONES))
def test_the_next_opening_is_open_and_never_earlier(week: CallingHours, at: datetime, zone: str) -> None:
    opening = week.next_opening(at, zone)
    assert opening >= at
    assert week.is_open(opening, zone)


@given(weeks(), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_no_window_is_passed_over(week: CallingHours, at: datetime, later: timedelta) -> None:
    opening = week.next_opening(at, SHANGHAI)
    assume(at + later < opening)
    assert not week.is_open(at + later, SHANGHAI)


@pytest.mark.parametrize(
    ("stored", "where", "message"),
    [
        ({"mondy": [["09:00", "21:00"]]}, "calling_hours.mondy", "no weekday mondy"),
        ({"monday": [["09:00", "12:00"], ["21:00", "13:00"]]}, "calling_hours.monday[2]", "ends before it starts"),
        ({"friday": [["nine", "21:00"]]}, "calling_hours.friday[1]", "two times"),
        ({"friday": [["09:00"]]}, "calling_hours.friday[1]", "two times"),
        ({"friday": [[9, 21]]}, "calling_hours.friday[1]", "two times"),
        ({"friday": [["09:00+08:00", "21:00+08:00"]]}, "calling_hours.friday[1]", "two times"),
        ({"friday": "09:00-21:00"}, "calling_hours.friday", "list of windows"),
        ({"friday": None}, "calling_hours.friday", "list of windows"),
        ({}, "calling_hours", "nobody could ever be called"),
        ({"monday": []}, "calling_hours", "nobody could ever be called"),
    ],
)
def test_a_fault_names_the_day_and_the_window(stored: dict[str, Any], where: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        CallingHours.read(stored)
    [fault] = caught.value.faults
    assert fault.where == where
    assert message in fault.words()


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        CallingHours.read({"monday": [["x", "y"]], "tuesday": [["21:00", "09:00"]], "someday": []})
    assert len(caught.value.faults) == 3


def test_a_day_is_read_in_the_order_of_the_clock() -> None:
    week = hours(monday=[["14:00", "21:00"], ["09:00", "12:00"]])
    assert [window.start for window in week.days[0]] == [time(9), time(14)]
    assert WEEKDAYS[0] == "monday"
