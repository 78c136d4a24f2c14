"""A case that nobody works on any more goes back to the queue."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.dialing.domain import LEASE
from app.dialing.models import Case
from app.dialing.queue import renew_lease
from app.dialing.tick import LONGEST_CALL, free_lapsed, promote_due, tick
from app.telephony.domain import CallEventKind, Ending
from tests.callers import AddCases, Caller

MOMENT = timedelta(seconds=1)


def test_a_lapsed_case_goes_back_and_is_served_again(ana_calls: Caller, bao_calls: Caller, case: Case) -> None:
    ana_calls.take()
    assert free_lapsed(ana_calls.session, now=ana_calls.at + LEASE) == 0
    assert free_lapsed(ana_calls.session, now=ana_calls.at + LEASE + MOMENT) == 1
    assert (case.state, case.holder_id, case.lease_until) == ("ready", None, None)
    assert bao_calls.take() is case


def test_work_renews_the_lease_once_in_half_of_it(session: Session, ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    lease = case.lease_until
    renew_lease(session, case, now=ana_calls.at + LEASE / 2)
    assert case.lease_until == lease
    renew_lease(session, case, now=ana_calls.at + LEASE / 2 + MOMENT)
    assert case.lease_until == ana_calls.at + LEASE * 1.5 + MOMENT
    assert free_lapsed(session, now=ana_calls.at + LEASE + MOMENT) == 0


def test_an_open_line_is_a_sign_of_life(session: Session, ana_calls: Caller, case: Case) -> None:
    ana_calls.report(ana_calls.dial(ana_calls.take()), CallEventKind.RINGING, CallEventKind.ANSWERED)
    assert free_lapsed(session, now=ana_calls.at + LEASE * 2) == 0
    assert case.state == "held"


def test_a_line_that_never_reported_its_end_does_not_hold_a_case_for_ever(
    session: Session, ana_calls: Caller, case: Case
) -> None:
    attempt = ana_calls.dial(ana_calls.take())
    assert free_lapsed(session, now=ana_calls.at + LONGEST_CALL + MOMENT) == 1
    assert (attempt.state, attempt.ending, attempt.outcome) == ("ended", "technical", "technical")


@pytest.mark.parametrize(
    ("ending", "code"), [(Ending.NO_ANSWER, "no_answer"), (Ending.HUNG_UP_BY_RESPONDENT, "technical")]
)
def test_a_call_left_uncoded_hinders_nobody(
    ana_calls: Caller, bao_calls: Caller, case: Case, *, ending: Ending, code: str
) -> None:
    attempt = ana_calls.call(ana_calls.take(), ending)
    bao_calls.wait(LEASE + MOMENT)
    assert (attempt.ending, attempt.outcome, case.attempts_counted) == (ending, code, 0)
    assert bao_calls.take() is case
    assert bao_calls.dial(case).id != attempt.id


def test_only_cases_whose_time_has_come_are_promoted(session: Session, ana_calls: Caller, add_cases: AddCases) -> None:
    later, now_due = add_cases("", "")
    later.due_at, now_due.due_at = ana_calls.at + MOMENT, ana_calls.at
    later.state = now_due.state = "waiting"
    session.flush()
    assert promote_due(session, now=ana_calls.at) == 1
    assert (later.state, now_due.state) == ("waiting", "ready")


def test_a_tick_done_twice_changes_nothing_more(session: Session, ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    evening = ana_calls.at + timedelta(hours=12)
    first, second = tick(session, now=evening), tick(session, now=evening)
    assert (first["pools"], first["freed"]) == (1, 1)
    assert set(second.values()) == {0}
