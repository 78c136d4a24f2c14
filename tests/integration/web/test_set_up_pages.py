"""A supervisor sets a campaign up, brings its sample in, and edits the languages."""

from importlib.resources import files

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.campaigns.rule_book import document_of
from app.dialing.models import Case
from app.languages.models import Lect, LectUnderstanding
from app.sampling.models import SampleUnit
from tests.integration.conftest import SignInAs
from tests.stage import Survey

PLAN = {
    "name": "Wave 2",
    "organisation_zh": "某调查中心",
    "organisation_en": "A survey centre",
    "lect": ["普通话", "白话", "", ""],
    "greeting": ["您好！", "你好！", "", ""],
    "day": ["monday", "friday"],
    "start": "09:00",
    "end": "20:30",
    "time_zone": "Asia/Shanghai",
    "caller_number": "077112340",
    "ring_seconds": "30",
    "attempt_limit": "8",
    "seed": "7",
    "completes_wanted": "",
}
LIST = "手机,区划代码\n13977112345,450100\n110,450100\n13977112345,450100\n".encode("gb18030")


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def questionnaire() -> dict[str, tuple[str, bytes]]:
    source = files("app.questionnaires").joinpath("examples/public-safety.xlsx").read_bytes()
    return {"questionnaire": ("public-safety.xlsx", source)}


def phone_list(source: bytes = LIST) -> dict[str, tuple[str, bytes]]:
    return {"list": ("list.csv", source)}


def test_a_plan_and_a_workbook_become_a_campaign(sue_at_work: TestClient, session: Session) -> None:
    reply = sue_at_work.post("/campaigns/new", data=PLAN, files=questionnaire())
    campaign = session.scalars(select(Campaign)).one()
    assert reply.headers["location"] == f"/campaigns/{campaign.id}/sample"
    assert document_of(session, campaign)["hours"] == {"monday": [["09:00", "20:30"]], "friday": [["09:00", "20:30"]]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ring_seconds": "soon"}, "Write a whole number."),
        ({"ring_seconds": "5"}, "Let it ring for 15 to 90 seconds."),
        ({"lect": ["Klingonish", "", "", ""]}, "No language is known as Klingonish"),
        ({"lect": ["zh", "", "", ""]}, "names written Chinese"),
        ({"day": []}, "No calling hours at all"),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone of that name."),
        ({"seed": ""}, "This field is required."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    sue_at_work: TestClient, session: Session, wrong: dict[str, object], said: str
) -> None:
    reply = sue_at_work.post("/campaigns/new", data=PLAN | wrong, files=questionnaire())
    assert reply.status_code == 422
    assert said in reply.text
    assert 'value="Wave 2"' in reply.text
    assert session.scalar(select(func.count()).select_from(Campaign)) == 0


@pytest.mark.parametrize("upload", [{}, {"questionnaire": ("form.xlsx", b"not a workbook")}])
def test_without_a_readable_workbook_nothing_is_created(
    sue_at_work: TestClient, session: Session, upload: dict[str, tuple[str, bytes]]
) -> None:
    reply = sue_at_work.post("/campaigns/new", data=PLAN, files=upload or {"other": ("x", b"")})
    assert reply.status_code == 422
    assert session.scalar(select(func.count()).select_from(Campaign)) == 0


def test_checking_a_list_says_what_would_happen_and_writes_nothing(
    sue_at_work: TestClient, survey: Survey, session: Session
) -> None:
    page = sue_at_work.post(f"/campaigns/{survey.campaign.id}/sample", data={"intent": "try"}, files=phone_list()).text
    assert "1 rows are good, 2 are refused" in page
    assert "row 3, column 手机" in page
    assert "13977112345" not in page
    assert session.scalar(select(func.count()).select_from(SampleUnit)) == 0


def test_a_list_for_a_campaign_in_the_field_becomes_cases_once(
    sue_at_work: TestClient, survey: Survey, session: Session
) -> None:
    address = f"/campaigns/{survey.campaign.id}/sample"
    for _ in range(2):
        sue_at_work.post(address, data={"intent": "import"}, files=phone_list())
    assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert "list.csv" in sue_at_work.get(address).text


def test_a_column_takes_the_meaning_that_was_chosen(sue_at_work: TestClient, survey: Survey) -> None:
    chosen = {"intent": "try", "column:手机": "leave", "column:区划代码": "area"}
    reply = sue_at_work.post(f"/campaigns/{survey.campaign.id}/sample", data=chosen, files=phone_list())
    assert reply.status_code == 422
    assert "No column holds telephone numbers." in reply.text


def test_a_draft_opens_its_field_once(sue_at_work: TestClient, session: Session) -> None:
    sue_at_work.post("/campaigns/new", data=PLAN, files=questionnaire())
    campaign = session.scalars(select(Campaign)).one()
    assert sue_at_work.post(f"/campaigns/{campaign.id}/open").status_code == 303
    assert sue_at_work.post(f"/campaigns/{campaign.id}/open").status_code == 409
    assert sue_at_work.post(f"/campaigns/{campaign.id}/close").status_code == 303
    assert "Closed" in sue_at_work.get(f"/campaigns/{campaign.id}").text


def test_a_closed_field_says_what_its_cases_came_to(sue_at_work: TestClient, survey: Survey) -> None:
    survey.add_numbers(("13977112345", "450100", ""))
    sue_at_work.post(f"/campaigns/{survey.campaign.id}/close")
    page = sue_at_work.get(f"/campaigns/{survey.campaign.id}").text
    assert "every case has its final outcome" in page
    assert 'id="final-not_attempted"' in page


def test_who_follows_whom_is_set_in_one_direction(sue_at_work: TestClient, session: Session) -> None:
    sue_at_work.post("/languages/understanding", data={"listener": "壮语", "speaker": "白话", "percent": "35"})
    assert session.get_one(LectUnderstanding, ("za", "yue")).degree == pytest.approx(0.35)


@pytest.mark.parametrize("percent", ["many", "", "140"])
def test_a_degree_that_is_none_is_refused(sue_at_work: TestClient, percent: str) -> None:
    fields = {"listener": "za", "speaker": "yue", "percent": percent}
    assert sue_at_work.post("/languages/understanding", data=fields).status_code == 422


def test_a_lect_of_another_country_can_be_added(sue_at_work: TestClient, session: Session) -> None:
    fields = {"tag": "qu-BO", "name_zh": "玻利维亚克丘亚语", "name_en": "Bolivian Quechua", "parent": ""}
    reply = sue_at_work.post("/languages/lects", data=fields)
    assert reply.headers["location"] == "/languages?q=qu-BO"
    assert "Bolivian Quechua" in sue_at_work.get(reply.headers["location"]).text
    assert session.get(Lect, "qu-BO") is not None
