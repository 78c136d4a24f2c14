"""A priority can be taken apart again, and its parts are what made it."""

from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.rules import Weights
from app.dialing.domain import Priority
from app.dialing.score import DRAWS, SCORE_STEPS, Standing, priority_of, score_parts, score_steps, take_apart

WEIGHTS = st.builds(Weights, **dict.fromkeys(("slice", "quota", "contact", "age", "attempts"), st.floats(0, 100)))
STANDINGS = st.builds(
    Standing,
    contacted=st.booleans(),
    tries=st.integers(0, 50),
    is_uncovered=st.booleans(),
    days_waiting=st.floats(0, 1000),
)
DRAW = st.floats(0, 1, exclude_max=True)


@given(level=st.sampled_from(Priority), standing=STANDINGS, weights=WEIGHTS, draw=DRAW)
def test_taking_apart_returns_what_was_put_together(
    level: Priority, standing: Standing, weights: Weights, draw: float
) -> None:
    apart = take_apart(priority_of(level, standing, weights, draw=draw))
    assert apart.level == level
    assert apart.score == score_steps(sum(score_parts(standing, weights).values()), weights)
    assert 0 <= apart.score < SCORE_STEPS
    assert apart.draw == int(draw * DRAWS)


@given(standing=STANDINGS, weights=WEIGHTS)
def test_no_part_weighs_more_than_its_weight(standing: Standing, weights: Weights) -> None:
    parts = score_parts(standing, weights)
    assert all(0 <= part <= getattr(weights, name) for name, part in parts.items())
