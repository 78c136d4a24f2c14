"""Who gets which case: match first, then turn; never two holders, never a shut pool."""

from datetime import timedelta

import pytest

from app.core.errors import ConflictError
from app.dialing.domain import CaseState
from app.dialing.models import Case
from app.dialing.queue import NoCaseDueError
from app.dialing.tick import COUNT_EVERY
from app.dialing.trace import steps_of
from tests.callers import AddCases, Caller


def test_a_case_goes_to_whoever_interviews_in_its_lect(
    add_cases: AddCases, ana_calls: Caller, bao_calls: Caller
) -> None:
    cantonese, zhuang = add_cases("粤语", "壮语")
    assert ana_calls.take() is cantonese
    assert bao_calls.take() is zhuang


def test_nobody_is_given_a_case_in_a_lect_they_do_not_interview_in(add_cases: AddCases, bao_calls: Caller) -> None:
    add_cases("粤语", "粤语")
    with pytest.raises(NoCaseDueError) as nothing:
        bao_calls.take()
    assert nothing.value.causes == {"%(number)s cases need a lect that you do not interview in.": 2}


def test_a_case_of_unknown_lect_is_served_after_a_matching_one(add_cases: AddCases, ana_calls: Caller) -> None:
    unknown, matching = add_cases("und", "粤语")
    assert [ana_calls.take(), ana_calls.take()] == [matching, unknown]


def test_a_started_interview_comes_before_everything_fresh(add_cases: AddCases, ana_calls: Caller) -> None:
    first, second = add_cases("普通话", "普通话")
    first.priority = 800
    second.priority = 200
    ana_calls.session.flush()
    assert ana_calls.take() is first


def test_a_held_case_is_held_by_one_and_shown_as_such(case: Case, ana_calls: Caller, bao_calls: Caller) -> None:
    assert ana_calls.take() is case
    assert (case.state, case.holder_id) == (CaseState.HELD, ana_calls.person.id)
    bao_calls.wait(COUNT_EVERY)
    with pytest.raises(NoCaseDueError) as nothing:
        bao_calls.take()
    assert nothing.value.causes == {"%(number)s cases are with an interviewer.": 1}


def test_outside_calling_hours_the_pools_are_shut(case: Case, ana_calls: Caller) -> None:
    ana_calls.wait(timedelta(hours=12))  # 22:00 in Nanning
    with pytest.raises(NoCaseDueError) as nothing:
        ana_calls.take()
    assert nothing.value.causes == {"%(number)s cases may not be called at this hour.": 1}
    ana_calls.wait(timedelta(hours=12))
    assert ana_calls.take() is case


def test_a_campaign_that_is_closed_gives_no_case(case: Case, ana_calls: Caller) -> None:
    ana_calls.survey.campaign.state = "closed"
    with pytest.raises(ConflictError, match="not open"):
        ana_calls.take()


def test_the_trace_says_why_this_case_and_why_this_person(case: Case, ana_calls: Caller) -> None:
    ana_calls.take()
    [served] = steps_of(ana_calls.session, case.id)
    assert (served.kind, served.actor) == ("served", f"person:{ana_calls.person.id}")
    assert {"lect", "match", "priority", "due_at"} <= served.details.keys()


def test_a_lapsed_lease_frees_the_case_and_says_so(case: Case, ana_calls: Caller, bao_calls: Caller) -> None:
    ana_calls.take()
    bao_calls.wait(timedelta(minutes=16))
    assert bao_calls.take() is case
    assert [step.kind for step in steps_of(bao_calls.session, case.id)] == ["served", "freed", "served"]
