"""A supervisor has a case called now."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.errors import ConflictError
from app.dialing.domain import CaseState, Priority
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.queue import NoCaseDueError
from app.dialing.score import take_apart
from app.dialing.supervision import call_now
from app.dialing.trace import steps_of
from app.sampling.contacts import add_do_not_call
from app.telephony.domain import Ending
from tests.callers import NUMBERS, AddCases, Caller

SUE = "person:1"


def now_please(caller: Caller, case: Case) -> Case:
    return call_now(caller.session, caller.survey.campaign, case.id, actor=SUE, now=caller.at)


def acts(session: Session, act: str) -> int:
    return session.scalar(select(func.count()).where(AuditEntry.act == act)) or 0


def test_a_waiting_case_is_served_at_once_and_first(ana_calls: Caller, add_cases: AddCases) -> None:
    add_cases("", "", "")
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    held = next(case for case in ana_calls.survey.cases() if case.state == CaseState.HELD)
    ana_calls.code(held, "no_answer")
    now_please(ana_calls, held)
    assert ana_calls.take().id == held.id
    assert take_apart(held.priority).level == Priority.SUPERVISOR


def test_the_act_is_in_the_trace_and_in_the_audit(ana_calls: Caller, case: Case) -> None:
    now_please(ana_calls, case)
    step = steps_of(ana_calls.session, case.id)[-1]
    assert (step.kind, step.actor, step.state) == ("called_now", SUE, "ready")
    assert step.reason == "A supervisor asked for it to be called now."
    assert acts(ana_calls.session, "case.called_now") == 1


def test_the_score_below_the_level_stays(ana_calls: Caller, case: Case) -> None:
    before = take_apart(case.priority)
    now_please(ana_calls, case)
    now_please(ana_calls, case)
    after = take_apart(case.priority)
    assert (after.level, after.score, after.draw) == (Priority.SUPERVISOR, before.score, before.draw)


def test_calling_hours_hold_for_a_supervisors_now_too(ana_calls: Caller, case: Case) -> None:
    ana_calls.wait(timedelta(hours=12))  # 22:00 in Shanghai
    now_please(ana_calls, case)
    with pytest.raises(NoCaseDueError):
        ana_calls.take()


def test_a_held_case_stays_with_its_interviewer(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    with pytest.raises(ConflictError, match="An interviewer has this case already"):
        now_please(ana_calls, case)


def test_a_closed_case_is_not_revived(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "do_not_call")
    with pytest.raises(ConflictError, match="closed"):
        now_please(ana_calls, case)


def test_a_number_that_may_not_be_called_is_not_revived(ana_calls: Caller, case: Case, sue: Person) -> None:
    add_do_not_call(
        ana_calls.session, NUMBERS[0], "asked", region="CN", vault=ana_calls.survey.vault, added_by=sue.id,
        now=ana_calls.at,
    )  # fmt: skip
    with pytest.raises(ConflictError, match="do-not-call"):
        now_please(ana_calls, case)


def test_a_case_kept_for_somebody_goes_to_anybody_of_the_lect(
    ana_calls: Caller, bao_calls: Caller, session: Session, case: Case
) -> None:
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, type(here)(**{**vars(here), "person_id": bao_calls.person.id}))
    now_please(ana_calls, case)
    assert ana_calls.take().id == case.id
