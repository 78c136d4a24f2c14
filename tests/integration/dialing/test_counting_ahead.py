"""How many cases stand before one is told up to a bound, however long the queue."""

import pytest
from sqlalchemy.orm import Session

from app.dialing import turn
from app.dialing.explain import explain_case
from app.dialing.models import Case
from app.dialing.sentences import in_english
from app.interviewing.desk import go_ready
from tests.callers import AddCases, Caller


@pytest.fixture
def last_of_three(ana_calls: Caller, add_cases: AddCases) -> Case:
    go_ready(ana_calls.session, ana_calls.person.id, ana_calls.survey.campaign.id, now=ana_calls.at)
    return max(add_cases("粤语", "粤语", "粤语"), key=lambda case: (-case.priority, case.due_at, case.id))


def test_counting_stops_at_the_bound_and_says_so(
    session: Session, last_of_three: Case, ana_calls: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "MOST_COUNTED", 1)
    told = explain_case(session, last_of_three, now=ana_calls.at)
    assert told.turn is not None
    assert (told.turn.before, told.turn.is_more) == (1, True)
    assert (
        in_english(told.next_step)
        == "It is ready; more than 1 cases of its pool come before it, for 1 interviewers at work."
    )
