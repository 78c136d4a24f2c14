"""How long an answer may take comes from the author, from the campaign's own times, or from the length of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.quality_rules import QualityRules
from app.quality.domain import Bounds
from app.quality.timing import bounds_of, syllables_in
from app.questionnaires.items import UNCHECKED, Checks

RULES = QualityRules()


def test_a_chinese_character_is_a_syllable_and_four_letters_are_one() -> None:
    assert (syllables_in("您今年多大？"), syllables_in("How old are you?"), syllables_in("2026")) == (5, 3, 0)


def test_before_there_are_times_the_length_of_the_text_counts() -> None:
    bounds = bounds_of(UNCHECKED, "安" * 30, [4_000] * 49, rules=RULES)
    assert bounds == Bounds(3_000, 70_000)


def test_the_campaigns_own_times_count_once_there_are_enough() -> None:
    times = [3_000, 4_000, 5_000, 6_000, 7_000] * 10
    bounds = bounds_of(UNCHECKED, "安" * 30, times, rules=RULES)
    assert 1_000 < bounds.quickest < 3_000
    assert 7_000 < bounds.slowest < 20_000


@given(st.integers(1, 10_000_000))
def test_one_who_went_for_tea_moves_no_bound_much(outlier: int) -> None:
    times = [3_000, 4_000, 5_000, 6_000, 7_000] * 10
    usual, moved = (
        bounds_of(UNCHECKED, "", times, rules=RULES),
        bounds_of(UNCHECKED, "", [*times, outlier], rules=RULES),
    )
    assert moved.quickest == pytest.approx(usual.quickest, rel=0.3)
    assert moved.slowest == pytest.approx(usual.slowest, rel=0.3)


def test_times_that_are_all_alike_still_leave_room() -> None:
    bounds = bounds_of(UNCHECKED, "", [5_000] * 50, rules=RULES)
    assert bounds.quickest < 4_000
    assert bounds.slowest > 6_000


def test_the_author_wins_each_end_for_itself() -> None:
    text = "安" * 30
    assert bounds_of(Checks(quickest=1.5), text, [], rules=RULES) == Bounds(1_500, 70_000)
    assert bounds_of(Checks(slowest=20), text, [], rules=RULES) == Bounds(3_000, 20_000)
