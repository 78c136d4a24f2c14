"""Programs check, publish and read questionnaires, and let a campaign ask another version."""

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.questionnaires.workbook import EXAMPLES
from tests.integration.conftest import SignInAs
from tests.stage import Survey

UPLOAD = {"file": ("form.xlsx", (EXAMPLES / "customer-satisfaction.xlsx").read_bytes())}


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def publish(browser: TestClient) -> int:
    reply = browser.post("/api/v1/questionnaires", files=UPLOAD, data={"name": "safety"})
    assert reply.status_code == 201, reply.text
    version_id: int = reply.json()["id"]
    return version_id


def test_a_check_tells_what_a_rehearsal_met_with(sue_at_work: TestClient) -> None:
    checked = sue_at_work.post("/api/v1/questionnaires/check", files=UPLOAD).json()
    assert (checked["languages"], checked["rehearsed"], checked["refusing"]) == (["en", "es"], 20, [])
    assert sue_at_work.get("/api/v1/questionnaires").json()["versions"] == []


def test_a_check_names_what_keeps_a_file_from_being_published(sue_at_work: TestClient) -> None:
    refused = sue_at_work.post("/api/v1/questionnaires/check", files={"file": ("form.xlsx", b"no workbook")})
    assert refused.status_code == 422


def test_a_version_is_read_with_its_screens_in_one_language(sue_at_work: TestClient, survey: Survey) -> None:
    address = f"/api/v1/questionnaires/{publish(sue_at_work)}"
    read = sue_at_work.get(address, params={"language": "es"}).json()
    assert (read["version"]["number"], read["language"], read["screens"][0]["number"]) == (2, "es", 1)
    assert sue_at_work.get(address, params={"language": "fr"}).status_code == 422


def test_a_campaign_asks_another_version_from_then_on(sue_at_work: TestClient, survey: Survey) -> None:
    version_id = publish(sue_at_work)
    address = f"/api/v1/campaigns/{survey.campaign.id}/questionnaire"
    assert sue_at_work.put(address, json={"version_id": version_id}).json() == {"version_id": version_id, "held": []}
    assert sue_at_work.get(address).json()["version_id"] == version_id
    assert sue_at_work.put(address, json={"version_id": 10**9}).status_code == 404
