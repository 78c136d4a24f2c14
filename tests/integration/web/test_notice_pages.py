"""A supervisor writes the messages before the call and sees what became of them."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import NoticeText
from tests.callers import NANNING, NUMBERS
from tests.integration.conftest import SignInAs
from tests.stage import Survey

WORDS = {"lect": "cmn-x-putonghu", "script": "Hans", "text": "{organisation}将致电。核验码{code}"}


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def test_every_version_of_a_text_is_kept(sue_at_work: TestClient, survey: Survey, session: Session) -> None:
    address = f"/campaigns/{survey.campaign.id}/notices"
    sue_at_work.post(address, data=WORDS)
    sue_at_work.post(address, data=WORDS | {"text": "{organisation}：{code}"})
    assert session.scalars(select(NoticeText.version).order_by(NoticeText.version)).all() == [1, 2]
    page = sue_at_work.get(address).text
    assert "{organisation}：{code}" in page
    assert "将致电" not in page


def test_a_wrong_text_is_named_and_not_lost(sue_at_work: TestClient, survey: Survey) -> None:
    reply = sue_at_work.post(f"/campaigns/{survey.campaign.id}/notices", data=WORDS | {"text": "{name}，您好"})
    assert reply.status_code == 422
    assert "There is nothing to fill {name} with." in reply.text
    assert "{name}，您好</textarea>" in reply.text


def test_a_program_writes_a_text_and_reads_the_counts(sue_at_work: TestClient, survey: Survey) -> None:
    survey.change_rules(measures={"notice_share": 1.0})
    survey.add_numbers((NUMBERS[0], NANNING, ""), (NUMBERS[1], NANNING, ""))
    written = sue_at_work.put(f"/api/v1/campaigns/{survey.campaign.id}/notices", json=WORDS).json()
    assert written == {
        "texts": [{**WORDS, "version": 1, "parts": 1}],
        "counts": [{"state": "planned", "reason": None, "notices": 2}],
    }
    assert "Waits for its turn" in sue_at_work.get(f"/campaigns/{survey.campaign.id}/notices").text


def test_somebody_of_another_campaign_writes_no_message_of_ours(
    sign_in_as: SignInAs, zoe: Person, survey: Survey
) -> None:
    assert sign_in_as(zoe).post(f"/campaigns/{survey.campaign.id}/notices", data=WORDS).status_code == 404
