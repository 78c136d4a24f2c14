"""Why an interviewer has no case: each cause has a sentence of its own, and each case counts for one."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.dialing import causes
from app.dialing.domain import Arm
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.queue import NoCaseDueError
from app.staffing.models import Interviewer
from app.staffing.service import certify
from app.telephony.domain import Ending
from tests.callers import AddCases, Caller

HOUR = timedelta(hours=1)
SOUTHWESTERN = "cmn-x-xina1239"  # its speakers follow 普通话, so who interviews in that is a partial match


def told(caller: Caller) -> dict[str, int]:
    """Ask for a case in vain, after the pools have been counted anew."""
    caller.wait(timedelta(minutes=1))
    with pytest.raises(NoCaseDueError) as nothing:
        caller.take()
    return nothing.value.causes


def move_to(session: Session, case: Case, **conditions: object) -> None:
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, type(here)(**{**vars(here), **conditions}))
    session.flush()


def refuse(caller: Caller, case: Case) -> None:
    """The respondent says no for now; a week later anybody else may call."""
    caller.call(caller.take())
    caller.code(case, "refused_soft")
    caller.wait(case.due_at - caller.at)


def test_a_case_kept_for_somebody_is_no_foreign_lect(
    ana_calls: Caller, bao_calls: Caller, session: Session, case: Case
) -> None:
    move_to(session, case, person_id=bao_calls.person.id)
    assert told(ana_calls) == {causes.KEPT_FOR_OTHERS: 1}


def test_an_agreed_time_with_somebody_else_is_kept_for_them_while_it_waits(
    ana_calls: Caller, bao_calls: Caller, case: Case
) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.book(case, HOUR * 3, with_me=True)
    ana_calls.code(case, "appointment")
    assert told(bao_calls) == {causes.KEPT_FOR_OTHERS: 1}
    assert told(ana_calls) == {causes.NOT_DUE: 1}


def test_unknown_lects_are_kept_for_who_tells_them_apart(ana_calls: Caller, session: Session, case: Case) -> None:
    ana_calls.survey.change_rules(language={"unknown_lect": "triage"})
    move_to(session, case, lect="und")
    assert told(ana_calls) == {causes.FOR_TRIAGE: 1}
    session.add(Interviewer(person_id=ana_calls.person.id, does_triage=True))
    session.flush()
    assert ana_calls.take() is case


def test_a_partial_match_that_the_rules_keep_out_is_told_so(ana_calls: Caller, add_cases: AddCases) -> None:
    ana_calls.survey.change_rules(language={"serve_partial": False})
    add_cases(SOUTHWESTERN)
    assert told(ana_calls) == {causes.FULL_MATCHES_ONLY: 1}


def test_a_partial_match_waits_for_a_better_one(ana_calls: Caller, add_cases: AddCases) -> None:
    add_cases(SOUTHWESTERN)
    assert told(ana_calls) == {causes.BETTER_MATCH: 1}


def test_whoever_is_certified_for_nothing_is_told_that_first(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    first, _second = add_cases("粤语", "壮语")
    move_to(session, first, arm=Arm.RANDOM)
    certify(session, ana_calls.person.id, {})
    assert told(ana_calls) == {causes.NOT_CERTIFIED: 2}


def test_a_respondent_who_refused_is_for_somebody_else(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    refuse(ana_calls, case)
    assert told(ana_calls) == {causes.REFUSED_YOU: 1}
    bao_calls.at = ana_calls.at
    assert bao_calls.take() is case


def test_a_refusal_in_a_pool_of_partial_matches_is_told_too(ana_calls: Caller, add_cases: AddCases) -> None:
    [case] = add_cases(SOUTHWESTERN)
    ana_calls.wait(HOUR)
    refuse(ana_calls, case)
    assert told(ana_calls) == {causes.BETTER_MATCH: 1}
    ana_calls.wait(HOUR)
    assert told(ana_calls) == {causes.REFUSED_YOU: 1}


def test_at_night_a_refusal_matters_less_than_the_hour(ana_calls: Caller, case: Case) -> None:
    refuse(ana_calls, case)
    ana_calls.wait(HOUR * 12)
    assert told(ana_calls) == {causes.OUTSIDE_HOURS: 1}


def test_every_open_case_counts_once(
    ana_calls: Caller, bao_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    _foreign, kept, taken, _ = add_cases("苗语", "普通话", "粤语", "粤语")
    move_to(session, kept, person_id=bao_calls.person.id)
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    waiting = next(case for case in ana_calls.survey.cases() if case.state == "held")
    ana_calls.code(waiting, "no_answer")
    assert ana_calls.take() in {taken, *ana_calls.survey.cases()}
    expected = {causes.OTHER_LECT: 1, causes.KEPT_FOR_OTHERS: 1, causes.NOT_DUE: 1, causes.HELD: 1}
    assert told(ana_calls) == expected


def test_what_others_took_since_the_count_is_told_as_taken(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    add_cases("粤语")
    ana_calls.take()
    with pytest.raises(NoCaseDueError) as nothing:
        ana_calls.take()
    assert nothing.value.causes == {causes.TAKEN: 1}
