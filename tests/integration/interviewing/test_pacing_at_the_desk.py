"""A case on the screen is dialled by the interviewer's key, after a while, or at once, as the rules say."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dialing.models import CaseEvent
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, Survey


def let(survey: Survey, mode: str) -> None:
    survey.change_rules(pacing={"mode": mode, "preview_seconds": 20})


def pace(desk: Desk) -> int | None:
    attempt_id: int | None = desk.post("pace")["attempt_id"]
    return attempt_id


def test_progressive_is_the_default_and_dials_at_once(desk: Desk, network: ScriptedNetwork) -> None:
    desk.post("next-case")
    assert desk.show()["pace"] == {"mode": "progressive", "seconds": 0.0}
    assert pace(desk) == network.placed[0]


def test_a_preview_is_dialled_when_its_time_is_over(desk: Desk, survey: Survey, network: ScriptedNetwork) -> None:
    let(survey, "preview")
    desk.post("next-case")
    desk.clock.advance(timedelta(seconds=15))
    assert (pace(desk), desk.show()["pace"]) == (None, {"mode": "preview", "seconds": 5.0})
    desk.clock.advance(timedelta(seconds=5))
    assert [pace(desk)] == network.placed


def test_in_manual_mode_only_the_interviewer_dials(desk: Desk, survey: Survey, network: ScriptedNetwork) -> None:
    let(survey, "manual")
    desk.post("next-case")
    desk.clock.advance(timedelta(minutes=5))
    assert (pace(desk), desk.show()["pace"]) == (None, {"mode": "manual", "seconds": None})
    assert network.placed == []
    desk.post("dial")
    assert len(network.placed) == 1


def test_asking_twice_dials_once(desk: Desk, network: ScriptedNetwork) -> None:
    desk.post("next-case")
    pace(desk)
    assert pace(desk) is None
    assert len(network.placed) == 1


def test_nobody_is_dialled_before_the_telephone_is_connected(desk: Desk, network: ScriptedNetwork) -> None:
    network.needs_line = True
    desk.post("next-case")
    assert pace(desk) is None
    assert network.placed == []


def test_without_a_case_there_is_nothing_to_dial(desk: Desk) -> None:
    desk.post("pace", refused=409)


def test_whoever_skips_a_preview_says_why(desk: Desk, survey: Survey, session: Session) -> None:
    let(survey, "preview")
    desk.post("next-case")
    refusal = desk.post("give-back", refused=422)
    assert "Say why you skip this case." in str(refusal)
    desk.post("give-back", {"why": "I know this person"})
    last = session.scalars(select(CaseEvent).order_by(CaseEvent.id.desc())).first()
    assert last is not None
    assert (last.kind, last.details) == ("given_back", {"why": "I know this person"})


@pytest.mark.parametrize("mode", ["manual", "progressive"])
def test_elsewhere_a_case_is_given_back_without_a_word(desk: Desk, survey: Survey, mode: str) -> None:
    let(survey, mode)
    desk.post("next-case")
    assert desk.post("give-back")["state"] == "ready"
