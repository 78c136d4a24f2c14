"""A lect whose cases get fewer or worse-timed tries is found; chance and small groups are not blamed."""

from collections import Counter
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.rules import Slice
from app.dialing.effort import Inequality, Tally, evening_share, inequalities_of, is_evening, slices_differ, total_of
from app.dialing.effort_counts import median_of

EVEN = {"weekday": 500, "evening": 500}
COUNTS = st.dictionaries(st.sampled_from(["weekday", "evening", "weekend"]), st.integers(0, 2000))


def tally(lect: str, *, cases: int = 100, tries: int = 200, completes: int = 0, weekday: float = 0.5) -> Tally:
    slices = {"weekday": round(tries * weekday), "evening": tries - round(tries * weekday)}
    return Tally(lect, cases, completes, 0, tries, 1.0, slices)


def found(one: Tally, *others: Tally) -> tuple[Inequality, ...]:
    return inequalities_of(one, [one, *others])


def test_equal_groups_are_left_alone() -> None:
    assert found(tally("za"), tally("yue")) == ()


def test_fewer_tries_than_four_fifths_are_found() -> None:
    assert found(tally("za", tries=140), tally("yue", cases=400, tries=800)) == (Inequality.FEWER_TRIES,)


def test_four_fifths_are_enough() -> None:
    assert found(tally("za", tries=165), tally("yue", cases=400, tries=800)) == ()


def test_a_group_too_small_to_judge_is_not_blamed() -> None:
    assert found(tally("za", cases=29, tries=2), tally("yue", cases=400, tries=800)) == ()


def test_whoever_answers_early_needs_few_tries() -> None:
    assert found(tally("za", cases=100, completes=60, tries=80), tally("yue", cases=400, tries=800)) == ()


def test_other_times_are_found() -> None:
    late, early = tally("yue", cases=400, tries=800, weekday=0.4), tally("za", weekday=0.8)
    assert Inequality.OTHER_TIMES in found(early, late)


@pytest.mark.parametrize(
    ("mine", "differs"),
    [
        ({"weekday": 6, "evening": 2}, False),  # too few to tell
        ({"weekday": 54, "evening": 46}, False),  # within chance
        ({"weekday": 80, "evening": 20}, True),
        ({"weekday": 4600, "evening": 5400}, False),  # beyond chance, but hardly a difference
        ({"weekday": 80, "evening": 19, "": 1}, True),  # a rare slice hides nothing
        ({}, False),
    ],
)
def test_times_differ_only_beyond_chance_and_by_as_much_as_matters(mine: dict[str, int], *, differs: bool) -> None:
    assert slices_differ(mine, EVEN) is differs


@given(COUNTS)
def test_the_same_times_never_differ(counts: dict[str, int]) -> None:
    assert not slices_differ(counts, counts)


@given(COUNTS, COUNTS)
def test_a_difference_is_mutual(mine: dict[str, int], theirs: dict[str, int]) -> None:
    assert slices_differ(mine, theirs) == slices_differ(theirs, mine)


def test_the_evening_share_counts_evening_slices() -> None:
    assert evening_share(tally("za", weekday=0.75), {"evening", "weekend"}) == pytest.approx(0.25)
    assert evening_share(Tally("za", 1, 0, 1, 0, 0.0), {"evening"}) == 0


def test_totals_add_up() -> None:
    whole = total_of([tally("za"), tally("yue", completes=20)])
    assert (whole.cases, whole.unfinished, whole.tries, whole.all_tries) == (200, 180, 400, 400)


@given(st.lists(st.integers(0, 20)))
def test_the_median_of_counted_values_is_that_of_the_values(values: list[int]) -> None:
    assert median_of(Counter(values)) == (median(values) if values else 0)


@pytest.mark.parametrize(
    ("windows", "evening"),
    [
        ({"monday": [("18:00", "21:00")]}, True),
        ({"saturday": [("09:00", "21:00")]}, True),
        ({"monday": [("09:00", "18:00")], "saturday": [("09:00", "18:00")]}, False),
    ],
)
def test_an_evening_slice_begins_after_office_hours(
    windows: dict[str, list[tuple[str, str]]], *, evening: bool
) -> None:
    assert is_evening(Slice(name="part", windows=windows)) is evening
