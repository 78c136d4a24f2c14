"""A case tells what happens to it next and why, which rule holds it, and what has happened to it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.campaigns.rule_book import rules_of
from app.dialing.domain import Arm, CaseState, Priority
from app.dialing.explain import UnknownCaseError, explain_case, find_case
from app.dialing.explained import Explanation
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.score import DRAWS, take_apart
from app.dialing.sentences import in_english
from app.dialing.tick import tick
from app.interviewing.desk import go_ready
from app.languages.domain import Match
from app.telephony.domain import Ending
from tests.callers import AddCases, Caller


def told(caller: Caller, case: Case) -> Explanation:
    """The explanation as a supervisor would read it now."""
    caller.session.refresh(case)
    return explain_case(caller.session, case, now=caller.at)


def next_of(caller: Caller, case: Case) -> str:
    return in_english(told(caller, case).next_step)


def sit_down(caller: Caller) -> None:
    go_ready(caller.session, caller.person.id, caller.survey.campaign.id, now=caller.at)


def test_a_ready_case_nobody_serves_says_which_lect_is_missing(ana_calls: Caller, case: Case) -> None:
    assert next_of(ana_calls, case) == "It is ready, but nobody who is at work serves Standard Chinese (Putonghua)."


def test_a_ready_case_names_who_serves_it_and_how_well(
    ana_calls: Caller, bao_calls: Caller, add_cases: AddCases
) -> None:
    [case] = add_cases("壮语")
    sit_down(ana_calls)
    sit_down(bao_calls)
    turn = told(ana_calls, case).turn
    assert turn is not None
    assert [(server.who.display_name, server.match) for server in turn.servers] == [("Bao", Match.FULL)]
    assert turn.others_at_work == 1


def test_the_best_ready_case_is_next_and_the_second_stands_behind_it(ana_calls: Caller, add_cases: AddCases) -> None:
    sit_down(ana_calls)
    cases = sorted(add_cases("粤语", "粤语", "粤语"), key=lambda case: (-case.priority, case.due_at, case.id))
    assert [told(ana_calls, case).turn.before for case in cases] == [0, 1, 2]  # type: ignore[union-attr]
    assert next_of(ana_calls, cases[0]).startswith("It is the next case of its pool")
    assert (
        next_of(ana_calls, cases[2]) == "It is ready; 2 cases of its pool come before it, for 1 interviewers at work."
    )


def test_outside_the_calling_hours_it_says_when_calls_begin_again(ana_calls: Caller, case: Case) -> None:
    sit_down(ana_calls)
    ana_calls.at += timedelta(hours=12)  # 22:00 in Shanghai
    assert next_of(ana_calls, case) == (
        "It is ready, and calls begin again 2026-11-24T09:00+08:00. "
        "It is outside the calling hours where the respondent lives."
    )


def test_a_waiting_case_names_its_rule_and_its_time_in_the_respondents_zone(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    explained = told(ana_calls, case)
    due_at = case.due_at.astimezone(explained.due_at.tzinfo)
    assert explained.state == CaseState.WAITING
    assert explained.due_at == due_at
    assert in_english(explained.next_step).startswith("It waits until 2026-11-2")
    assert "called again" in in_english(explained.next_step)


def test_an_appointment_says_when_and_with_whom(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, timedelta(hours=3))
    booked.with_id = bao_calls.person.id
    ana_calls.code(case, "appointment")
    explained = told(ana_calls, case)
    assert explained.priority is not None
    assert explained.priority.level == Priority.HARD_APPOINTMENT
    assert explained.pool.kept_for is not None
    assert in_english(explained.next_step) == (
        f"It waits for its appointment with interviewer {bao_calls.person.id}: 2026-11-23T13:00+08:00."
    )


def test_a_held_case_says_who_has_it_and_until_when(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    explained = told(ana_calls, case)
    assert explained.holder is not None
    assert explained.holder.display_name == "Ana"
    assert explained.held_since == ana_calls.at
    assert f"interviewer {ana_calls.person.id} has it." in in_english(explained.next_step)


def test_a_closed_case_says_by_which_outcome_and_rule(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "refused_hard")
    explained = told(ana_calls, case)
    assert in_english(explained.next_step) == (
        "Closed 2026-11-23T10:00+08:00 as “Refused outright”, never called again in this campaign. "
        "The outcome closes the case."
    )
    assert explained.priority is None
    assert explained.turn is None


def test_each_served_step_tells_why_this_person(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    [served] = told(ana_calls, case).steps
    assert in_english(served.reason) == "It has the best score among the cases that this interviewer serves."
    [why] = served.remarks
    assert in_english(why).startswith(f"interviewer {ana_calls.person.id} interviews in")


def test_a_case_of_the_random_arm_says_that_chance_chose(ana_calls: Caller, session: Session, case: Case) -> None:
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, type(here)(**{**vars(here), "arm": Arm.RANDOM}))
    tick(session, now=ana_calls.at)
    ana_calls.take()
    [why] = told(ana_calls, case).steps[0].remarks
    assert "by chance, whatever the lect" in in_english(why)


def test_attempts_are_told_with_slice_match_and_whether_they_count(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    [attempt] = told(ana_calls, case).attempts
    assert attempt.outcome is not None
    assert attempt.time_slice is not None
    assert (attempt.outcome.code, attempt.time_slice.name_zh, attempt.match) == ("no_answer", "工作日白天", Match.FULL)
    assert (attempt.rang, attempt.counts, attempt.answered) == (True, True, False)


def test_the_parts_of_a_priority_add_up_to_its_score(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "silent_pickup")
    explained = told(ana_calls, case)
    assert explained.priority is not None
    parts = {part.name: part.points for part in explained.priority.parts}
    assert explained.priority.is_current
    assert abs(sum(parts.values()) - take_apart(case.priority).score) <= 2  # each part is rounded by itself
    assert parts["contact"] > 0
    assert explained.priority.draw < DRAWS


def test_the_first_priority_is_explained_too(ana_calls: Caller, case: Case) -> None:
    explained = told(ana_calls, case)
    assert explained.priority is not None
    assert explained.priority.is_current
    rules = rules_of(ana_calls.session, ana_calls.survey.campaign)
    assert explained.attempts_allowed == rules.limits.per_case


def test_no_sentence_keeps_an_empty_slot(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    ana_calls.give_back(ana_calls.take())
    ana_calls.call(ana_calls.take(), Ending.BUSY)
    ana_calls.code(case, "busy")
    ana_calls.wait(timedelta(hours=30))
    bao_calls.at = ana_calls.at
    bao_calls.call(bao_calls.take())
    bao_calls.code(case, "other_lect", lect="yue")
    explained = told(ana_calls, case)
    said = [in_english(s) for step in explained.steps for s in (step.reason, *step.remarks)]
    assert all(words and "%(" not in words and "…" not in words for words in said)
    assert explained.guess is not None
    assert explained.guess.lect.code == "yue"


@pytest.mark.parametrize("case_id", [0, -1, 2**63, 2**80])
def test_a_case_that_cannot_be_is_not_found(ana_calls: Caller, case: Case, case_id: int) -> None:
    with pytest.raises(UnknownCaseError):
        find_case(ana_calls.session, case.campaign_id, case_id)


def test_a_case_of_another_campaign_is_not_found(ana_calls: Caller, case: Case, zoe: Person, session: Session) -> None:
    grant_role(session, zoe, Role.SUPERVISOR, campaign_id=case.campaign_id, now=ana_calls.at)
    with pytest.raises(UnknownCaseError):
        find_case(session, case.campaign_id + 1, case.id)
