"""An interviewer's way through a case, over HTTP."""

import pytest

from app.languages.domain import PUTONGHUA
from tests.stage import Desk, Survey

NANNING = "450100"


@pytest.fixture(autouse=True)
def one_case(survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, ""))


def test_a_whole_interview_becomes_a_response(desk: Desk, survey: Survey) -> None:
    desk.reach()
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    [case] = survey.cases()
    survey.session.refresh(case)
    assert finished["finished_as"] == "complete"
    assert (case.state, case.outcome, case.holder_id) == ("closed", "complete", None)
