"""A supervisor calls a case now, and gives up those that nobody of the campaign can interview."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.audit.models import AuditEntry
from app.core.errors import ConflictError, InvalidInputError
from app.dialing import supervision
from app.dialing.domain import Arm, CaseState, Priority
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.queue import NoCaseDueError
from app.dialing.score import take_apart
from app.dialing.supervision import call_now, close_for_want_of_staff
from app.dialing.trace import steps_of
from app.languages.domain import Level
from app.sampling.contacts import add_do_not_call
from app.staffing.service import certify
from app.telephony.domain import Ending
from tests.callers import NUMBERS, AddCases, Caller

SUE = "person:1"


def now_please(caller: Caller, case: Case) -> Case:
    return call_now(caller.session, caller.survey.campaign, case.id, actor=SUE, now=caller.at)


def give_up(caller: Caller, lect: str) -> int:
    return close_for_want_of_staff(caller.session, caller.survey.campaign, lect, actor=SUE, now=caller.at)


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


def test_a_lect_nobody_speaks_closes_its_cases_with_the_right_outcome(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    certify(session, ana_calls.person.id, {"yue": Level.CONVERSES, "cmn-x-putonghu": Level.INTERVIEWS})
    spoken, missing = add_cases("普通话", "粤语")
    assert give_up(ana_calls, "粤语") == 1
    session.expire_all()
    assert (missing.state, missing.outcome, spoken.state) == (CaseState.CLOSED, "no_interviewer", CaseState.READY)
    assert steps_of(session, missing.id)[-1].kind == "closed"
    assert acts(session, "cases.closed_for_want_of_staff") == 1


def test_many_cases_are_closed_batch_by_batch(
    ana_calls: Caller, session: Session, add_cases: AddCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "BATCH", 2)
    certify(session, ana_calls.person.id, {"cmn-x-putonghu": Level.INTERVIEWS})
    add_cases(*["粤语"] * 5)
    assert give_up(ana_calls, "yue") == 5
    assert give_up(ana_calls, "yue") == 0


def test_a_lect_that_somebody_interviews_in_is_not_given_up(ana_calls: Caller, add_cases: AddCases) -> None:
    add_cases("粤语")
    with pytest.raises(ConflictError, match="1 interviewers of the campaign"):
        give_up(ana_calls, "粤语")


def test_speakers_of_another_campaign_do_not_count(
    ana_calls: Caller, session: Session, zoe: Person, add_cases: AddCases
) -> None:
    certify(session, ana_calls.person.id, {"cmn-x-putonghu": Level.INTERVIEWS})
    certify(session, zoe.id, {"yue": Level.INTERVIEWS})
    add_cases("粤语")
    assert give_up(ana_calls, "粤语") == 1
    grant_role(session, zoe, Role.INTERVIEWER, campaign_id=ana_calls.survey.campaign.id, now=ana_calls.at)
    with pytest.raises(ConflictError):
        give_up(ana_calls, "粤语")


def test_a_case_on_a_screen_and_one_of_the_random_arm_stay(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    held, random = add_cases("粤语", "粤语")
    held = ana_calls.take()
    random = next(case for case in ana_calls.survey.cases() if case.id != held.id)
    here = conditions_of(session.get_one(Pool, random.pool_id))
    random.pool_id = pool_for(session, type(here)(**{**vars(here), "arm": Arm.RANDOM}))
    certify(session, ana_calls.person.id, {"cmn-x-putonghu": Level.INTERVIEWS})
    assert give_up(ana_calls, "粤语") == 0
    assert (held.state, random.state) == (CaseState.HELD, CaseState.READY)


def test_unknown_lects_are_no_want_of_staff(ana_calls: Caller) -> None:
    with pytest.raises(InvalidInputError):
        give_up(ana_calls, "und")
