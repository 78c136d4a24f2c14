"""What a call makes of an appointment: kept at its time, superseded by a talk before it, still promised otherwise."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.dialing.appointments import IS_OPEN, open_appointment_of
from app.dialing.domain import CaseState, Priority
from app.dialing.models import Appointment, Case, Pool
from app.dialing.refusals import close_cases_of
from app.dialing.score import take_apart
from app.dialing.supervision import call_now
from app.dialing.trace import steps_of
from app.sampling.contacts import add_do_not_call
from app.sampling.models import PhoneNumber
from app.telephony.domain import Ending
from tests.callers import NUMBERS, Caller

HOUR = timedelta(hours=1)
EARLY = timedelta(seconds=120)


@pytest.fixture
def agreed(ana_calls: Caller, case: Case) -> Appointment:
    """The respondent wants to talk to Ana again, in five hours."""
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR * 5, with_me=True)
    ana_calls.code(case, "appointment")
    return booked


def call_early(caller: Caller, case: Case, ending: Ending = Ending.HUNG_UP_BY_US, *, rings: bool = True) -> None:
    """An hour later a supervisor wants the case called at once."""
    caller.wait(HOUR)
    call_now(caller.session, caller.survey.campaign, case.id, actor="person:1", now=caller.at)
    caller.call(caller.take(), ending, rings=rings)


def call_in_time(caller: Caller, booked: Appointment, ending: Ending = Ending.HUNG_UP_BY_US) -> None:
    """The case is called when its appointment says so."""
    caller.wait(booked.starts_at - caller.at)
    caller.call(caller.take(), ending, rings=ending != Ending.TECHNICAL)


def kinds(session: Session, case: Case) -> list[str]:
    return [step.kind for step in steps_of(session, case.id)]


def open_on_closed_cases(session: Session) -> int:
    counted = select(func.count()).join(Case, Case.id == Appointment.case_id).where(IS_OPEN, Case.state == "closed")
    return session.scalar(counted.select_from(Appointment)) or 0


def test_an_early_call_that_nobody_takes_leaves_the_promise_standing(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    call_early(ana_calls, case, Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    assert open_appointment_of(ana_calls.session, case.id) is agreed
    assert (case.state, case.due_at) == (CaseState.WAITING, agreed.starts_at - EARLY)
    assert take_apart(case.priority).level == Priority.HARD_APPOINTMENT
    assert ana_calls.session.get_one(Pool, case.pool_id).person_id == ana_calls.person.id
    call_in_time(ana_calls, agreed)
    ana_calls.code(case, "call_later")
    assert (agreed.kept_at, agreed.missed_at) == (ana_calls.at, None)


def test_whoever_picks_up_in_silence_has_not_talked(agreed: Appointment, ana_calls: Caller, case: Case) -> None:
    call_early(ana_calls, case)
    ana_calls.code(case, "silent_pickup")
    assert open_appointment_of(ana_calls.session, case.id) is agreed


def test_an_early_call_to_its_last_try_still_leaves_the_promise(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    ana_calls.survey.change_rules(limits={"per_case": 2}, slices=[])
    call_early(ana_calls, case, Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    assert (case.state, case.due_at) == (CaseState.WAITING, agreed.starts_at - EARLY)


def test_a_talk_before_the_time_supersedes_the_appointment(agreed: Appointment, ana_calls: Caller, case: Case) -> None:
    call_early(ana_calls, case)
    ana_calls.code(case, "call_later")
    assert (agreed.kept_at, agreed.superseded_at) == (None, ana_calls.at)
    assert case.due_at == ana_calls.at + HOUR * 4
    assert "superseded" in kinds(ana_calls.session, case)


def test_a_respondent_who_holds_to_the_time_is_called_then(agreed: Appointment, ana_calls: Caller, case: Case) -> None:
    call_early(ana_calls, case)
    ana_calls.code(case, "appointment")
    assert open_appointment_of(ana_calls.session, case.id) is agreed
    assert case.due_at == agreed.starts_at - EARLY


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [(Ending.HUNG_UP_BY_RESPONDENT, "refused_hard"), (Ending.HUNG_UP_BY_US, "do_not_call"),
     (Ending.NOT_WORKING, "not_working")],
)  # fmt: skip
def test_an_outcome_that_closes_the_case_ends_its_appointment(
    agreed: Appointment, ana_calls: Caller, case: Case, ending: Ending, *, outcome: str
) -> None:
    call_early(ana_calls, case, ending, rings=ending != Ending.NOT_WORKING)
    ana_calls.code(case, outcome)
    assert (case.state, agreed.superseded_at) == (CaseState.CLOSED, ana_calls.at)


def test_a_number_that_is_forbidden_elsewhere_ends_its_appointment(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    number = ana_calls.session.scalars(select(PhoneNumber)).one()
    assert close_cases_of(ana_calls.session, number.fingerprint, now=ana_calls.at) == 1
    assert open_on_closed_cases(ana_calls.session) == 0


def test_a_case_given_back_with_a_forbidden_number_ends_its_appointment(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    ana_calls.wait(agreed.starts_at - ana_calls.at)
    ana_calls.take()
    add_do_not_call(ana_calls.session, NUMBERS[0], "asked", region="CN", vault=ana_calls.survey.vault, added_by=None,
                    now=ana_calls.at)  # fmt: skip
    ana_calls.give_back(case)
    assert (case.state, open_on_closed_cases(ana_calls.session)) == (CaseState.CLOSED, 0)


def test_a_call_some_seconds_before_an_exact_time_keeps_it(agreed: Appointment, ana_calls: Caller, case: Case) -> None:
    ana_calls.wait(agreed.starts_at - EARLY - ana_calls.at)
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.at += timedelta(minutes=1)
    ana_calls.code(case, "no_answer")
    assert agreed.kept_at == agreed.starts_at - EARLY
    assert "kept" in kinds(ana_calls.session, case)


def test_a_line_that_fails_at_the_time_is_dialled_again_before_the_others(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    call_in_time(ana_calls, agreed, Ending.TECHNICAL)
    ana_calls.code(case, "technical")
    assert open_appointment_of(ana_calls.session, case.id) is agreed
    assert case.due_at == ana_calls.at + timedelta(minutes=10)
    assert take_apart(case.priority).level == Priority.HARD_APPOINTMENT


def test_a_new_time_agreed_in_the_promised_call_keeps_the_old_one(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    call_in_time(ana_calls, agreed)
    later = ana_calls.book(case, HOUR)
    ana_calls.code(case, "appointment")
    assert agreed.kept_at == ana_calls.at
    assert open_appointment_of(ana_calls.session, case.id) is later


def test_a_new_time_agreed_in_an_early_call_supersedes_the_old_one(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    call_early(ana_calls, case)
    later = ana_calls.book(case, HOUR)
    ana_calls.code(case, "appointment")
    assert (agreed.kept_at, agreed.superseded_at) == (None, ana_calls.at)
    assert open_appointment_of(ana_calls.session, case.id) is later


def test_a_no_that_follows_the_booking_in_one_call_takes_it_back(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR)
    ana_calls.code(case, "refused_soft")
    assert booked.superseded_at == ana_calls.at
    assert case.barred_id == ana_calls.person.id


def test_a_booked_time_is_waited_for_whatever_the_call_is_coded_as(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR, lect="za")
    ana_calls.code(case, "other_lect", lect="za")
    assert case.due_at == booked.starts_at - EARLY


def test_a_part_of_a_day_is_missed_when_it_is_over(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR, kind="medium")
    ana_calls.code(case, "appointment")
    ana_calls.wait(HOUR * 3)
    assert booked.missed_at is None
    ana_calls.wait(HOUR * 2)
    assert booked.missed_at == ana_calls.at
    assert open_appointment_of(ana_calls.session, case.id) is booked


def test_a_missed_appointment_is_kept_by_the_call_that_comes_late(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    ana_calls.wait(agreed.starts_at - ana_calls.at + timedelta(minutes=20))
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    assert agreed.missed_at is not None
    assert agreed.kept_at == ana_calls.at


def test_a_call_as_agreed_whose_caller_vanished_has_kept_the_time(
    agreed: Appointment, ana_calls: Caller, case: Case
) -> None:
    call_in_time(ana_calls, agreed, Ending.NO_ANSWER)
    called_at = ana_calls.at
    ana_calls.wait(timedelta(minutes=16))
    assert (case.state, agreed.kept_at, agreed.missed_at) == (CaseState.READY, called_at, None)
