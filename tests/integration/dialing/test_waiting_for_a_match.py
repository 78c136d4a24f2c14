"""Match first: a worse match waits, an unknown lect goes to who tells lects apart, a share is given out at random."""

from datetime import timedelta

import pytest

from app.dialing.domain import Arm
from app.dialing.models import Case, Pool
from app.dialing.queue import NoCaseDueError
from app.staffing.models import Interviewer
from tests.callers import AddCases, Caller

SOUTHWESTERN = "cmn-x-xina1239"  # its speakers follow 普通话, so who interviews in that is a partial match


def test_a_worse_match_gets_the_case_only_after_the_patience(ana_calls: Caller, add_cases: AddCases) -> None:
    [case] = add_cases(SOUTHWESTERN)
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    ana_calls.wait(timedelta(minutes=29))
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    ana_calls.wait(timedelta(minutes=2))
    assert ana_calls.take() is case


def test_where_the_rules_forbid_it_a_worse_match_never_gets_it(ana_calls: Caller, add_cases: AddCases) -> None:
    ana_calls.survey.change_rules(language={"serve_partial": False})
    add_cases(SOUTHWESTERN)
    ana_calls.wait(timedelta(hours=4))
    with pytest.raises(NoCaseDueError):
        ana_calls.take()


def test_a_full_match_comes_before_a_worse_one_that_waited_longer(ana_calls: Caller, add_cases: AddCases) -> None:
    add_cases(SOUTHWESTERN)
    ana_calls.wait(timedelta(hours=1))
    [own] = add_cases("yue")
    assert ana_calls.take() is own


def test_an_unknown_lect_can_be_kept_for_triage(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    ana_calls.survey.change_rules(language={"unknown_lect": "triage", "unknown_tries": 3})
    ana_calls.session.add(Interviewer(person_id=bao_calls.person.id, does_triage=True))
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "lect_unknown", lect="mis")
    bao_calls.wait(timedelta(hours=2))
    ana_calls.at = bao_calls.at
    assert ana_calls.session.get_one(Pool, case.pool_id).lect == "und"
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    assert bao_calls.take() is case


def test_a_share_of_the_cases_is_given_out_whatever_the_lect(ana_calls: Caller, add_cases: AddCases) -> None:
    ana_calls.survey.change_rules(language={"random_share": 1.0})
    [case] = add_cases("za")
    assert ana_calls.take() is case
    attempt = ana_calls.call(case)
    assert (attempt.arm, attempt.match) == (Arm.RANDOM, "none")


def test_who_was_refused_does_not_get_the_case_again(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "refused_soft")
    bao_calls.wait(case.due_at - bao_calls.at)
    ana_calls.at = bao_calls.at
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    assert bao_calls.take() is case
