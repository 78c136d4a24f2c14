"""Supply against demand: nothing is lost in spreading, and nobody is in two places."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialing.supply import (
    Backlog,
    Field,
    Gap,
    Span,
    Speaker,
    gap_of,
    hours_of,
    match_for,
    share_out,
    spread,
)
from app.languages.domain import Level, Match, Understanding

ZONE = "Asia/Shanghai"
TEN = datetime(2026, 11, 23, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOBODY_FOLLOWS = Understanding([])
HALF_FOLLOWED = Understanding([("za", "yue", 0.8)])
HOURS = st.floats(0, 50)
GROUPS = st.dictionaries(st.frozensets(st.sampled_from("abcd"), max_size=3), HOURS, max_size=6)
WANTED = st.dictionaries(st.sampled_from("abcd"), HOURS, max_size=4)


def spans(*open_hours: float) -> list[Span]:
    begins = [TEN + HOUR * i for i in range(len(open_hours))]
    return [
        Span(at, at + HOUR, {ZONE: hours}, ((at, at + HOUR * hours),))
        for at, hours in zip(begins, open_hours, strict=True)
    ]


def speaker(number: int, *lects: str, at: int = 0, hours: int = 4, triage: bool = False) -> Speaker:
    levels = dict.fromkeys(lects, Level.INTERVIEWS)
    return Speaker(number, levels, triage, ((TEN + HOUR * at, TEN + HOUR * (at + hours)),) if hours else ())


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(-5, 8), st.integers(0, 500)), max_size=12),
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=8),
)
def test_spreading_loses_no_case_and_calls_nobody_before_its_time(
    parts: list[tuple[str, int, int]], hours: list[float]
) -> None:
    columns = spans(*hours)
    for lect, due, cases in parts:
        row = spread([Backlog(lect, ZONE, TEN + HOUR * due, cases)], columns)[lect]
        assert sum(row) == pytest.approx(cases if due < len(hours) else 0)
        assert all(number == 0 for number in row[: max(due, 0)])
        assert min(row) >= 0


def test_a_shut_hour_gets_nothing_and_half_an_hour_gets_half() -> None:
    row = spread([Backlog("za", ZONE, TEN, 30)], spans(1.0, 0.0, 0.5))["za"]
    assert row == pytest.approx([20, 0, 10])


def test_what_no_hour_may_call_is_still_seen() -> None:
    assert spread([Backlog("za", "Asia/Tokyo", TEN, 7)], spans(1.0, 1.0)) == {"za": [0.0, 7.0]}


@given(GROUPS, WANTED)
def test_shared_hours_are_never_more_than_there_are_or_than_wanted(
    supply: Mapping[frozenset[str], float], wanted: Mapping[str, float]
) -> None:
    given_out = share_out(supply, wanted)
    assert all(-1e-6 <= hours <= wanted[lect] + 1e-6 for lect, hours in given_out.items())
    assert sum(given_out.values()) <= sum(hours for group, hours in supply.items() if group & wanted.keys()) + 1e-6


@given(GROUPS, WANTED)
def test_no_other_sharing_gives_more(supply: Mapping[frozenset[str], float], wanted: Mapping[str, float]) -> None:
    """Hall's condition: the hours given are as many as the tightest set of lects lets through."""
    lects = sorted(wanted)
    sets = [{lect for i, lect in enumerate(lects) if number >> i & 1} for number in range(2 ** len(lects))]
    bound = min(
        sum(hours for group, hours in supply.items() if group & chosen)
        + sum(hours for lect, hours in wanted.items() if lect not in chosen)
        for chosen in sets
    )
    assert sum(share_out(supply, wanted).values()) == pytest.approx(bound, abs=1e-5)


def test_who_speaks_two_lects_goes_where_nobody_else_can() -> None:
    supply = {frozenset({"a"}): 2.0, frozenset({"a", "b"}): 2.0}
    assert share_out(supply, {"a": 2.0, "b": 2.0}) == {"a": 2.0, "b": 2.0}


