"""How soon a ready case is served: its level first, then a score, then a seeded draw.

Source of the order and of the score's parts: the baseline without learning in survey practice (appointments,
started interviews, then uncovered time slice, quota need, earlier contact, age and attempts).
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from app.campaigns.rules import Weights
from app.dialing.domain import Priority

LEVEL_STEP: Final = 1_000_000
SCORE_STEPS: Final = 10_000
DRAWS: Final = 100
FULL_AGE_DAYS: Final = 7.0
FEW_TRIES: Final = 8


@dataclass(frozen=True)
class Standing:
    """What the score of a case is made of, as it stands when its state changes."""

    contacted: bool = False
    tries: int = 0
    is_uncovered: bool = False  # its next time slice has had too few tries
    days_waiting: float = 0.0  # from its last try to its next


@dataclass(frozen=True)
class Apart:
    """A priority taken apart: the level, the score in steps, and the draw from 0 to 99."""

    level: Priority
    score: int
    draw: int


def priority_of(level: Priority, standing: Standing, weights: Weights, *, draw: float) -> int:
    """Return a case's priority; `draw` in [0, 1) breaks ties and comes from the campaign's seed.

    The quota's need is not in it: it changes for many cases at once, so it stands on their pool (`need_points`).
    """
    score = score_steps(sum(score_parts(standing, weights).values()), weights)
    return level * LEVEL_STEP + score * DRAWS + int(draw * DRAWS)


def score_parts(standing: Standing, weights: Weights) -> dict[str, float]:
    """Return what each part brings, by the name of its weight and in its unit."""
    return {
        "slice": weights.slice * standing.is_uncovered,
        "contact": weights.contact * standing.contacted,
        "age": weights.age * min(standing.days_waiting / FULL_AGE_DAYS, 1.0),
        "attempts": weights.attempts * (1 - min(standing.tries / FEW_TRIES, 1.0)),
    }


def score_steps(part: float, weights: Weights) -> int:
    """Return a part of the score, or the whole of it, in steps from 0 to SCORE_STEPS - 1."""
    return round((SCORE_STEPS - 1) * part / total_of(weights))


def take_apart(priority: int) -> Apart:
    """Return what a priority was put together from."""
    level, rest = divmod(priority, LEVEL_STEP)
    score, draw = divmod(rest, DRAWS)
    return Apart(Priority(level), score, draw)


def need_points(need: float, weights: Weights) -> int:
    """Return the points that a pool's quota need, from 0 (filled) to 1 (empty), adds to each of its cases."""
    return round((SCORE_STEPS - 1) * weights.quota * need / total_of(weights)) * DRAWS


def total_of(weights: Weights) -> float:
    """Return what all parts weigh together; 1 where every weight is 0, and only the draw decides."""
    return (weights.slice + weights.quota + weights.contact + weights.age + weights.attempts) or 1.0


def draw_for(seed: int, key: str) -> float:
    """Return a number in [0, 1) that depends on the campaign's seed and the case alone."""
    digest = hashlib.sha256(f"{seed}/{key}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
