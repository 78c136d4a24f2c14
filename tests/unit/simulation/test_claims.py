"""What may be claimed from a simulation, checked where the truth is known."""

from collections.abc import Iterator
from functools import cache

import pytest

from app.simulation.comparison import Comparison, Seeds, compare
from app.simulation.measures import GROUPS
from app.simulation.policies import policies
from tests.unit.simulation.runs import all_policies, small, small_campaign, way

UNIMPORTANT = "language_does_not_matter"
# The figures that are claimed, and how far chance alone may set two policies apart in so few small runs.
CLAIMS = {
    "completes": 4.5,  # of some 45
    "share completed": 3.0,
    "misread per 100 contacts": 3.0,
    "index": 4.0,
    "bias": 4.0,
    "tries per case": 0.1,  # of some 1.7
}


@cache
def where_lect_does_not_matter() -> Comparison:
    return all_policies(UNIMPORTANT, seeds=12)


@pytest.mark.parametrize("figure", CLAIMS)
def test_where_language_does_not_matter_matching_makes_no_difference(figure: str) -> None:
    difference = where_lect_does_not_matter().difference("no_language", "this_one", figure)
    assert difference is not None
    assert abs(difference.mean) < CLAIMS[figure]


@pytest.mark.parametrize("figure", CLAIMS)
def test_where_language_does_not_matter_the_lect_spoken_makes_none_either(figure: str) -> None:
    runs = where_lect_does_not_matter().runs
    assert [run[figure] for run in runs["standard_only"]] == [run[figure] for run in runs["no_language"]]


def test_where_language_does_not_matter_nobody_fails_to_follow() -> None:
    for policy in policies():
        found = where_lect_does_not_matter().of(policy, "misread/could_not_follow")
        assert found is not None
        assert found.mean == 0


def test_where_language_does_not_matter_the_index_is_near_the_truth() -> None:
    [found] = compare([way()], small(numbers=500), [UNIMPORTANT], seeds=Seeds(20), processes=1)
    bias = found.of("this_one", "bias")
    assert bias is not None
    assert bias.half is not None
    assert bias.half < 2  # narrow enough to tell something
    assert abs(bias.mean) < 2  # who is reached and agrees is not quite a random part of the sample


def test_language_that_matters_is_seen() -> None:
    found = compare([way()], small_campaign(), ["population", UNIMPORTANT], seeds=Seeds(6), processes=1)
    matters, does_not = (one.of("this_one", "misread/could_not_follow") for one in found)
    assert matters is not None
    assert does_not is not None
    assert matters.mean > does_not.mean == 0


def truths(population: str) -> Iterator[float]:
    campaign = small(numbers=400, interviewers=1, days=1)
    [found] = compare([way()], campaign, [population], seeds=Seeds(2), processes=1)
    for group in GROUPS:
        truth = found.of("this_one", f"truth/{group}")
        assert truth is not None
        yield truth.mean


def test_the_variants_shift_only_people_with_another_first_language() -> None:
    base, less, more = (list(truths(name)) for name in ("population", "dialect_less_content", "dialect_more_content"))
    assert less[0] == base[0] == more[0]
    assert all(low < middle < high for low, middle, high in zip(less[1:], base[1:], more[1:], strict=True))