def test_the_lect_with_the_fewest_hours_on_offer_is_served_first() -> None:
    supply = {frozenset({"a", "b"}): 4.0, frozenset({"a"}): 4.0}
    assert share_out(supply, {"a": 20.0, "b": 20.0}) == {"a": 4.0, "b": 4.0}


def test_a_backlog_that_can_wait_makes_no_shortage() -> None:
    field = Field(spans(1.0), [speaker(1, "za", hours=1)], NOBODY_FOLLOWS, pace=10)
    staffing = field.staffing({"za": 500.0}, {"za": 10.0})["za"]
    assert (staffing.hours_needed, staffing.hours_missing, staffing.gap) == (50, 0, None)


def test_earlier_hours_are_taken_back_for_another_lect() -> None:
    supply = {frozenset({"a", "b"}): 2.0, frozenset({"a", "c"}): 2.0}
    assert share_out(supply, {"a": 2.0, "b": 2.0, "c": 0.0}) == {"a": 2.0, "b": 2.0, "c": 0.0}


@pytest.mark.parametrize(
    ("one", "lect", "anyone", "match"),
    [
        (speaker(1, "za"), "za", True, Match.FULL),
        (speaker(1, "yue"), "za", True, Match.PARTIAL),
        (speaker(1, "yue"), "wuu", True, Match.NONE),
        (speaker(1, "yue"), "und", True, Match.FULL),
        (speaker(1, "yue"), "und", False, Match.NONE),
        (speaker(1, "yue", triage=True), "und", False, Match.FULL),
        (Speaker(1, {"za": Level.CONVERSES}, does_triage=True), "za", True, Match.NONE),
    ],
)
def test_who_serves_a_lect(one: Speaker, lect: str, *, anyone: bool, match: Match) -> None:
    assert match_for(one, lect, HALF_FOLLOWED, anyone_unknown=anyone) is match


def test_hours_count_only_where_calls_are_allowed() -> None:
    assert hours_of(speaker(1, "za", at=1, hours=2), spans(1.0, 0.5, 0.0, 1.0)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("speakers", "gap"),
    [
        ([], Gap.NOBODY_CERTIFIED),
        ([speaker(1, "yue")], Gap.NOBODY_CERTIFIED),
        ([speaker(1, "za", hours=0)], Gap.NOBODY_ROSTERED),
        ([speaker(1, "za", hours=1)], Gap.TOO_FEW_HOURS),
        ([speaker(1, "za", hours=2)], None),
    ],
)
def test_what_is_missing_is_named(speakers: list[Speaker], gap: Gap | None) -> None:
    field = Field(spans(1.0, 1.0), speakers, NOBODY_FOLLOWS, pace=10)
    assert field.staffing({"za": 20.0}, {"za": 20.0})["za"].gap is gap


def test_hours_of_two_lects_are_used_once() -> None:
    field = Field(spans(1.0, 1.0), [speaker(1, "za", "yue", hours=2)], NOBODY_FOLLOWS, pace=10)
    due = {"za": 20.0, "yue": 20.0}
    staffing = field.staffing(due, due)
    assert sum(row.hours_missing for row in staffing.values()) == pytest.approx(2)


def test_a_cell_counts_appointments_and_who_is_on_duty() -> None:
    field = Field(spans(1.0, 1.0), [speaker(1, "za", hours=1), speaker(2, "yue", hours=2)], HALF_FOLLOWED)
    first, second = field.cells("za", [3.0, 1.5], [TEN, TEN + HOUR / 2, TEN + HOUR])
    assert (first.appointments, first.due, first.full, first.partial) == (2, 5.0, 1, 1)
    assert (second.appointments, second.due, second.full, second.partial) == (1, 2.5, 0, 1)


def test_where_no_partial_match_is_served_none_is_counted() -> None:
    field = Field(spans(1.0), [speaker(2, "yue")], HALF_FOLLOWED, serves_partial=False)
    assert field.cells("za", [1.0], [])[0].partial == 0


def test_nothing_missing_is_no_gap() -> None:
    assert gap_of(1, 1.0, 0.0) is None
