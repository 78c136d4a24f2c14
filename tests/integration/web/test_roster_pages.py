"""A planner keeps the roster; a supervisor sees what is missing; an interviewer sees how full an hour is."""

import io

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.staffing.models import Interviewer, Shift
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

NANNING = "450100"
LIST = "login,date,from,until\nana,2026-11-23,12:00,16:00\nnobody,2026-11-23,12:00,16:00\n"


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def upload(client: TestClient, survey: Survey, source: bytes = LIST.encode(), name: str = "roster.csv") -> str:
    reply = client.post(f"/campaigns/{survey.campaign.id}/roster", files={"roster": (name, source)})
    assert reply.status_code == 200, reply.text
    return str(reply.text)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_roster_is_brought_in_and_shown(sue_at_work: TestClient, survey: Survey) -> None:
    page = upload(sue_at_work, survey)
    assert "Shifts added: 1. There before: 0. Refused: 1." in page
    assert "row 3, column login" in page
    assert "12:00–16:00" in page
    assert "Shifts added: 0. There before: 1." in upload(sue_at_work, survey)


def test_a_workbook_serves_as_well(sue_at_work: TestClient, survey: Survey, session: Session) -> None:
    source = workbook(("login", "starts", "ends"), ("ana", "2026-11-23 12:00", "2026-11-23 16:00"))
    upload(sue_at_work, survey, source, "roster.xlsx")
    assert session.scalar(select(func.count()).select_from(Shift)) == 1


@pytest.mark.parametrize("files", [{"other": ("x", b"")}, {"roster": ("roster.csv", b"a,b\n1,2\n")}])
def test_what_is_no_roster_says_what_to_do(
    sue_at_work: TestClient, survey: Survey, files: dict[str, tuple[str, bytes]]
) -> None:
    reply = sue_at_work.post(f"/campaigns/{survey.campaign.id}/roster", files=files)
    assert reply.status_code == 422
    assert "Choose a roster" in reply.text or "No column holds sign-in names" in reply.text


def test_a_shift_is_taken_off_and_a_week_is_turned(sue_at_work: TestClient, survey: Survey, session: Session) -> None:
    upload(sue_at_work, survey)
    address = f"/campaigns/{survey.campaign.id}/roster"
    assert "12:00–16:00" not in sue_at_work.get(f"{address}?day=2026-11-30").text
    shift_id = session.scalars(select(Shift.id)).one()
    assert sue_at_work.post(f"{address}/remove", data={"shift_id": shift_id}).status_code == 303
    assert "12:00–16:00" not in sue_at_work.get(address).text


def test_the_mark_of_triage_is_set_for_ones_own_interviewers_only(
    sue_at_work: TestClient, survey: Survey, session: Session, ana: Person, ada: Person
) -> None:
    address = f"/campaigns/{survey.campaign.id}/roster/triage"
    assert sue_at_work.post(address, data={"person_id": ana.id, "does_triage": "true"}).status_code == 303
    assert sue_at_work.post(address, data={"person_id": ada.id, "does_triage": "true"}).status_code == 404
    assert session.get_one(Interviewer, ana.id).does_triage
    assert "tells lects apart" in sue_at_work.get(f"/campaigns/{survey.campaign.id}/roster").text


def test_what_is_missing_is_said_at_the_top(sue_at_work: TestClient, survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "苗语"), ("13977112346", NANNING, "壮语"))
    for by in ("hour", "day"):
        page = sue_at_work.get(f"/campaigns/{survey.campaign.id}/demand?by={by}&exact=true").text
        assert "no interviewer of this campaign is certified to interview in it" in page
        assert "none of the 1 interviewers certified for it is on the roster" in page
        assert 'class="heat heat-4 bare"' in page


def test_without_cases_the_page_says_so(sue_at_work: TestClient, survey: Survey) -> None:
    assert "Nothing is to be called" in sue_at_work.get(f"/campaigns/{survey.campaign.id}/demand").text


def test_the_campaign_leads_to_both_pages(sue_at_work: TestClient, survey: Survey) -> None:
    page = sue_at_work.get(f"/campaigns/{survey.campaign.id}").text
    for part in ("roster", "demand"):
        assert f'href="/campaigns/{survey.campaign.id}/{part}"' in page


@pytest.mark.parametrize("part", ["roster", "demand"])
def test_neither_page_is_for_interviewers_or_strangers(
    sign_in_as: SignInAs, survey: Survey, ana: Person, zoe: Person, part: str
) -> None:
    assert sign_in_as(ana).get(f"/campaigns/{survey.campaign.id}/{part}").status_code == 403
    assert sign_in_as(zoe).get(f"/campaigns/{survey.campaign.id}/{part}").status_code == 404
    assert sign_in_as(zoe).get(f"/api/v1/campaigns/{survey.campaign.id}/demand").status_code == 404


def test_zoe_can_neither_fill_nor_empty_our_roster(
    sign_in_as: SignInAs, survey: Survey, sue: Person, zoe: Person, other_campaign: Campaign
) -> None:
    upload(sign_in_as(sue), survey)
    client = sign_in_as(zoe)
    assert client.post(f"/campaigns/{survey.campaign.id}/roster", files={"roster": ("a", b"")}).status_code == 404
    own = f"/campaigns/{other_campaign.id}/roster/remove"
    assert client.post(own, data={"shift_id": 1}).status_code == 404


def test_the_demand_is_data_too(sue_at_work: TestClient, survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "苗语"))
    reply = sue_at_work.get(f"/api/v1/campaigns/{survey.campaign.id}/demand?by=hour&exact=true")
    body = reply.json()
    [row] = body["demand"]["lects"]
    assert (row["lect"], row["open_cases"], row["staffing"]["gap"]) == ("hmn", 1, "nobody_certified")
    assert (len(row["cells"]), len(body["demand"]["spans"])) == (24, 24)
    assert body["effort"]["groups"][0]["cases"] == 1


def test_the_load_of_an_hour_is_told_while_its_time_is_typed(desk: Desk, survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "白话"))
    desk.reach()
    said = desk.client.get("/desk/load", params={"when": "14:00"}).text
    assert "Nobody who interviews in" in said
    assert "speakers" not in desk.client.get("/desk/load", params={"when": "by and by"}).text


def test_speakers_on_duty_make_room(desk: Desk, survey: Survey, session: Session, ana: Person) -> None:
    survey.add_numbers(("13977112345", NANNING, "白话"))
    begins = survey.now.replace(hour=5)
    session.add(
        Shift(campaign_id=survey.campaign.id, person_id=ana.id, starts_at=begins, ends_at=begins.replace(hour=8))
    )
    session.flush()
    desk.reach()
    said = desk.client.get("/desk/load", params={"when": "14:00", "lect": "yue"}).text
    assert "0 appointments for 1 speakers of" in said
    assert "Another hour" not in said


def test_without_a_case_no_load_is_told(desk: Desk) -> None:
    assert "load" not in desk.client.get("/desk/load", params={"when": "14:00"}).text.replace('id="load"', "")


def test_a_supervisor_has_no_desk_to_book_from(sue_at_work: TestClient) -> None:
    assert sue_at_work.get("/desk/load").status_code == 403
