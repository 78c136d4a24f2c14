"""The time after a call: the screen counts it, and the server holds to it where it is fixed."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import InvalidInputError
from app.languages.domain import PUTONGHUA
from app.telephony.domain import CallEventKind, Ending
from tests.stage import Desk, Survey


def interviewed(desk: Desk) -> Any:
    """Hold a whole interview and hang up; returns the desk."""
    desk.reach()
    desk.post("interview", {"lect": PUTONGHUA})
    desk.interview(PUTONGHUA)
    desk.post("hang-up")
    return desk.show()


def nobody_answers(desk: Desk) -> Any:
    desk.post("next-case")
    desk.post("dial")
    desk.network.let(desk.network.placed[-1], CallEventKind.ENDED, at=desk.clock(), ending=Ending.BUSY)
    desk.deliver()
    return desk.show()


def test_by_default_an_interviewer_takes_the_time_they_need(desk: Desk) -> None:
    assert interviewed(desk)["wrap_up"] == {"mode": "open", "seconds": None, "holds": False, "yields": False}


def test_the_screen_says_when_the_outcome_is_saved_by_itself(desk: Desk, survey: Survey) -> None:
    survey.change_rules(wrap_up={"mode": "timed", "seconds": 30})
    assert interviewed(desk)["wrap_up"] == {"mode": "timed", "seconds": 30.0, "holds": False, "yields": False}
    desk.clock.advance(timedelta(seconds=12))
    assert desk.show()["wrap_up"]["seconds"] == 18.0
    desk.post("outcome", {"code": "complete"})
    assert desk.show()["wrap_up"] is None


def test_nothing_is_saved_before_a_fixed_time_is_over(desk: Desk, survey: Survey) -> None:
    survey.change_rules(wrap_up={"mode": "fixed", "seconds": 30})
    assert interviewed(desk)["wrap_up"]["holds"] is True
    assert "in 29 s" in desk.post("outcome", {"code": "complete"}, refused=409)["detail"]
    desk.clock.advance(timedelta(seconds=30))
    desk.post("outcome", {"code": "complete"})
    assert desk.show()["state"] == "ready"


def test_a_call_that_nobody_answered_is_no_reason_to_rest(desk: Desk, survey: Survey) -> None:
    survey.change_rules(wrap_up={"mode": "fixed", "seconds": 30})
    assert nobody_answers(desk)["wrap_up"] == {"mode": "fixed", "seconds": 5.0, "holds": False, "yields": True}
    desk.post("outcome", {"code": "busy"})


@pytest.mark.parametrize("seconds", [4, 901])
def test_the_time_has_its_bounds(survey: Survey, seconds: int) -> None:
    with pytest.raises(InvalidInputError) as refused:
        survey.change_rules(wrap_up={"mode": "timed", "seconds": seconds})
    assert [fault.where for fault in refused.value.faults] == ["wrap_up.seconds"]
