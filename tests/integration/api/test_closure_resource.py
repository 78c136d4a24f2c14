"""Lects that nobody serves over HTTP: listed for whoever watches, closed and opened by supervisors."""

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.dialing.models import Case
from tests.callers import NUMBERS
from tests.integration.conftest import SignInAs
from tests.stage import Survey

REASON = {"reason": "No speaker before the field ends."}


@pytest.fixture
def cases(survey: Survey) -> list[Case]:
    survey.add_numbers(*((number, "450100", "苗语") for number in NUMBERS[:3]))
    return survey.cases()


@pytest.fixture
def address(survey: Survey) -> str:
    return f"/api/v1/campaigns/{survey.campaign.id}/lect-closures"


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person, cases: list[Case]) -> TestClient:
    return sign_in_as(sue)


def test_a_lect_is_listed_closed_and_opened(sue_at_work: TestClient, address: str) -> None:
    [unstaffed] = sue_at_work.get(address).json()["unstaffed"]
    assert (unstaffed["lect"], unstaffed["cases"], unstaffed["lack"]["gap"]) == ("hmn", 3, "nobody_certified")
    closed = sue_at_work.post(address, json={"lect": "苗语", **REASON})
    assert closed.status_code == 201, closed.text
    assert (closed.json()["state"], closed.json()["closed_cases"]) == ("closed", 3)
    listed = sue_at_work.get(f"{address.removesuffix('lect-closures')}cases", params={"state": "closed"}).json()["data"]
    assert [row["outcome"] for row in listed] == ["no_interviewer"] * 3
    opened = sue_at_work.post(f"{address}/{closed.json()['id']}/reopen", json=REASON)
    assert (opened.json()["state"], opened.json()["reopened_cases"]) == ("reopened", 3)
    listed = sue_at_work.get(address).json()
    assert [closure["state"] for closure in listed["closures"]] == ["reopened"]


def test_a_lect_that_is_served_is_refused(sue_at_work: TestClient, address: str) -> None:
    assert sue_at_work.post(address, json={"lect": "yue", **REASON}).status_code == 409
    assert sue_at_work.post(address, json={"lect": "hmn", "reason": ""}).status_code == 422


def test_a_closure_of_another_campaign_is_not_found(
    sue_at_work: TestClient, address: str, survey: Survey, zoe: Person
) -> None:
    closure = sue_at_work.post(address, json={"lect": "hmn", **REASON}).json()["id"]
    other = address.replace(f"/{survey.campaign.id}/", f"/{survey.campaign.id - 1}/")
    assert sue_at_work.post(f"{other}/{closure}/reopen", json=REASON).status_code in {404, 409}
    assert sue_at_work.post(f"{address}/{closure + 1}/reopen", json=REASON).status_code == 404


def test_only_supervisors_of_the_campaign_close_and_open(
    sign_in_as: SignInAs, address: str, cases: list[Case], ana: Person, zoe: Person
) -> None:
    for person, status in ((ana, 403), (zoe, 404)):
        client = sign_in_as(person)
        assert client.get(address).status_code == status
        assert client.post(address, json={"lect": "hmn", **REASON}).status_code == status
        assert client.post(f"{address}/1/reopen", json=REASON).status_code == status
