"""A language barrier with a known lect goes to somebody who speaks it."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.dialing.domain import FactKind
from app.dialing.facts import facts_of, guess_of, state_fact
from app.dialing.models import Case, Pool
from app.dialing.queue import NoCaseDueError
from app.dialing.tick import COUNT_EVERY, tick
from app.languages.domain import PUTONGHUA, UNIDENTIFIED
from tests.callers import AddCases, Caller


def fail_to_follow(caller: Caller, lect: str) -> Case:
    """Reach somebody, hear another lect, code it, and let the scheduler run."""
    case = caller.take()
    caller.call(case)
    caller.code(case, "other_lect", lect=lect)
    tick(caller.session, now=caller.at)
    return case


def test_what_ana_could_not_hold_goes_to_bao_at_no_cost(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    assert fail_to_follow(ana_calls, "za") is case
    assert (case.state, case.attempts_counted) == ("ready", 0)
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    assert bao_calls.take() is case


def test_what_was_heard_is_kept_with_who_heard_it(ana_calls: Caller, case: Case) -> None:
    attempt = ana_calls.call(ana_calls.take())
    ana_calls.code(case, "other_lect", lect="za")
    heard = facts_of(ana_calls.session, case.id)[-1]
    assert (heard.kind, heard.lect, heard.source) == ("observed", "za", "outcome other_lect")
    assert (heard.actor, heard.attempt_id) == (f"person:{ana_calls.person.id}", attempt.id)


def test_a_wrong_word_of_the_list_does_not_bring_the_case_back(
    ana_calls: Caller, bao_calls: Caller, add_cases: AddCases
) -> None:
    [case] = add_cases("yue")
    fail_to_follow(ana_calls, "za")
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    assert bao_calls.take() is case


def test_a_lect_that_nobody_speaks_waits_where_it_is_seen(session: Session, ana_calls: Caller, case: Case) -> None:
    fail_to_follow(ana_calls, "ug")
    ana_calls.wait(COUNT_EVERY)
    assert session.get_one(Pool, case.pool_id).lect == "ug"
    with pytest.raises(NoCaseDueError) as caught:
        ana_calls.take()
    assert caught.value.causes == {"%(number)s cases need a lect that you do not interview in.": 1}


@pytest.mark.parametrize("lect", [None, UNIDENTIFIED, "und"])
def test_this_outcome_needs_a_lect_that_can_be_looked_for(ana_calls: Caller, case: Case, lect: str | None) -> None:
    ana_calls.call(ana_calls.take())
    with pytest.raises(InvalidInputError) as caught:
        ana_calls.code(case, "other_lect", lect=lect)
    assert [fault.where for fault in caught.value.faults] == ["lect"]
    assert case.state == "held"


def test_an_unknown_lect_is_tried_again_where_it_was(session: Session, ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "lect_unknown", lect=UNIDENTIFIED)
    assert (case.state, case.attempts_counted) == ("waiting", 0)
    assert guess_of(session, case).lect == PUTONGHUA


def test_the_respondents_own_word_outlasts_what_is_heard_later(session: Session, case: Case, ana_calls: Caller) -> None:
    for kind, lect in ((FactKind.DECLARED, "za"), (FactKind.OBSERVED, "yue")):
        state_fact(session, case, kind, lect=lect, confidence=1.0, source="call", actor="person:1", now=ana_calls.at)
    assert guess_of(session, case).lect == "za"
