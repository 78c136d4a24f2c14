"""How values of one type become another."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaires.values import Value, are_equal, number_text, to_date, to_number, to_text, to_truth

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12.0), (" -3.5 ", -3.5), (".5", 0.5), (True, 1.0), (date(1970, 1, 2), 1.0), (2.0, 2.0)],
)
def test_numbers(value: Value, number: float) -> None:
    assert to_number(value) == number


@pytest.mark.parametrize("text", ["", "abc", "1e3", "1,000", "--1", "٣"])
def test_what_is_no_number_is_nan(text: str) -> None:
    assert math.isnan(to_number(text))


def test_half_a_day_counts_as_half() -> None:
    assert to_number(datetime(1970, 1, 2, 12, tzinfo=UTC)) == 1.5


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e-7, "0.0000001"), (math.inf, "Infinity"), (DAY, "2026-11-23")],
)
def test_texts(value: Value, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(("value", "truth"), [("", False), ("0", True), (0.0, False), (math.nan, False), (DAY, True)])
def test_truth(value: Value, truth: bool) -> None:  # noqa: FBT001  a table of truths
    assert to_truth(value) is truth


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-23", DAY),
        ("2026-11-23T10:00:00", DAY),
        (20780.0, DAY),
        ("2026-02-30", None),
        ("x", None),
        (1e12, None),
    ],
)
def test_dates(value: Value, day: date | None) -> None:
    assert to_date(value) == day


def test_a_date_beside_text_is_compared_as_a_date() -> None:
    assert are_equal(DAY, "2026-11-23")
    assert not are_equal(DAY, "yesterday")


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_every_whole_number_of_15_digits_is_written_plainly(number: int) -> None:
    assert number_text(float(number)) == str(number)
