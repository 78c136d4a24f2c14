"""Every step of a case's life says which rule made it."""

from datetime import timedelta

from app.dialing.domain import LEASE
from app.dialing.models import Case
from app.dialing.trace import steps_of
from app.telephony.domain import Ending
from tests.callers import Caller


def test_each_step_has_its_reason_its_actor_and_its_state(ana_calls: Caller, case: Case) -> None:
    ana_calls.give_back(ana_calls.take())
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    steps = steps_of(ana_calls.session, case.id)
    assert [(step.kind, step.state) for step in steps] == [
        ("served", "held"),
        ("given_back", "ready"),
        ("served", "held"),
        ("dialled", "held"),
        ("coded", "waiting"),
    ]
    assert all(step.reason for step in steps)
    assert {step.actor for step in steps} == {f"person:{ana_calls.person.id}"}


def test_a_served_case_tells_why_it_and_why_this_person(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    [served] = steps_of(ana_calls.session, case.id)
    assert served.details == {
        "lect": "cmn-x-putonghu",
        "match": "full",
        "arm": "matched",
        "after_patience": False,
        "priority": case.priority,
        "quota_need": 0,
        "due_at": case.due_at.isoformat(),
    }
    assert served.reason == "It has the best score among the cases that this interviewer serves."


def test_a_waiting_case_tells_when_it_is_free(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    coded = steps_of(ana_calls.session, case.id)[-1]
    assert coded.details["due_at"] == (ana_calls.at + timedelta(hours=8)).isoformat()
    assert coded.details["attempts_counted"] == 1


def test_a_freed_case_tells_who_lost_it(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    ana_calls.wait(LEASE * 2)
    freed = steps_of(ana_calls.session, case.id)[-1]
    assert (freed.kind, freed.actor, freed.state) == ("freed", "system", "ready")
    assert freed.details == {"holder": ana_calls.person.id}
