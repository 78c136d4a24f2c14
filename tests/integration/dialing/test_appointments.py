"""A time that the respondent agreed to is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, InvalidInputError
from app.dialing.appointments import Agreed, book_appointment, open_appointment_of
from app.dialing.domain import AppointmentKind, Priority
from app.dialing.models import Appointment, Case, Pool
from app.dialing.score import LEVEL_STEP
from app.telephony.domain import Ending
from tests.callers import AddCases, Caller

HOUR = timedelta(hours=1)


@pytest.fixture
def talking(ana_calls: Caller, case: Case) -> Caller:
    """Ana, who has just talked with somebody."""
    ana_calls.call(ana_calls.take())
    return ana_calls


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (timedelta(0), "past"),
        (-HOUR, "past"),
        (timedelta(days=91), "more than 90 days away"),
        (HOUR * 12, "not allowed at this time where the respondent lives"),
    ],
)
def test_a_time_that_cannot_be_kept_is_refused(talking: Caller, case: Case, after: timedelta, *, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        talking.book(case, after)
    [fault] = caught.value.faults
    assert fault.where == "starts_at"
    assert message in fault.words()
    assert open_appointment_of(talking.session, case.id) is None


@pytest.mark.parametrize("lasts", [timedelta(0), -HOUR, timedelta(days=8)])
def test_a_period_that_is_none_is_refused(talking: Caller, case: Case, lasts: timedelta) -> None:
    starts_at = talking.at + HOUR
    agreed = Agreed(AppointmentKind.MEDIUM, starts_at, ends_at=starts_at + lasts)
    with pytest.raises(InvalidInputError) as caught:
        book_appointment(talking.session, case, agreed, person_id=talking.person.id, now=talking.at)
    assert [fault.where for fault in caught.value.faults] == ["ends_at"]


def test_only_the_holder_may_book(bao_calls: Caller, talking: Caller, case: Case) -> None:
    with pytest.raises(ConflictError):
        bao_calls.book(case, HOUR)


def test_a_later_booking_replaces_the_earlier_one(talking: Caller, case: Case) -> None:
    talking.book(case, HOUR)
    second = talking.book(case, HOUR * 2, kind="soft")
    assert talking.session.scalars(select(Appointment).where(Appointment.case_id == case.id)).all() == [second]


def test_the_outcome_needs_a_booking(talking: Caller, case: Case) -> None:
    with pytest.raises(InvalidInputError) as caught:
        talking.code(case, "appointment")
    assert [fault.where for fault in caught.value.faults] == ["starts_at"]


@pytest.mark.parametrize(
    ("kind", "level", "early"),
    [
        ("hard", Priority.HARD_APPOINTMENT, timedelta(minutes=2)),
        ("medium", Priority.MEDIUM_APPOINTMENT, timedelta(0)),
        ("soft", Priority.SOFT_APPOINTMENT, timedelta(0)),
    ],
)
def test_the_case_waits_for_the_time(
    talking: Caller, case: Case, kind: str, *, level: Priority, early: timedelta
) -> None:
    booked = talking.book(case, HOUR, kind=kind)
    talking.code(case, "appointment")
    assert (case.state, case.due_at) == ("waiting", booked.starts_at - early)
    assert case.priority // LEVEL_STEP == level


def test_an_appointment_that_is_due_comes_first(talking: Caller, case: Case, add_cases: AddCases) -> None:
    talking.book(case, HOUR)
    talking.code(case, "appointment")
    add_cases("", "", "")
    assert talking.take() is not case
    talking.wait(HOUR)
    assert talking.take() is case


def test_an_appointment_outlasts_the_last_attempt(talking: Caller, case: Case) -> None:
    talking.survey.change_rules(limits={"per_case": 1}, slices=[])
    talking.book(case, HOUR)
    talking.code(case, "appointment")
    assert (case.state, case.attempts_counted) == ("waiting", 1)


def test_an_appointment_in_a_lect_waits_for_who_speaks_it(talking: Caller, case: Case) -> None:
    talking.book(case, HOUR, lect="za")
    talking.code(case, "appointment")
    assert talking.session.get_one(Pool, case.pool_id).lect == "za"


def test_calling_as_agreed_keeps_the_appointment_whoever_answers(talking: Caller, case: Case) -> None:
    booked = talking.book(case, HOUR)
    talking.code(case, "appointment")
    talking.wait(HOUR)
    talking.call(talking.take(), Ending.NO_ANSWER)
    talking.code(case, "no_answer")
    assert (booked.kept_at, booked.kept_by) == (talking.at, talking.person.id)


def test_a_line_that_never_rang_keeps_nothing(talking: Caller, case: Case) -> None:
    booked = talking.book(case, HOUR)
    talking.code(case, "appointment")
    talking.wait(HOUR)
    talking.call(talking.take(), Ending.TECHNICAL, rings=False)
    talking.code(case, "technical")
    assert booked.kept_at is None


def test_an_old_appointment_is_no_new_one(talking: Caller, case: Case) -> None:
    talking.book(case, HOUR)
    talking.code(case, "call_later")
    talking.wait(HOUR * 4)
    talking.call(talking.take())
    with pytest.raises(InvalidInputError):
        talking.code(case, "appointment")
