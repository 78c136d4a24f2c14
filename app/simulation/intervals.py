"""Means over seeds with their uncertainty: Student's t, exact for any whole number of degrees of freedom."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev
from typing import Final

CONFIDENCE: Final = 0.95
HALVINGS: Final = 200  # more than a double can tell apart


@dataclass(frozen=True)
class Estimate:
    """A mean over `runs` runs and its interval; one run has no interval."""

    mean: float
    low: float | None
    high: float | None
    runs: int

    @property
    def half(self) -> float | None:
        """Half the width of the interval."""
        return None if self.high is None else self.high - self.mean

    @property
    def holds_zero(self) -> bool:
        """Tell whether the interval includes 0, as that of a difference does where none is shown."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


def estimate(values: Sequence[float], *, confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of independent runs with mean +- t * s / sqrt(n), where t has n - 1 degrees of freedom.

    Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2, confidence limits for the mean (and 1.3.5.3
    for paired observations: the same on the differences). Raises ValueError for no values.
    """
    if not values:
        message = "an estimate needs at least one run"
        raise ValueError(message)
    mean, runs = fmean(values), len(values)
    if runs == 1:
        return Estimate(mean, None, None, runs)
    half = t_quantile(runs - 1, confidence=confidence) * stdev(values) / math.sqrt(runs)
    return Estimate(mean, mean - half, mean + half, runs)


@cache
def t_quantile(freedom: int, *, confidence: float = CONFIDENCE) -> float:
    """Return the t within which `confidence` of Student's distribution lies, both tails cut alike."""
    low, high = 0.0, 1.0
    while share_within(high, freedom) < confidence:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if share_within(middle, freedom) < confidence else (low, middle)
    return high


def share_within(t: float, freedom: int) -> float:
    """Return the chance that Student's t lies between -t and t.

    Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 (odd degrees of freedom) and 26.7.4 (even).
    """
    angle = math.atan(t / math.sqrt(freedom))
    is_odd = freedom % 2
    cosine, term = math.cos(angle), math.cos(angle) if is_odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(2 + is_odd, freedom - 1, 2):
        term *= cosine**2 * (step - 1) / step
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total) if is_odd else math.sin(angle) * total
