"""What may be claimed from a simulation, checked where the truth is known."""

from collections.abc import Iterator
from functools import cache

import pytest

from app.simulation.comparison import Comparison, Extent, compare
from app.simulation.measures import GROUPS
from app.simulation.plans import policies, shipped_campaign
from tests.unit.simulation.runs import all_policies, way

UNIMPORTANT = "language_does_not_matter"
CLAIMS = ("completes", "share completed", "misread per 100 contacts", "index", "bias", "tries per case")


@cache
def where_lect_does_not_matter() -> Comparison:
    return all_policies(UNIMPORTANT, seeds=12)


@pytest.mark.parametrize("figure", CLAIMS)
@pytest.mark.parametrize("policy", ["no_language", "standard_only"])
def test_where_language_does_not_matter_the_policies_come_out_equal(policy: str, figure: str) -> None:
    difference = where_lect_does_not_matter().difference(policy, "this_one", figure)
    assert difference is not None
    assert difference.holds_zero


def test_where_language_does_not_matter_nobody_fails_to_follow() -> None:
    for policy in policies():
        found = where_lect_does_not_matter().of(policy, "misread/could_not_follow")
        assert found is not None
        assert found.mean == 0


def test_where_language_does_not_matter_the_index_is_near_the_truth() -> None:
    extent = Extent(seeds=20, numbers=500, interviewers=4, days=3)
    [found] = compare([way("this_one")], shipped_campaign().ground, [UNIMPORTANT], extent=extent, processes=1)
    bias = found.of("this_one", "bias")
    assert bias is not None
    assert bias.half is not None
    assert bias.half < 2  # narrow enough to tell something
    assert abs(bias.mean) < 2  # who is reached and agrees is not quite a random part of the sample


def test_language_that_matters_is_seen() -> None:
    extent = Extent(seeds=6, numbers=150, interviewers=4, days=3)
    ground = shipped_campaign().ground
    found = compare([way("this_one")], ground, ["population", UNIMPORTANT], extent=extent, processes=1)
    matters, does_not = (one.of("this_one", "misread/could_not_follow") for one in found)
    assert matters is not None
    assert does_not is not None
    assert matters.mean > does_not.mean == 0


def truths(population: str) -> Iterator[float]:
    extent = Extent(seeds=2, numbers=400, interviewers=1, days=1)
    [found] = compare([way("this_one")], shipped_campaign().ground, [population], extent=extent, processes=1)
    for group in GROUPS:
        truth = found.of("this_one", f"truth/{group}")
        assert truth is not None
        yield truth.mean


def test_the_variants_shift_only_people_with_another_first_language() -> None:
    base, less, more = (list(truths(name)) for name in ("population", "dialect_less_content", "dialect_more_content"))
    assert less[0] == base[0] == more[0]
    assert all(low < middle < high for low, middle, high in zip(less[1:], base[1:], more[1:], strict=True))
