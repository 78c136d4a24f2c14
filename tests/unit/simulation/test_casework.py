"""What becomes of one simulated case after a call: its lect, its next number, its place in the queue."""

from datetime import timedelta

import pytest

from app.campaigns.outcomes import LECT_UNKNOWN
from app.dialing.domain import CaseState, FactKind, Priority
from app.dialing.score import take_apart
from app.languages.domain import PUTONGHUA, UNDETERMINED, UNIDENTIFIED, Level
from app.simulation.call import CallReport, Coded
from app.simulation.cases import SimulatedCase
from app.simulation.casework import Casework
from app.simulation.comparison import people_of, world_of
from app.simulation.workers import Worker
from tests.unit.simulation.runs import job, small, way

TWO_NUMBERS = job(small(numbers=20, two_numbers=1.0))
NOW = TWO_NUMBERS.campaign.starts_at + timedelta(hours=1)
ANA = Worker(1, {PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS})
CASEWORK = Casework(world_of(TWO_NUMBERS, way()))


def opened() -> SimulatedCase:
    return CASEWORK.open(1, people_of(TWO_NUMBERS)[0], cell="", now=TWO_NUMBERS.campaign.starts_at)


def coded(case: SimulatedCase, code: str, *, lect: str | None = None, declared: str | None = None) -> SimulatedCase:
    is_answered = code not in {"no_answer", "not_working"}
    CASEWORK.finish(case, ANA, report_of(Coded(code, lect, declared), is_answered=is_answered))
    return case


def report_of(what: Coded, *, is_answered: bool = True) -> CallReport:
    return CallReport(NOW, NOW + timedelta(minutes=1), rang=True, answered=is_answered, coded=what)


def test_a_lect_that_nobody_could_tell_waits_for_whoever_takes_unknown_ones() -> None:
    assert opened().lect != UNDETERMINED
    assert coded(opened(), LECT_UNKNOWN, lect=UNIDENTIFIED).lect == UNDETERMINED


def test_what_was_stated_before_is_not_forgotten_when_a_call_is_not_understood() -> None:
    asked = coded(opened(), "other_lect", declared="yue")
    assert coded(asked, LECT_UNKNOWN, lect=UNIDENTIFIED).lect == "yue"


def test_a_lect_that_was_named_moves_the_case_at_no_cost() -> None:
    case = coded(opened(), "other_lect", declared="yue")
    assert (case.lect, case.state) == ("yue", CaseState.WAITING)
    assert case.facts[-1].kind is FactKind.DECLARED


@pytest.mark.parametrize("code", ["no_answer", "not_working"])
def test_the_second_number_is_tried_when_the_first_did_not_reach(code: str) -> None:
    case = coded(opened(), code)
    assert (case.state, case.position) == (CaseState.WAITING, 2)


def test_a_case_without_a_working_number_closes() -> None:
    case = coded(coded(opened(), "not_working"), "not_working")
    assert case.state == CaseState.CLOSED


def test_a_closed_case_ends_with_the_most_telling_of_its_calls() -> None:
    case = coded(opened(), "refused_soft")
    assert (case.outcome, case.state) == ("refused_soft", CaseState.WAITING)
    case = coded(coded(case, "not_working"), "not_working")
    assert (case.outcome, case.state) == ("not_working", CaseState.CLOSED)  # no such number outranks a refusal on it
    assert coded(coded(opened(), "refused_soft"), "suspected_fraud").outcome == "refused_soft"


def test_whoever_was_refused_does_not_get_the_case_again() -> None:
    assert coded(opened(), "refused_soft").barred == ANA.number
    assert coded(opened(), "no_answer").barred is None


def test_an_appointment_comes_before_what_has_none() -> None:
    case = opened()
    booked = NOW + timedelta(hours=2)
    CASEWORK.finish(case, ANA, report_of(Coded("appointment", booked_at=booked)))
    assert (case.due_at, take_apart(case.priority).level) == (booked, Priority.MEDIUM_APPOINTMENT)
