"""Intervals as the literature gives them, and as sense demands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialing.intervals import Interval, difference_of, share_of


@st.composite
def shares(draw: st.DrawFn) -> Interval:
    whole = draw(st.integers(1, 5_000))
    found = share_of(draw(st.integers(0, whole)), whole)
    assert found is not None
    return found


# The worked examples of Newcombe's two papers of 1998, to four digits.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_interval_that_was_published(part: int, whole: int, low: float, high: float) -> None:
    found = share_of(part, whole)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_a_difference_has_the_interval_that_was_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference_of(share_of(*one), share_of(*other))
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(shares())
def test_a_share_lies_in_its_interval_and_that_between_0_and_1(share: Interval) -> None:
    assert 0 <= share.low <= share.point <= share.high <= 1


@given(shares(), shares())
def test_a_difference_turns_round_with_its_shares(one: Interval, other: Interval) -> None:
    there, back = difference_of(one, other), difference_of(other, one)
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert -1 - 1e-9 <= there.low <= there.point <= there.high <= 1 + 1e-9


def test_of_nothing_there_is_no_share() -> None:
    assert share_of(0, 0) is None
    assert difference_of(None, share_of(1, 2)) is None
