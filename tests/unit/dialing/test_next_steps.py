"""What the rules make of a case after an outcome."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.domain import CallingHours
from app.campaigns.rule_book import default_rules, shipped_treatments
from app.campaigns.rules import Rules, read_rules
from app.campaigns.service import DAY_HOURS
from app.dialing import treatment
from app.dialing.domain import CaseState, Priority
from app.dialing.treatment import Dial, History, NextStep, next_step, tries_of

ZONE = "Asia/Shanghai"
MONDAY_NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
EVENINGS = {"monday": [["18:00", "21:00"]], "tuesday": [["18:00", "21:00"]]}


def rules(**changes: Any) -> Rules:
    document = default_rules(DAY_HOURS, attempts=8)
    for part, change in changes.items():
        document[part] = {**document[part], **change} if isinstance(change, dict) else change
    return read_rules(document)


def treated(**changes: dict[str, Any]) -> dict[str, Any]:
    """The shipped treatments, some of them changed."""
    return {code: {**was, **changes.get(code, {})} for code, was in shipped_treatments().items()}


def dial(
    outcome: str = "no_answer", at: datetime = MONDAY_NOON, *, rang: bool = True, position: int = 1, **more: Any
) -> Dial:
    book = rules()
    return Dial(at, position, outcome, rang, more.pop("answered", False), book.slice_at(at, ZONE), **more)


def step(*dials: Dial, book: Rules | None = None, now: datetime | None = None, **known: Any) -> NextStep:
    return next_step(History(dials, **known), book or rules(), time_zone=ZONE, now=now or dials[-1].at)


def days_apart(number: int, make: Callable[[datetime], Dial]) -> list[Dial]:
    return [make(MONDAY_NOON + timedelta(days=day)) for day in range(number)]


def test_a_closing_outcome_closes() -> None:
    found = step(dial("refused_hard", answered=True))
    assert (found.state, found.reason) == (CaseState.CLOSED, treatment.CLOSES)


def test_a_call_that_rang_counts() -> None:
    assert step(dial()).attempts_counted == 1


def test_a_call_that_never_rang_costs_nothing() -> None:
    assert step(dial("switched_off", rang=False)).attempts_counted == 0


def test_a_technical_failure_costs_nothing_even_on_the_last_attempt() -> None:
    tried = days_apart(7, lambda at: dial(at=at))
    found = step(*tried, dial("technical", at=tried[-1].at + timedelta(days=1)))
    assert (found.state, found.attempts_counted) == (CaseState.WAITING, 7)


@pytest.mark.parametrize(("tried", "state"), [(7, CaseState.WAITING), (8, CaseState.CLOSED)])
def test_the_last_allowed_attempt_closes_the_case(tried: int, state: CaseState) -> None:
    assert step(*days_apart(tried, lambda at: dial(at=at))).state == state


def test_a_line_that_never_rings_is_not_dialled_for_ever() -> None:
    dead = days_apart(24, lambda at: dial("switched_off", at=at, rang=False))
    assert step(*dead[:23]).state == CaseState.WAITING
    assert step(*dead).reason == treatment.TOO_MANY_DIALS


def test_another_lect_goes_at_once_and_costs_nothing() -> None:
    found = step(dial("other_lect", answered=True))
    assert (found.state, found.due_at, found.attempts_counted) == (CaseState.WAITING, MONDAY_NOON, 0)
    assert found.standing.contacted


def test_an_interview_that_was_begun_keeps_its_turn_in_another_lect() -> None:
    assert step(dial("other_lect", answered=True), interview_started=True).level == Priority.STARTED


def test_a_delay_into_the_night_ends_in_the_morning() -> None:
    found = step(dial("hung_up_opening", answered=True), book=rules(slices=(), treatments=treated()))
    assert found.due_at == MONDAY_NOON + timedelta(days=2)
    late = dial("call_later", MONDAY_NOON + timedelta(hours=7), answered=True)
    assert step(late).due_at == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def test_nobody_at_home_by_day_is_called_in_the_evening() -> None:
    found = step(dial())
    assert (found.due_at, found.reason) == (MONDAY_NOON + timedelta(hours=6), treatment.OTHER_SLICE)
    assert found.standing.is_uncovered


def test_a_slice_that_had_too_few_tries_comes_before_an_earlier_one() -> None:
    tried = [dial(), dial(at=MONDAY_NOON + timedelta(hours=7))]
    assert step(*tried).due_at == datetime(2026, 11, 28, 1, 0, tzinfo=UTC)  # Saturday


def test_a_slice_that_has_had_its_tries_gets_no_more_and_bounds_the_time_in_the_queue() -> None:
    slices = [{**part, "most": 1} for part in default_rules(DAY_HOURS, attempts=8)["slices"]]
    found = step(dial("call_later", answered=True), book=rules(slices=slices))
    assert found.due_at == MONDAY_NOON + timedelta(hours=6)
    assert found.ready_until == MONDAY_NOON + timedelta(hours=9)


def test_a_case_whose_slices_are_all_used_up_closes() -> None:
    slices = [{**part, "most": 1} for part in default_rules(DAY_HOURS, attempts=8)["slices"]]
    times = [MONDAY_NOON, MONDAY_NOON + timedelta(hours=7), MONDAY_NOON + timedelta(days=5)]
    found = step(*[dial(at=at) for at in times], book=rules(slices=slices))
    assert (found.state, found.reason) == (CaseState.CLOSED, treatment.SLICES_EXHAUSTED)


def test_nobody_is_called_more_often_a_day_than_the_rules_allow() -> None:
    tried = [dial("call_later", MONDAY_NOON + timedelta(hours=hours), answered=True) for hours in (0, 1, 2)]
    found = step(*tried)
    assert (found.due_at, found.reason) == (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), treatment.DAY_IS_FULL)


def test_a_busy_line_is_dialled_again_within_the_try_and_then_at_another_time() -> None:
    busy = [dial("busy", MONDAY_NOON + timedelta(minutes=25 * number), rang=False) for number in range(4)]
    for number in (1, 2, 3):
        found = step(*busy[:number])
        assert (found.due_at - busy[number - 1].at, found.reason) == (timedelta(minutes=25), treatment.REDIAL)
    assert step(*busy).reason == treatment.OTHER_SLICE
    assert step(*busy).due_at >= busy[-1].at + treatment.TRY_IS_OVER


def test_a_soft_refusal_is_tried_once_more_by_somebody_else_and_never_a_third_time() -> None:
    first = dial("refused_soft", answered=True)
    again = step(first)
    assert (again.state, again.bars_last) == (CaseState.WAITING, True)
    assert again.due_at >= MONDAY_NOON + timedelta(days=7)
    assert step(first, dial("refused_soft", again.due_at, answered=True)).reason == treatment.OUTCOME_TOO_OFTEN


def test_nobody_at_home_moves_on_to_the_next_number() -> None:
    assert step(dial(), numbers=3).position == 2
    assert step(dial(position=3), numbers=3).position == 1


def test_a_dead_number_closes_the_case_only_when_it_was_the_last() -> None:
    dead = dial("not_working", rang=False)
    assert (step(dead, numbers=2).state, step(dead, numbers=2).position) == (CaseState.WAITING, 2)
    assert step(dead, numbers=1).state == CaseState.CLOSED
    other = dial("not_working", rang=False, position=2)
    assert step(dead, other, numbers=2).state == CaseState.CLOSED


def test_a_number_that_has_had_its_tries_is_left_alone() -> None:
    book = rules(limits={"per_number": 1})
    assert step(dial("call_later", answered=True), book=book, numbers=2).position == 2
    assert step(dial(), dial(position=2), book=book, numbers=2).reason == treatment.NUMBERS_EXHAUSTED


def test_the_respondents_own_wish_is_kept() -> None:
    found = step(dial("call_later", answered=True), wish=CallingHours.read(EVENINGS))
    assert found.due_at == MONDAY_NOON + timedelta(hours=6)
    assert found.ready_until == MONDAY_NOON + timedelta(hours=9)


def test_a_holiday_has_no_calls() -> None:
    found = step(
        dial("call_later", MONDAY_NOON + timedelta(hours=8), answered=True), book=rules(holidays=["2026-11-24"])
    )
    assert found.due_at == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def test_an_unknown_lect_closes_only_after_as_many_calls_as_the_rules_say() -> None:
    unknown = days_apart(2, lambda at: dial("lect_unknown", at, answered=True))
    assert step(unknown[0]).state == CaseState.WAITING
    assert step(*unknown).reason == treatment.NOBODY_UNDERSTOOD


@pytest.mark.parametrize(("matched", "state"), [(True, CaseState.CLOSED), (False, CaseState.WAITING)])
def test_a_barrier_is_final_only_after_matched_calls(*, matched: bool, state: CaseState) -> None:
    barriers = days_apart(3, lambda at: dial("lect_household", at, answered=True, is_matched=matched))
    assert step(*barriers).state == state


CODES = st.sampled_from(sorted(shipped_treatments()))
DIALS = st.lists(st.tuples(CODES, st.booleans(), st.integers(0, 40)), min_size=1, max_size=30)


@given(DIALS, st.integers(1, 3))
def test_every_step_has_a_reason_lies_ahead_and_keeps_the_calling_hours(
    past: list[tuple[str, bool, int]], numbers: int
) -> None:
    at, dials = MONDAY_NOON, []
    for code, rang, hours in past:
        at += timedelta(hours=hours)
        dials.append(dial(code, at, rang=rang))
    book, found = rules(), step(*dials, numbers=numbers)
    assert found.reason
    assert found.due_at >= at
    assert found.attempts_counted == len(tries_of(History(tuple(dials)), book))
    if found.state == CaseState.WAITING and found.reason != treatment.OTHER_LECT:
        assert book.calling_hours.is_open(found.due_at, ZONE)
        assert found.attempts_counted < 8 or not book.treatments[dials[-1].outcome].costs_attempt
