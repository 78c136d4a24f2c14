"""The rules over HTTP: read, replaced by a whole document, and every version with what it changed."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from tests.integration.api.conftest import Puller
from tests.integration.conftest import SignInAs
from tests.stage import Survey


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


@pytest.fixture
def path(survey: Survey) -> str:
    return f"/api/v1/campaigns/{survey.campaign.id}/rules"


def changed(document: dict[str, Any], minutes: int) -> dict[str, Any]:
    busy = {**document["treatments"]["busy"], "delay_minutes": minutes}
    return {**document, "treatments": {**document["treatments"], "busy": busy}}


def test_a_document_that_was_read_can_be_put_back_changed(sue_at_work: TestClient, path: str, sue: Person) -> None:
    rules = sue_at_work.get(path).json()
    body = {"document": changed(rules["document"], 40), "expected_version": rules["version"], "reason": "Busy lines"}
    reply = sue_at_work.put(path, json=body)
    assert reply.status_code == 200, reply.text
    newest, first = sue_at_work.get(f"{path}/versions").json()["data"]
    assert newest["changes"] == [{"where": "treatments.busy.delay_minutes", "before": 25, "after": 40}]
    assert (newest["version"], newest["made_by"], newest["reason"]) == (2, sue.id, "Busy lines")
    assert (first["version"], first["made_by"], first["changes"]) == (1, None, [])


def test_an_outdated_version_is_a_conflict(sue_at_work: TestClient, path: str) -> None:
    rules = sue_at_work.get(path).json()
    body = {"document": changed(rules["document"], 40), "expected_version": rules["version"], "reason": "Busy lines"}
    assert sue_at_work.put(path, json=body).status_code == 200
    assert sue_at_work.put(path, json=body).status_code == 409


@pytest.mark.parametrize(
    ("document", "where"),
    [({}, "treatments"), ({"hours": {"monday": [["25:00", "26:00"]]}}, "calling_hours.monday[1]")],
)
def test_a_document_that_cannot_be_used_names_its_fields(
    sue_at_work: TestClient, path: str, document: dict[str, Any], where: str
) -> None:
    reply = sue_at_work.put(path, json={"document": document, "expected_version": 1, "reason": "No reason"})
    assert reply.status_code == 422
    assert where in [fault["where"] for fault in reply.json()["errors"]]


def test_a_program_that_may_watch_reads_the_rules_and_changes_none(puller: Puller) -> None:
    rules = puller.read("rules")
    body = {"document": rules["document"], "expected_version": 1, "reason": "None"}
    address = f"/api/v1/campaigns/{puller.campaign_id}/rules"
    reply = puller.client.put(address, json=body, headers={"Authorization": f"Bearer {puller.token}"})
    assert reply.status_code == 403


def test_zoe_and_ana_read_no_rules(sign_in_as: SignInAs, path: str, ana: Person, zoe: Person) -> None:
    assert sign_in_as(ana).get(path).status_code == 403
    assert sign_in_as(zoe).get(f"{path}/versions").status_code == 404
