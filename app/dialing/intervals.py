"""Shares with their uncertainty, and differences between two shares."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Interval:
    """A point between its bounds; shares from 0 to 1, differences from -1 to 1."""

    point: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Tell whether a difference may as well be none."""
        return self.low <= 0 <= self.high


def share_of(part: int, whole: int, *, confidence: float = CONFIDENCE) -> Interval | None:
    """Return part / whole with Wilson's score interval; None of nothing.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
    American Statistical Association 22 (1927), 209-212; method 3 of R. G. Newcombe, Two-sided confidence intervals
    for the single proportion, Statistics in Medicine 17 (1998), 857-872.
    """
    if whole == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = part / whole
    middle = (share + z**2 / (2 * whole)) / (1 + z**2 / whole)
    half = z / (1 + z**2 / whole) * sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2))
    return Interval(share, max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0))


def difference_of(one: Interval | None, other: Interval | None) -> Interval | None:
    """Return the first share minus the second, both with Wilson's interval of the same confidence.

    Source: method 10 (hybrid score, without continuity correction) of R. G. Newcombe, Interval estimation for the
    difference between independent proportions, Statistics in Medicine 17 (1998), 873-890.
    """
    if one is None or other is None:
        return None
    point = one.point - other.point
    below = sqrt((one.point - one.low) ** 2 + (other.high - other.point) ** 2)
    above = sqrt((one.high - one.point) ** 2 + (other.point - other.low) ** 2)
    return Interval(point, point - below, point + above)
