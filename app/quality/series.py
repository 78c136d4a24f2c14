"""Two figures of a series of answers on one scale, by the library `insufficient-effort`."""

from collections.abc import Sequence
from math import sqrt

# The library brings NumPy, which takes a quarter of a second to load: only background work that flags pays for it.


def longest_run(steps: Sequence[int]) -> int:
    """Return the length of the longest run of one choice; what has no step was left out before."""
    from ier import longstring_scores  # noqa: PLC0415

    return int(longstring_scores([list(steps)])[0])


def spread(steps: Sequence[int], scale: int) -> float:
    """Return the standard deviation of at least two answers in widths of their scale, from 0 on.

    `scale` is its number of steps. The library's `irv` divides by n, that of R's package careless by n - 1, as here.
    """
    from ier import irv  # noqa: PLC0415

    number = len(steps)
    return float(irv([list(steps)])[0]) * sqrt(number / (number - 1)) / (scale - 1)
