"""Means over seeds and their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulation.intervals import estimate, share_within, t_quantile

# Critical values of Student's t for 95 %, both tails: NIST/SEMATECH e-Handbook, table 1.3.6.7.2.
CRITICAL = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 10: 2.228, 19: 2.093, 30: 2.042, 100: 1.984}


@pytest.mark.parametrize(("freedom", "value"), CRITICAL.items())
def test_the_quantile_is_the_one_of_the_printed_table(freedom: int, value: float) -> None:
    assert t_quantile(freedom) == pytest.approx(value, abs=0.0006)


def test_with_many_degrees_of_freedom_it_is_the_normal_one() -> None:
    assert t_quantile(10_000) == pytest.approx(1.960, abs=0.001)


@given(st.integers(1, 60), st.floats(0.5, 0.99))
def test_the_quantile_holds_the_share_it_was_asked_for(freedom: int, confidence: float) -> None:
    assert share_within(t_quantile(freedom, confidence=confidence), freedom) == pytest.approx(confidence, abs=1e-9)


def test_an_interval_by_hand() -> None:
    found = estimate([1.0, 2.0, 3.0, 4.0])
    assert (found.mean, found.runs) == (2.5, 4)
    assert found.half == pytest.approx(3.182 * 1.29099 / 2, abs=0.001)
    assert not found.holds_zero


def test_one_run_has_no_interval() -> None:
    found = estimate([5.0])
    assert (found.mean, found.low, found.high, found.half) == (5.0, None, None, None)


def test_equal_runs_have_an_interval_without_width() -> None:
    assert estimate([0.0, 0.0]).holds_zero


def test_no_run_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        estimate([])
