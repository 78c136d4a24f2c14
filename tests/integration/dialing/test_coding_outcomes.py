"""What a coded call makes of its case."""

from datetime import timedelta

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.dialing.models import Case
from app.dialing.score import LEVEL_STEP
from app.dialing.tick import tick
from app.telephony.domain import Ending
from tests.callers import Caller


def try_once(caller: Caller, case: Case, code: str, ending: Ending = Ending.NO_ANSWER) -> None:
    """Wait until the case is due, take it, call it and code it."""
    caller.at = max(caller.at, case.due_at)
    tick(caller.session, now=caller.at)
    caller.call(caller.take(), ending, rings=ending != Ending.BUSY)
    caller.code(case, code)


def test_a_code_stands_beside_what_the_line_did(ana_calls: Caller, case: Case) -> None:
    attempt = ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "rejected")
    assert (attempt.outcome, attempt.provisional_outcome, attempt.ending) == ("rejected", "no_answer", "no_answer")
    assert attempt.coded_at == ana_calls.at


def test_a_coded_case_is_let_go(ana_calls: Caller, case: Case) -> None:
    try_once(ana_calls, case, "no_answer")
    assert (case.state, case.outcome, case.attempts_counted) == ("waiting", "no_answer", 1)
    assert (case.holder_id, case.lease_until) == (None, None)
    assert case.due_at == ana_calls.at + timedelta(hours=8)  # another time slice: the evening


def test_a_busy_line_never_rang_and_costs_nothing(ana_calls: Caller, case: Case) -> None:
    try_once(ana_calls, case, "busy", Ending.BUSY)
    assert case.attempts_counted == 0


def test_the_attempts_run_out(ana_calls: Caller, case: Case) -> None:
    ana_calls.survey.change_rules(limits={"per_case": 2, "per_number": 2}, slices=[])
    try_once(ana_calls, case, "call_later", Ending.HUNG_UP_BY_RESPONDENT)
    try_once(ana_calls, case, "no_answer")
    assert (case.state, case.closed_at, case.attempts_counted) == ("closed", ana_calls.at, 2)
    assert case.outcome == "call_later"  # somebody was reached: that tells more than the silence after it


def test_somebody_reached_once_keeps_their_turn_after_a_call_in_vain(ana_calls: Caller, case: Case) -> None:
    ana_calls.survey.change_rules(weights={"slice": 0, "age": 0, "attempts": 0})
    try_once(ana_calls, case, "call_later", Ending.HUNG_UP_BY_RESPONDENT)
    before = case.priority
    try_once(ana_calls, case, "no_answer")
    assert 0 < before == case.priority < LEVEL_STEP


def test_coding_is_recorded_without_what_was_said(ana_calls: Caller, case: Case) -> None:
    try_once(ana_calls, case, "no_answer")
    chain = AuditEntry.chain == ana_calls.survey.campaign.id
    entry = ana_calls.session.scalars(select(AuditEntry).where(chain, AuditEntry.act == "attempt.coded")).one()
    assert entry.actor == f"person:{ana_calls.person.id}"
    assert entry.details["outcome"] == "no_answer"
    assert set(entry.details) == {"outcome", "provisional", "ending", "due_at", "attempts_counted"}
