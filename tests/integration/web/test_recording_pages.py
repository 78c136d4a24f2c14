"""A supervisor writes the words of consent, sees what was recorded, and listens; the desk asks before it records."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import ConsentText
from app.core.privacy import Vault
from app.dialing.models import Attempt
from app.interviewing.models import Recording
from app.interviewing.shelf import Shelf, work_on_recordings
from app.languages.domain import PUTONGHUA
from app.telephony.emulator.recordings import humming
from app.telephony.scripted import ScriptedNetwork
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

WORDS = {"lect": PUTONGHUA, "text": "可以录音吗？"}
SOUND = b"".join(humming(3))


@pytest.fixture
def shelf(client: TestClient, vault: Vault, tmp_path: Path) -> Shelf:
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.shelf = Shelf(tmp_path, vault)
    return Shelf(tmp_path, vault)


@pytest.fixture
def stored(survey: Survey, desk: Desk, shelf: Shelf, session: Session, network: ScriptedNetwork) -> Recording:
    """A recording of three seconds of a call of Ana's."""
    survey.change_rules(recording={"mode": "consent"})
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    session.add(ConsentText(campaign_id=survey.campaign.id, version=1, made_by="x", made_at=survey.now, **WORDS))
    session.flush()
    desk.post("recording/consent", {"is_given": True, "lect": PUTONGHUA})
    due = {"state": "made", "made_at": survey.now, "seconds": 3, "next_try_at": survey.now}
    session.execute(update(Recording).values(due))
    network.files[network.recording[0]] = SOUND
    work_on_recordings(desk.client.app.state.make_session, network, shelf, now=survey.now)  # type: ignore[attr-defined]
    return session.scalars(select(Recording)).one()


def test_the_words_are_written_and_every_version_is_kept(
    sign_in_as: SignInAs, sue: Person, survey: Survey, session: Session
) -> None:
    client, address = sign_in_as(sue), f"/campaigns/{survey.campaign.id}/recordings"
    for text in ("可以录音吗？", "为了核查，可以录音吗？"):
        assert client.post(f"{address}/words", data=WORDS | {"text": text}).status_code == 303
    assert session.scalars(select(ConsentText.version).order_by(ConsentText.version)).all() == [1, 2]
    assert "为了核查，可以录音吗？" in client.get(address).text
    assert client.post(f"{address}/words", data=WORDS | {"text": "x" * 700}).status_code == 422


def test_a_supervisor_sees_what_was_recorded_and_listens(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey
) -> None:
    client, address = sign_in_as(sue), f"/campaigns/{survey.campaign.id}/recordings"
    page = client.get(address).text
    assert f"{address}/{stored.id}/sound" in page
    assert "twilio" not in page
    reply = client.get(f"{address}/{stored.id}/sound")
    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, "audio/wav", SOUND)


def test_the_page_of_a_case_has_the_recordings_of_its_own_calls(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey, session: Session
) -> None:
    survey.add_numbers(("13977112346", "450100", "普通话"))
    client, own = sign_in_as(sue), session.get_one(Attempt, stored.attempt_id).case_id
    player = f"/campaigns/{survey.campaign.id}/recordings/{stored.id}/sound"
    for case in survey.cases():
        page = client.get(f"/campaigns/{survey.campaign.id}/cases/{case.id}").text
        assert (player in page) == (case.id == own)
        assert ("Recordings of its calls" in page) == (case.id == own)


def test_the_page_of_a_case_offers_nothing_that_was_objected_to(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey, session: Session
) -> None:
    session.execute(update(Recording).values(is_unwanted=True))
    case_id = session.get_one(Attempt, stored.attempt_id).case_id
    page = sign_in_as(sue).get(f"/campaigns/{survey.campaign.id}/cases/{case_id}").text
    assert ("<audio" in page, "Being deleted" in page) == (False, True)


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-43", 206, SOUND[:44]),
        ("bytes=90000-", 206, SOUND[90_000:]),
        ("bytes=-10", 206, SOUND[-10:]),
        ("bytes=9000000-", 416, b""),
        ("bytes=0-1,5-6", 200, SOUND),
        ("lines=1-2", 200, SOUND),
    ],
)
def test_a_player_jumps_to_and_fro(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey, asked: str, status: int, part: bytes
) -> None:
    address = f"/api/v1/campaigns/{survey.campaign.id}/recordings/{stored.id}/sound"
    reply = sign_in_as(sue).get(address, headers={"Range": asked})
    assert (reply.status_code, reply.content) == (status, part)


def test_a_program_reads_what_was_recorded(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey
) -> None:
    told: Any = sign_in_as(sue).get(f"/api/v1/campaigns/{survey.campaign.id}/recordings").json()
    [row] = told["recordings"]
    assert (row["id"], row["state"], row["consent"], row["consent_version"]) == (stored.id, "stored", "given", 1)
    assert (told["words"], told["next_cursor"]) == ([{**WORDS, "version": 1}], None)


def test_neither_interviewers_nor_strangers_listen(
    stored: Recording, sign_in_as: SignInAs, ana: Person, zoe: Person, survey: Survey, other_campaign: Any
) -> None:
    path = f"/campaigns/{survey.campaign.id}/recordings/{stored.id}/sound"
    assert sign_in_as(ana).get(f"/api/v1{path}").status_code == 403
    assert sign_in_as(zoe).get(f"/api/v1{path}").status_code == 404
    theirs = f"/api/v1/campaigns/{other_campaign.id}/recordings/{stored.id}/sound"
    assert sign_in_as(zoe).get(theirs).status_code == 404


def test_a_lost_file_is_said_plainly(
    stored: Recording, sign_in_as: SignInAs, sue: Person, survey: Survey, shelf: Shelf
) -> None:
    shelf.remove(stored)
    reply = sign_in_as(sue).get(f"/api/v1/campaigns/{survey.campaign.id}/recordings/{stored.id}/sound")
    assert reply.status_code == 409
    assert "missing or damaged" in reply.json()["detail"]


def test_the_question_waits_until_consent_was_asked_for(survey: Survey, desk: Desk, session: Session) -> None:
    survey.change_rules(recording={"mode": "consent"})
    session.add(ConsentText(campaign_id=survey.campaign.id, version=1, made_by="x", made_at=survey.now, **WORDS))
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    page = desk.client.post("/desk/begin", data={"lect": PUTONGHUA}).text
    assert "可以录音吗？" in page
    assert 'name="sequence"' not in page
    page = desk.client.post("/desk/recording/consent", data={"lect": PUTONGHUA, "is_given": "true"}).text
    assert 'data-recording="running"' in page
    assert 'name="sequence"' in page
    assert 'data-recording="paused"' in desk.client.post("/desk/recording", data={"act": "pause"}).text
    assert 'data-recording="withdrawn"' in desk.client.post("/desk/recording/objection").text
