"""Recording at the desk: only with consent where the campaign asks for it, paused, ended and deleted on objection."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.consent import set_consent_text
from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.interviewing.keeping import begin_due_recordings
from app.interviewing.models import Recording, RecordingConsent
from app.languages.domain import PUTONGHUA
from app.telephony.gateway import GatewayError
from app.telephony.recorder import RecordingAct
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, Survey

WORDS = "为了核查质量，能否录音？"


@pytest.fixture
def asking(survey: Survey, session: Session) -> Survey:
    """A survey that records whoever agrees, with words in 普通话."""
    survey.change_rules(recording={"mode": "consent"})
    set_consent_text(session, survey.campaign, PUTONGHUA, text=WORDS, actor="system", now=survey.now)
    return survey


def say(desk: Desk, *, yes: bool, refused: int | None = None) -> Any:
    return desk.post("recording/consent", {"is_given": yes, "lect": PUTONGHUA}, refused=refused)


def shown(desk: Desk) -> Any:
    return desk.show()["recording"]


def steer(desk: Desk, act: str) -> int:
    return desk.client.patch("/api/v1/desk/recording", json={"act": act}).status_code


def begin_due(desk: Desk) -> int:
    app = desk.client.app
    assert isinstance(app, FastAPI)
    return begin_due_recordings(app.state.make_session, desk.network, now=desk.clock())


def test_nothing_is_recorded_where_the_campaign_does_not(desk: Desk, network: ScriptedNetwork) -> None:
    desk.reach()
    say(desk, yes=True, refused=409)
    assert (shown(desk), begin_due(desk), network.recording) == (None, 0, [])


def test_the_desk_shows_the_words_until_they_are_answered(asking: Survey, desk: Desk) -> None:
    desk.reach()
    card = shown(desk)
    assert (card["state"], card["text"], card["lect"]["tag"]) == ("to_ask", WORDS, PUTONGHUA)
    say(desk, yes=False)
    assert shown(desk)["state"] == "refused"


@pytest.mark.parametrize(("yes", "kind", "recordings"), [("yes", "given", 1), ("no", "refused", 0)])
def test_either_answer_is_kept_with_the_version_of_the_words(
    asking: Survey, desk: Desk, session: Session, yes: str, kind: str, recordings: int
) -> None:
    attempt_id = desk.reach()
    say(desk, yes=yes == "yes")
    said = session.scalars(select(RecordingConsent)).one()
    assert (said.attempt_id, said.kind, said.lect, said.text_version) == (attempt_id, kind, PUTONGHUA, 1)
    assert len(desk.network.recording) == recordings


def test_the_answer_belongs_to_the_words_that_were_read_though_they_were_changed_meanwhile(
    asking: Survey, desk: Desk, session: Session
) -> None:
    desk.reach()
    read = shown(desk)
    set_consent_text(session, asking.campaign, PUTONGHUA, text="可以录音吗？", actor="system", now=asking.now)
    desk.post("recording/consent", {"is_given": True, "lect": PUTONGHUA, "version": read["version"]})
    assert session.scalars(select(RecordingConsent.text_version)).one() == read["version"] == 1


def test_nobody_is_asked_without_words(survey: Survey, desk: Desk) -> None:
    survey.change_rules(recording={"mode": "consent"})
    desk.reach()
    say(desk, yes=True, refused=409)
    assert shown(desk)["state"] == "no_words"


def test_nobody_is_recorded_before_they_answer(asking: Survey, desk: Desk) -> None:
    desk.post("next-case")
    desk.post("dial")
    say(desk, yes=True, refused=409)
    assert desk.network.recording == []


def test_a_recording_is_paused_and_goes_on(asking: Survey, desk: Desk) -> None:
    desk.reach()
    say(desk, yes=True)
    states = [shown(desk)["state"]]
    for act in ("pause", "resume"):
        assert steer(desk, act) == 204
        states.append(shown(desk)["state"])
    assert states == ["running", "paused", "running"]
    assert [act for _name, act in desk.network.steered] == [RecordingAct.PAUSE, RecordingAct.RESUME]


def test_there_is_nothing_to_pause_without_a_recording(asking: Survey, desk: Desk) -> None:
    desk.reach()
    assert steer(desk, "pause") == 409


def test_an_objection_stops_and_marks_every_recording_of_the_case(asking: Survey, desk: Desk, session: Session) -> None:
    desk.reach()
    say(desk, yes=True)
    assert desk.post("recording/objection") == {"recordings": 1}
    recording = session.scalars(select(Recording)).one()
    assert (recording.is_unwanted, recording.next_try_at) == (True, desk.clock())
    assert [act for _name, act in desk.network.steered] == [RecordingAct.STOP]
    assert shown(desk)["state"] == "withdrawn"
    assert session.scalar(select(AuditEntry.subject).where(AuditEntry.act == "recording.objection"))
    desk.post("recording", refused=409)


def test_who_has_agreed_can_only_object(asking: Survey, desk: Desk) -> None:
    desk.reach()
    say(desk, yes=True)
    say(desk, yes=False, refused=409)


def test_every_call_is_recorded_from_the_answer_where_the_campaign_says_so(survey: Survey, desk: Desk) -> None:
    survey.change_rules(recording={"mode": "always"})
    desk.reach()
    assert shown(desk)["state"] == "soon"
    assert [begin_due(desk) for _ in range(2)] == [1, 0]
    assert (shown(desk)["state"], len(desk.network.recording)) == ("running", 1)


def test_whoever_objects_first_is_not_recorded(survey: Survey, desk: Desk) -> None:
    survey.change_rules(recording={"mode": "always"})
    desk.reach()
    desk.post("recording/objection")
    begin_due(desk)
    assert (shown(desk)["state"], desk.network.recording) == ("withdrawn", [])


def test_an_objection_outlasts_the_call_on_which_it_was_made(survey: Survey, desk: Desk) -> None:
    survey.change_rules(recording={"mode": "always"})
    desk.reach()
    desk.post("recording/objection")
    desk.post("hang-up")
    desk.post("outcome", {"code": "call_later"})
    desk.pass_time(timedelta(hours=7))
    desk.reach()
    assert (shown(desk)["state"], begin_due(desk), desk.network.recording) == ("withdrawn", 0, [])
    desk.post("recording", refused=409)


@pytest.mark.parametrize(
    "failure", [ConflictError("Nobody is on the line."), GatewayError("The provider refused.", permanent=True)]
)
def test_a_recording_that_does_not_begin_is_shown_and_tried_again(
    asking: Survey, desk: Desk, failure: Exception
) -> None:
    desk.reach()
    desk.network.refuses_recording_with = failure
    say(desk, yes=True)
    assert (shown(desk)["state"], shown(desk)["problem"]) == ("failed", str(failure))
    desk.network.refuses_recording_with = None
    desk.post("recording")
    assert shown(desk)["state"] == "running"


def test_a_beginning_that_nobody_knows_of_is_looked_for_soon(
    asking: Survey, desk: Desk, session: Session, make_session: SessionFactory
) -> None:
    desk.reach()
    desk.network.refuses_recording_with = GatewayError("silence", permanent=False, is_uncertain=True)
    say(desk, yes=True)
    recording = session.scalars(select(Recording)).one()
    assert (recording.state, shown(desk)["state"]) == ("asked", "asked")
    assert recording.next_try_at is not None
    assert (recording.next_try_at - desk.clock()).total_seconds() == 15
