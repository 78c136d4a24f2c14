"""The recording of a question is played into the call, so that the respondent hears a native speaker."""

import re
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.interviewing.models import InterviewMark
from app.languages.domain import PUTONGHUA
from app.telephony.emulator.recordings import humming
from app.telephony.scripted import ScriptedNetwork
from tests.recorded_form import ask_with_recordings
from tests.stage import Desk, Survey

SPOKEN = b"".join(humming(1))
OGG = b"OggS" + bytes(64)


@pytest.fixture
def asked(desk: Desk, survey: Survey) -> int:
    """An interview in 粤语 at its first question, which has a recording; returns the attempt."""
    files = {"residence.wav": SPOKEN, "age.ogg": OGG}
    ask_with_recordings(survey.session, survey.campaign, files, now=survey.now)
    attempt_id = desk.reach()
    desk.post("interview", {"lect": "yue"})
    return attempt_id


def test_the_respondent_hears_it_and_the_interview_keeps_that(
    desk: Desk, asked: int, network: ScriptedNetwork, session: Session
) -> None:
    desk.post("question/play")
    [(attempt_id, address)] = network.played
    assert (attempt_id, desk.client.get(address).content) == (asked, SPOKEN)
    [mark] = session.query(InterviewMark).all()
    assert (mark.kind, mark.question, mark.lect) == ("audio", "residence", "yue")


def test_its_address_is_good_for_nothing_else(desk: Desk, asked: int, network: ScriptedNetwork) -> None:
    desk.post("question/play")
    address = network.played[0][1]
    for other in (address.replace("residence.wav", "age.ogg"), re.sub(r"key=.", "key=!", address)):
        assert desk.client.get(other).status_code == 404


def test_what_is_not_heard_is_not_noted(desk: Desk, asked: int, network: ScriptedNetwork, session: Session) -> None:
    network.refuses_sound_with = ConflictError("Nobody is on the line.")
    desk.post("question/play", refused=409)
    assert session.query(InterviewMark).all() == []


def test_a_question_that_is_no_longer_on_the_screen_is_not_played(desk: Desk, asked: int) -> None:
    uid = desk.show()["interview_uid"]
    desk.post("question/play", {"question": "residence", "interview_uid": uid})
    desk.post("question/play", {"question": "age"}, refused=409)
    desk.post("question/play", {"question": "residence", "interview_uid": str(uuid4())}, refused=409)
    assert len(desk.network.played) == 1


def test_a_lect_without_a_recording_is_said(desk: Desk, asked: int) -> None:
    desk.post("interview", {"lect": PUTONGHUA})
    assert "no recording in this lect" in desk.post("question/play", refused=409)["detail"]


def test_a_recording_that_telephones_do_not_take_is_said(desk: Desk, asked: int) -> None:
    desk.post("answers", {"question": "residence", "codes": ["1"], "client_sequence": 1})
    assert ".mp3 or .wav" in desk.post("question/play", refused=409)["detail"]
