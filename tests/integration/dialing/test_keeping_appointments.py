"""Who calls at the agreed time, who may when that one does not, and what respondents wish for every later call."""

from datetime import timedelta

import pytest

from app.core.errors import InvalidInputError
from app.dialing.appointments import open_appointment_of
from app.dialing.models import Appointment, Case
from app.dialing.outcomes import Coding, code_outcome
from app.dialing.queue import NoCaseDueError
from app.dialing.trace import steps_of
from app.dialing.wishes import Wish
from tests.callers import Caller

HOUR = timedelta(hours=1)


@pytest.fixture
def agreed(ana_calls: Caller, case: Case) -> Appointment:
    """The respondent wants to talk to Ana again, in an hour."""
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR, with_me=True)
    ana_calls.code(case, "appointment")
    return booked


def code_with(caller: Caller, case: Case, wish: Wish) -> None:
    coding = Coding(code="call_later", wish=wish)
    code_outcome(caller.session, caller.dialled(case), coding, vault=caller.survey.vault, now=caller.at)


def test_at_first_only_who_was_asked_for_may_call(
    agreed: Appointment, ana_calls: Caller, bao_calls: Caller, case: Case
) -> None:
    bao_calls.wait(agreed.starts_at - bao_calls.at)
    with pytest.raises(NoCaseDueError):
        bao_calls.take()
    ana_calls.at = bao_calls.at
    assert ana_calls.take() is case


def test_later_anybody_of_the_lect_may(agreed: Appointment, bao_calls: Caller, case: Case) -> None:
    bao_calls.wait(agreed.starts_at - bao_calls.at + timedelta(minutes=3))
    assert bao_calls.take() is case
    assert "handed_over" in [step.kind for step in steps_of(bao_calls.session, case.id)]


def test_a_missed_appointment_is_noted_once_and_the_case_stays_first(
    agreed: Appointment, bao_calls: Caller, case: Case
) -> None:
    bao_calls.wait(agreed.starts_at - bao_calls.at + timedelta(minutes=11))
    bao_calls.wait(timedelta(minutes=1))
    assert agreed.missed_at is not None
    assert [step.kind for step in steps_of(bao_calls.session, case.id)].count("missed") == 1
    assert open_appointment_of(bao_calls.session, case.id) is agreed
    assert bao_calls.take() is case


def test_a_wish_holds_for_every_later_call(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    code_with(ana_calls, case, Wish.EVENINGS)
    assert case.due_at.hour == 10  # 18:00 in Nanning
    ana_calls.wait(case.due_at - ana_calls.at)
    assert case.state == "ready"
    ana_calls.wait(timedelta(hours=3))
    assert (case.state, case.due_at.hour) == ("waiting", 10)


def test_a_wish_for_hours_without_calls_is_refused(ana_calls: Caller, case: Case) -> None:
    ana_calls.survey.change_rules(hours={"saturday": [], "sunday": []}, slices=[])
    ana_calls.call(ana_calls.take())
    with pytest.raises(InvalidInputError) as caught:
        code_with(ana_calls, case, Wish.WEEKENDS)
    assert [fault.where for fault in caught.value.faults] == ["wish"]
