"""A roster is read as people write it, and every wrong cell is named."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Fault, InvalidInputError
from app.sampling.tables import read_table
from app.staffing.timetable import PlannedShift, day_bounds, read_shifts

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"


def read(text: str, zone: str = SHANGHAI) -> list[PlannedShift | Fault]:
    return list(read_shifts(read_table(text.encode(), "roster.csv"), zone))


def times(text: str, zone: str = SHANGHAI) -> tuple[datetime, datetime]:
    [shift] = read(text, zone)
    assert isinstance(shift, PlannedShift), shift
    return shift.starts_at, shift.ends_at


@pytest.mark.parametrize(
    "text",
    [
        "login,starts,ends\nana,2026-11-23 09:00,2026-11-23 13:00",
        "Login;Starts;Ends\nANA;2026-11-23T09:00;2026-11-23T13:00",
        "登录名,开始时间,结束时间\nana,2026年11月23日 9:00,2026/11/23 13:00",
        "login,date,from,until\nana,2026-11-23,09:00,13:00",
        "访问员,日期,从,至\nana,2026/11/23,9:00,１３：００",
        "login,starts,ends\nana,2026-11-23T01:00+00:00,2026-11-23T05:00Z",
    ],
)
def test_one_shift_is_read_from_every_usual_form(text: str) -> None:
    assert times(text) == (datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 5, tzinfo=UTC))


@pytest.mark.parametrize("end", ["24:00", "00:00"])
def test_midnight_is_the_end_of_the_day(end: str) -> None:
    starts_at, ends_at = times(f"login,date,from,until\nana,2026-11-23,18:00,{end}")
    assert ends_at - starts_at == timedelta(hours=6)


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        (",2026-11-23 09:00,2026-11-23 13:00", "row 2, column login", "empty"),
        ("ana,soon,2026-11-23 13:00", "row 2, column starts", "soon is not a time"),
        ("ana,2026-11-23 09:00,", "row 2, column ends", "empty"),
        ("ana,2026-11-23 09:00,2026-11-23 09:00", "row 2, column ends", "ends before it starts"),
        ("ana,2026-11-23 09:00,2026-11-24 09:00", "row 2, column ends", "longer than 16 hours"),
        ("ana,2026-02-30 09:00,2026-02-30 10:00", "row 2, column starts", "is not a time"),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(row: str, place: str, said: str) -> None:
    [fault] = read(f"login,starts,ends\n{row}")
    assert isinstance(fault, Fault)
    assert fault.where == place
    assert said in fault.words()


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("ana,someday,09:00,13:00", "row 2, column date"),
        ("ana,2026-11-23,nine,13:00", "row 2, column from"),
        ("ana,2026-11-23,09:00,25:00", "row 2, column until"),
        ("ana,2026-11-23,09:00+08:00,13:00", "row 2, column from"),
    ],
)
def test_a_wrong_cell_of_a_split_time_is_named(row: str, place: str) -> None:
    [fault] = read(f"login,date,from,until\n{row}")
    assert isinstance(fault, Fault)
    assert fault.where == place


def test_a_bad_row_costs_no_other() -> None:
    rows = read("login,starts,ends\nana,x,y\nbao,2026-11-23 09:00,2026-11-23 13:00")
    assert [type(row) for row in rows] == [Fault, PlannedShift]


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    [fault] = read("login,starts,ends\nana,2026-03-29 02:30,2026-03-29 08:00", BERLIN)
    assert isinstance(fault, Fault)
    assert "does not exist" in fault.words()


@pytest.mark.parametrize(("header", "missing"), [("name,starts,ends", "login"), ("login,starts,until", "starts")])
def test_missing_columns_are_named(header: str, missing: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(f"{header}\na,b,c")
    assert [fault.where for fault in caught.value.faults] == [missing]


@given(
    st.integers(0, 5_000_000),
    st.integers(1, 16 * 60),
    st.sampled_from([SHANGHAI, "Asia/Urumqi", "America/La_Paz"]),
)
def test_what_is_written_in_a_zone_is_read_as_the_same_instant(begins: int, minutes: int, zone: str) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=begins)
    end = start + timedelta(minutes=minutes)
    cells = ",".join(at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for at in (start, end))
    assert times(f"login,starts,ends\nana,{cells}", zone) == (start, end)


def test_a_day_has_23_hours_when_the_clocks_go_forward() -> None:
    begins, ends = day_bounds(datetime(2026, 3, 29, tzinfo=UTC).date(), BERLIN)
    assert ends - begins == timedelta(hours=23)
