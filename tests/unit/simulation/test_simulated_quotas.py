"""Quotas of a simulated campaign: seats are taken as in the product, and no cell overshoots."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaigns.outcomes import COMPLETE, OVER_QUOTA
from app.campaigns.rules import Weights
from app.dialing.routing import FULL_CELL
from app.quotas.domain import SEAT_LASTS
from app.quotas.plans import CellPlan, QuotaPlan
from app.simulation.comparison import run_job
from app.simulation.fieldwork import Fieldwork
from app.simulation.seats import SeatBook
from tests.unit.simulation.runs import CITIES, LECT, PHONE, VICTIM, by_area, job, small, worked

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TINY = small(numbers=90, interviewers=5, days=2, two_numbers=0.5)
VICTIMS = QuotaPlan("victims", (VICTIM,), (CellPlan(("1",), 3, 4), CellPlan(("0",), 8, 9)))
LECTS = QuotaPlan(
    "lects", (LECT, PHONE), (CellPlan(("cmn-x-putonghu", "mobile"), 9, 10), CellPlan(("yue", "mobile"), 2, 2))
)


def with_quotas(*quotas: QuotaPlan, seed: int = 1) -> Fieldwork:
    return worked(job(replace(TINY, quotas=quotas), seed=seed))


def completes(done: Fieldwork) -> int:
    return sum(case.outcome == COMPLETE for case in done.cases)


def test_the_last_place_is_given_once_and_found_again() -> None:
    book = SeatBook([by_area(1)])
    assert book.take(1, {"area": "450100"}, now=NOW)
    assert not book.take(2, {"area": "450103"}, now=NOW)
    assert book.take(1, {"area": "450100"}, now=NOW)
    book.release(1)
    assert book.take(2, {"area": "450103"}, now=NOW)


def test_a_seat_that_ran_out_is_for_whoever_comes_first() -> None:
    book = SeatBook([by_area(1)])
    book.take(1, {"area": "450100"}, now=NOW)
    book.expire(now=NOW + SEAT_LASTS)
    assert book.take(2, {"area": "450100"}, now=NOW + SEAT_LASTS)
    book.complete(1)
    assert [count.completes for _, count in book.counts()] == [0, 0, 0]


def test_what_no_cell_names_has_no_place() -> None:
    assert not SeatBook([by_area(9)]).take(1, {"area": "110100"}, now=NOW)
    assert SeatBook([VICTIMS]).take(1, {"area": "110100"}, now=NOW)  # not known yet


def test_full_in_one_quota_holds_nothing_in_the_other() -> None:
    book = SeatBook([by_area(5), VICTIMS])
    assert not book.take(1, {"area": "450100", "answer:victim": "98"}, now=NOW)
    assert sum(count.held for _, count in book.counts()) == 0


def test_a_cell_at_its_target_wants_nobody_new() -> None:
    book = SeatBook([by_area(2, target=1)])
    label = book.labels.label(area_code="450100", phone_kind="mobile")
    assert book.needs(Weights()).of(label) > 0
    book.take(1, {"area": "450100"}, now=NOW)
    book.complete(1)
    assert book.needs(Weights()).of(label) == FULL_CELL
    assert not book.is_filled


def test_without_quotas_everybody_is_wanted() -> None:
    book = SeatBook([])
    assert (book.needs(Weights()).of(""), book.is_filled, book.take(1, {}, now=NOW)) == (0, False, True)


@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.integers(0, 1), st.integers(0, 1), st.integers(1, 99))
@settings(max_examples=12, deadline=None)
def test_no_cell_overshoots(mosts: list[int], by_victim: int, by_lect: int, seed: int) -> None:
    cities = QuotaPlan(
        "cities", by_area(1).dimensions, tuple(CellPlan((c,), m, m) for c, m in zip(CITIES, mosts, strict=True))
    )
    done = with_quotas(cities, *[VICTIMS] * by_victim, *[LECTS] * by_lect, seed=seed)
    assert all(cell.count.completes + cell.count.held <= cell.count.most for cell in done.cells)
    counted = Counter(cell.quota for cell in done.cells for _ in range(cell.count.completes))
    assert counted["cities"] == completes(done)


def test_every_complete_lies_in_the_cell_of_its_area() -> None:
    done = with_quotas(by_area(6))
    found = Counter(case.sampled.unit.area[:4] for case in done.cases if case.outcome == COMPLETE)
    assert {cell.count.key[0]: cell.count.completes for cell in done.cells} == {city: found[city] for city in CITIES}


@pytest.mark.parametrize("city", CITIES)
def test_nobody_new_is_called_for_a_cell_that_is_reached(city: str) -> None:
    done = with_quotas(by_area(2), VICTIMS)
    mine = [served for served in done.served if done.cases[served.case_id - 1].sampled.unit.area.startswith(city)]
    ends = sorted(served.report.coded_at for served in mine if served.report.coded.code == COMPLETE)
    assert len(ends) == 2
    # The background work that shuts a pool runs every minute.
    assert max(served.at for served in mine) < ends[-1] + timedelta(minutes=1)
    assert len(mine) < len([case for case in done.cases if case.sampled.unit.area.startswith(city)])


def test_an_answer_that_leads_into_a_full_cell_ends_the_interview() -> None:
    done = with_quotas(QuotaPlan("victims", (VICTIM,), (CellPlan(("1",), 50, 50), CellPlan(("0",), 0, 0))))
    over = [case for case in done.cases if case.outcome == OVER_QUOTA]
    assert over
    for case in over:
        assert case.interview is not None
        assert case.interview.answers["victim"].value != "1"
        assert "told_how" not in case.interview.answers


def test_when_every_cell_has_its_target_everybody_goes_home() -> None:
    done = with_quotas(by_area(1))
    assert completes(done) == 3
    assert max(served.report.coded_at for served in done.served) < TINY.starts_at + timedelta(hours=5)
    assert done.desk_seconds < 5 * 5 * 3600


def test_the_figures_say_how_many_cells_were_reached() -> None:
    figures = run_job(job(replace(TINY, quotas=(by_area(1), VICTIMS))))["this_one"]
    assert (figures["quota cells"], figures["quota cells reached"]) == (5, 3)
    assert figures["quota filled"] == pytest.approx(100 * (1 - figures["quota missing"] / 14))
    assert figures["cell/cities: 4501"] == 1
