"""Questionnaires on the screen: every version, every screen of one, and a check before anything is published."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.campaigns.models import Campaign
from app.questionnaires.models import QuestionnaireVersion
from app.questionnaires.workbook import EXAMPLES
from tests.integration.conftest import MakePerson, SignInAs
from tests.stage import Survey


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def workbook(name: str = "customer-satisfaction.xlsx") -> dict[str, tuple[str, bytes]]:
    return {"questionnaire": (name, (EXAMPLES / name).read_bytes())}


def versions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(QuestionnaireVersion)) or 0


def test_a_version_shows_every_screen_in_the_language_that_was_chosen(sue_at_work: TestClient, survey: Survey) -> None:
    address = f"/questionnaires/{survey.campaign.questionnaire_version_id}"
    page = sue_at_work.get(address, params={"language": "en"}).text
    assert "Very dissatisfied" in page
    assert "好唔满意" not in page
    assert "${eligible} = &#39;1&#39;" in page
    assert "好唔满意" in sue_at_work.get(address, params={"language": "yue"}).text


def test_a_language_that_the_form_lacks_is_said_to_be_missing(sue_at_work: TestClient, survey: Survey) -> None:
    address = f"/questionnaires/{survey.campaign.questionnaire_version_id}"
    assert sue_at_work.get(address, params={"language": "fr"}).status_code == 404


def test_checking_shows_the_screens_and_publishes_nothing(sue_at_work: TestClient, session: Session) -> None:
    reply = sue_at_work.post("/questionnaires/check", files=workbook(), data={"language": "es", "name": "Kept name"})
    assert reply.status_code == 200
    assert 'id="screen-' in reply.text
    assert 'lang="es"' in reply.text
    assert 'value="Kept name"' in reply.text
    assert versions(session) == 0


def test_a_screen_that_is_open_already_gets_only_what_came_of_the_check(sue_at_work: TestClient) -> None:
    reply = sue_at_work.post("/questionnaires/check", files=workbook(), headers={"HX-Request": "true"})
    assert reply.text.lstrip().startswith('<div id="checked"')


@pytest.mark.parametrize("address", ["/questionnaires/check", "/questionnaires"])
def test_a_file_that_is_no_workbook_is_refused_and_named(
    sue_at_work: TestClient, session: Session, address: str
) -> None:
    reply = sue_at_work.post(address, files={"questionnaire": ("form.xlsx", b"no workbook")}, data={"name": "A"})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert versions(session) == 0


def test_publishing_leads_to_the_new_version(sue_at_work: TestClient, session: Session) -> None:
    reply = sue_at_work.post("/questionnaires", files=workbook(), data={"name": "Customers"})
    version = session.scalars(select(QuestionnaireVersion)).one()
    assert reply.headers["location"] == f"/questionnaires/{version.id}"
    assert "Customers" in sue_at_work.get("/questionnaires").text


def test_without_a_name_nothing_is_published(sue_at_work: TestClient, session: Session) -> None:
    reply = sue_at_work.post("/questionnaires", files=workbook(), data={"name": " "})
    assert reply.status_code == 422
    assert versions(session) == 0


def test_who_supervises_one_campaign_sees_what_it_asks_and_publishes_nothing(
    sign_in_as: SignInAs, zoe: Person, survey: Survey
) -> None:
    browser = sign_in_as(zoe)
    page = browser.get("/questionnaires").text
    assert "Zoe&#39;s questionnaire" in page
    assert "/questionnaires/check" not in page
    assert browser.get(f"/questionnaires/{survey.campaign.questionnaire_version_id}").status_code == 404
    assert browser.post("/questionnaires", files=workbook(), data={"name": "A"}).status_code == 403


def test_a_campaign_moves_to_another_version_on_its_page(
    sue_at_work: TestClient, survey: Survey, session: Session
) -> None:
    changed = {"questionnaire": ("new.xlsx", (EXAMPLES / "customer-satisfaction.xlsx").read_bytes())}
    sue_at_work.post("/questionnaires", files=changed, data={"name": "safety"})
    newest = session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc())).first()
    assert newest is not None
    address = f"/campaigns/{survey.campaign.id}/questionnaire"
    assert f'value="{newest.id}"' in sue_at_work.get(address).text
    assert sue_at_work.post(address, data={"version_id": newest.id}).headers["location"] == address
    session.refresh(survey.campaign)
    assert survey.campaign.questionnaire_version_id == newest.id


def test_who_supervises_one_campaign_reads_every_version_of_its_questionnaire(
    sign_in_as: SignInAs, sue: Person, make_person: MakePerson, survey: Survey, session: Session
) -> None:
    sign_in_as(sue).post("/questionnaires", files=workbook(), data={"name": "safety"})
    only = make_person("olga")
    grant_role(session, only, Role.SUPERVISOR, campaign_id=survey.campaign.id, now=survey.now)
    ids = session.scalars(select(QuestionnaireVersion.id).order_by(QuestionnaireVersion.id)).all()
    browser = sign_in_as(only)
    assert [browser.get(f"/questionnaires/{version_id}").status_code for version_id in ids] == [200, 200]


def test_nobody_moves_a_campaign_to_a_questionnaire_that_is_none_of_theirs(
    sign_in_as: SignInAs, zoe: Person, other_campaign: Campaign, survey: Survey
) -> None:
    foreign = survey.campaign.questionnaire_version_id
    browser = sign_in_as(zoe)
    assert "safety" not in browser.get(f"/campaigns/{other_campaign.id}/questionnaire").text
    reply = browser.put(f"/api/v1/campaigns/{other_campaign.id}/questionnaire", json={"version_id": foreign})
    assert reply.status_code == 404
