"""A recording is played to those who interview with its version of the questionnaire, and to nobody else."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.questionnaires.models import QuestionnaireRecording
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

SOUND = b"ID3\x04\x00" + bytes(16)


@pytest.fixture
def address(session: Session, survey: Survey) -> str:
    """Where the recording of one question is."""
    version_id = survey.campaign.questionnaire_version_id
    session.add(QuestionnaireRecording(version_id=version_id, name="age.mp3", media_type="audio/mpeg", content=SOUND))
    session.flush()
    return f"/desk/recordings/{version_id}/age.mp3"


def test_an_interviewer_hears_it_and_the_browser_keeps_it(desk: Desk, address: str) -> None:
    reply = desk.client.get(address)
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, SOUND, "audio/mpeg")
    assert "immutable" in reply.headers["cache-control"]
    assert "private" in reply.headers["cache-control"]


def test_another_name_is_not_found(desk: Desk, address: str) -> None:
    assert desk.client.get(address.replace("age", "income")).status_code == 404
    assert desk.client.get("/desk/recordings/999999/age.mp3").status_code == 404


def test_whoever_does_not_interview_hears_nothing(address: str, sign_in_as: SignInAs, zoe: Person) -> None:
    assert sign_in_as(zoe).get(address).status_code == 403
