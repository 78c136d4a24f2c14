"""A supervisor uploads recorded greetings and hears them; the interviewer's screen has a key for them."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.clips import add_clip
from app.interviewing.models import ClipPlay
from app.languages.domain import PUTONGHUA
from app.telephony.emulator.recordings import humming
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

GREETING = b"".join(humming(3))


def upload(client: TestClient, survey: Survey, content: bytes) -> int:
    address = f"/campaigns/{survey.campaign.id}/clips"
    files = {"clip": ("greeting.mp3", content)}
    return client.post(address, data={"lect": PUTONGHUA}, files=files).status_code


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def test_a_greeting_is_uploaded_heard_and_ended(sue_at_work: TestClient, survey: Survey) -> None:
    address = f"/campaigns/{survey.campaign.id}/clips"
    assert upload(sue_at_work, survey, GREETING) == 303
    page = sue_at_work.get(address).text
    path = next(part for part in page.split('"') if part.startswith(address) and part.endswith("/sound"))
    assert sue_at_work.get(path).content == GREETING
    assert sue_at_work.post(f"{address}/end", data={"lect": PUTONGHUA}).status_code == 303
    assert "No greeting has been recorded" in sue_at_work.get(address).text


def test_a_wrong_file_is_explained(sue_at_work: TestClient, survey: Survey) -> None:
    assert upload(sue_at_work, survey, b"<html>") == 422
    reply = sue_at_work.post(f"/campaigns/{survey.campaign.id}/clips", data={"lect": PUTONGHUA})
    assert reply.status_code == 422
    assert "Choose a WAV or MP3 file." in reply.text


def test_nobody_hears_the_greetings_of_another_campaign(
    sue_at_work: TestClient, sign_in_as: SignInAs, zoe: Person, survey: Survey, other_campaign: object
) -> None:
    upload(sue_at_work, survey, GREETING)
    address = f"/campaigns/{survey.campaign.id}/clips"
    path = next(p for p in sue_at_work.get(address).text.split('"') if p.startswith(address) and p.endswith("/sound"))
    assert sign_in_as(zoe).get(path).status_code == 404


def test_the_opening_has_a_key_for_it_and_says_that_it_played(survey: Survey, desk: Desk) -> None:
    survey.change_rules(measures={"clip_share": 1.0})
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    assert "/desk/clip" not in desk.client.get("/desk").text
    add_clip(survey.session, survey.campaign, PUTONGHUA, content=GREETING, actor="system", now=survey.now)
    assert "/desk/clip" in desk.client.get("/desk").text
    page = desk.client.post("/desk/clip", data={"lect": PUTONGHUA}).text
    assert "only the respondent hears it" in page
    assert len(desk.network.played) == 1


def test_the_page_of_the_case_says_which_greeting_was_played_and_by_whom(
    survey: Survey, desk: Desk, sign_in_as: SignInAs, sue: Person, session: Session
) -> None:
    survey.change_rules(measures={"clip_share": 1.0})
    survey.add_numbers(("13977112345", "450100", "普通话"))
    add_clip(survey.session, survey.campaign, PUTONGHUA, content=GREETING, actor="system", now=survey.now)
    desk.reach()
    for _ in range(2):
        desk.post("clip", {"lect": PUTONGHUA})
    newest = select(func.max(ClipPlay.id)).scalar_subquery()
    session.execute(update(ClipPlay).where(ClipPlay.id == newest).values(problem="Nobody is on the line."))
    page = sign_in_as(sue).get(f"/campaigns/{survey.campaign.id}/cases/{survey.cases()[0].id}").text
    section = page.split('id="greetings"')[1].split("</section>")[0]
    assert (section.count("<td>Ana</td>"), section.count("Not heard"), section.count("Played")) == (2, 1, 1)
