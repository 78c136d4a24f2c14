"""Simulated fieldwork: repeatable, blind to answers, and indifferent to policy where language plays no part."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from app.dialing.domain import CaseState, FactKind
from app.languages.domain import PUTONGHUA
from app.simulation.comparison import Job, people_of, run_job, world_of
from app.simulation.fieldwork import Fieldwork
from app.simulation.sample import Sampled
from tests.unit.simulation.runs import by_area, job, one_lect_everywhere, small_campaign, way, worked

POLICIES = ("this_one", "no_language", "standard_only")
JOB = job()


def alone(one: Job) -> Job:
    return replace(one, ways=one.ways[:1])


def calls(done: Fieldwork) -> list[tuple[object, ...]]:
    return [(served.at, served.case_id, served.worker, served.report) for served in done.served]


def with_others_opinions(people: tuple[Sampled, ...]) -> list[Sampled]:
    """Deal the people's opinions out anew; who they are and how they take a call stays."""
    opinions = [one.person.content for one in people]
    Random(7).shuffle(opinions)  # noqa: S311  a shuffle that can be repeated
    return [
        replace(one, person=replace(one.person, content=opinion)) for one, opinion in zip(people, opinions, strict=True)
    ]


def answers(done: Fieldwork) -> list[object]:
    return [case.interview and case.interview.answers.get("safety_overall") for case in done.cases]


def test_the_same_seed_gives_the_same_figures() -> None:
    assert run_job(alone(JOB)) == run_job(alone(JOB))


def test_another_seed_gives_other_people() -> None:
    assert run_job(alone(job(seed=2))) != run_job(alone(JOB))


@pytest.mark.parametrize("policy", POLICIES)
def test_other_opinions_change_the_answers_and_no_call(policy: str) -> None:
    one = job(replace(small_campaign(), quotas=(by_area(15),)))
    people = people_of(one)
    before, after = worked(one, people, policy=policy), worked(one, with_others_opinions(people), policy=policy)
    assert calls(before) == calls(after)
    assert answers(before) != answers(after)


def test_with_one_lect_everywhere_the_policies_are_the_same() -> None:
    one = job(one_lect_everywhere())
    first, *others = [calls(worked(one, policy=policy)) for policy in POLICIES]
    assert len(first) > 100
    assert all(other == first for other in others)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_case_is_lost_and_none_is_held_twice(policy: str) -> None:
    done = worked(JOB, policy=policy)
    assert {case.state for case in done.cases} <= {CaseState.READY, CaseState.WAITING, CaseState.CLOSED}
    for case in done.cases:
        mine = [served for served in done.served if served.case_id == case.id]
        assert len(mine) == len(case.dials)
        assert all(a.report.coded_at <= b.at for a, b in pairwise(mine))


def test_an_interviewer_works_on_one_call_at_a_time() -> None:
    done = worked(JOB)
    for worker in {served.worker for served in done.served}:
        mine = [served for served in done.served if served.worker == worker]
        assert all(a.report.coded_at <= b.at for a, b in pairwise(mine))


def test_what_is_spent_on_cases_is_what_was_spent_on_calls() -> None:
    done = worked(JOB)
    assert sum(case.seconds for case in done.cases) == pytest.approx(done.call_seconds)
    assert done.call_seconds < done.desk_seconds


def test_nobody_is_called_outside_the_calling_hours() -> None:
    hours = world_of(JOB, way()).rules.calling_hours
    # A case taken in the last minute is dialled within the seconds that its preview takes.
    assert all(hours.is_open(served.at, JOB.campaign.time_zone) for served in worked(JOB).served)


def test_a_named_lect_moves_the_case_to_that_lect() -> None:
    done = worked(JOB)
    named = {served.case_id: served.report.coded.declared for served in done.served if served.report.coded.declared}
    assert named
    for case in done.cases:
        if case.id in named:
            assert case.lect == named[case.id]
            assert any(fact.kind is FactKind.DECLARED for fact in case.facts)


def test_a_policy_without_language_knows_no_lect() -> None:
    done = worked(JOB, policy="no_language")
    assert {case.lect for case in done.cases} == {"und"}
    assert not any(case.facts for case in done.cases)


def test_standard_language_only_holds_no_interview_in_another_lect() -> None:
    used = {served.report.coded.used for served in worked(JOB, policy="standard_only").served}
    assert used == {None, PUTONGHUA}


def test_a_barrier_closes_where_only_the_standard_language_is_spoken() -> None:
    done = worked(JOB, policy="standard_only")
    barred = [case for case in done.cases if case.outcome in {"other_lect", "lect_unknown"}]
    assert barred
    assert all(case.state == CaseState.CLOSED for case in barred)
