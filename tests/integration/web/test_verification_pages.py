"""The public page needs no sign-in; what it says is written by a supervisor."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.dialing.codes import code_of, draw_code, spaced
from tests.callers import NANNING, NUMBERS
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

TOLD = {
    "organisation_zh": "某统计局",
    "organisation_en": "A statistics bureau",
    "survey_zh": "居民安全感调查",
    "survey_en": "Survey on public safety",
    "approval_number": "No. 12",
    "approved_until": "2027-06-30",
    "contact_zh": "12340",
    "contact_en": "",
    "starts_on": "",
    "ends_on": "",
}
ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}


@pytest.fixture
def address(survey: Survey) -> str:
    survey.add_numbers((NUMBERS[0], NANNING, "普通话"))
    return f"/campaigns/{survey.campaign.id}/identity"


def code_in(survey: Survey) -> str:
    return code_of(survey.session, survey.cases()[0].id) or ""


def test_a_supervisor_tells_the_public_who_asks(
    sign_in_as: SignInAs, sue: Person, session: Session, address: str
) -> None:
    client = sign_in_as(sue)
    assert client.post(address, data=TOLD).headers["location"] == address
    assert 'value="Survey on public safety"' in client.get(address).text
    assert "identity.changed" in session.scalars(select(AuditEntry.act)).all()
    assert "Survey on public safety" in client.get("/verify", headers=ENGLISH).text


def test_a_wrong_date_is_named_and_nothing_typed_is_lost(sign_in_as: SignInAs, sue: Person, address: str) -> None:
    reply = sign_in_as(sue).post(address, data=TOLD | {"starts_on": "soon"})
    assert reply.status_code == 422
    assert "Write a date like" in reply.text
    assert 'value="居民安全感调查"' in reply.text


def test_a_stranger_checks_a_code_without_signing_in(client: TestClient, survey: Survey, address: str) -> None:
    reply = client.post("/verify", data={"code": spaced(code_in(survey))}, headers=ENGLISH)
    assert "This code is ours" in reply.text
    assert NUMBERS[0][-4:] not in reply.text


def test_a_code_that_is_none_is_not_confirmed(client: TestClient, address: str) -> None:
    assert "We cannot confirm this code." in client.post("/verify", data={"code": draw_code()}, headers=ENGLISH).text
    assert "无法确认此核验码" in client.post("/verify", data={}, headers={"Accept-Language": "zh"}).text


def test_somebody_of_another_campaign_may_not_speak_for_ours(sign_in_as: SignInAs, zoe: Person, address: str) -> None:
    client = sign_in_as(zoe)
    api = address.replace("/campaigns", "/api/v1/campaigns")
    assert client.post(address, data=TOLD).status_code == 404
    assert client.put(api, json=TOLD | dict.fromkeys(("approved_until", "starts_on", "ends_on"))).status_code == 404


def test_a_program_reads_what_it_has_written(sign_in_as: SignInAs, sue: Person, address: str) -> None:
    client, api = sign_in_as(sue), address.replace("/campaigns", "/api/v1/campaigns")
    told = {**TOLD, "starts_on": None, "ends_on": None}
    assert client.put(api, json=told).json() == told
    assert client.get(api).json() == told


def test_the_interviewer_sees_the_code_to_read_out(desk: Desk, survey: Survey, address: str) -> None:
    desk.post("next-case")
    assert desk.show()["case"]["short_code"] == spaced(code_in(survey))
    assert spaced(code_in(survey)) in desk.client.get("/desk").text
