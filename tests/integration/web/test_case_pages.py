"""A supervisor finds a case, reads why it waits, and has it called now."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.domain import CaseState, Priority
from app.dialing.models import Case
from app.dialing.score import take_apart
from tests.callers import NUMBERS, Caller
from tests.integration.conftest import SignInAs
from tests.stage import Survey


@pytest.fixture
def cases(survey: Survey) -> list[Case]:
    survey.add_numbers(*((number, "450100", "粤语") for number in NUMBERS[:3]))
    return survey.cases()


@pytest.fixture
def ana_calls(survey: Survey, ana: Person) -> Caller:
    return Caller(survey, ana, survey.now)


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def address(case: Case) -> str:
    return f"/campaigns/{case.campaign_id}/cases/{case.id}"


def test_the_page_begins_with_what_happens_next(sue_at_work: TestClient, cases: list[Case]) -> None:
    page = sue_at_work.get(address(cases[0])).text
    assert "It is ready, but nobody who is at work serves Cantonese" in page
    assert "Call now" in page


def test_no_page_shows_a_number_in_full(sue_at_work: TestClient, cases: list[Case], ana_calls: Caller) -> None:
    case = ana_calls.take()
    ana_calls.call(case)
    ana_calls.code(case, "silent_pickup")
    pages = [sue_at_work.get(path).text for path in (address(case), f"/campaigns/{case.campaign_id}/cases")]
    assert not [number for number in NUMBERS for page in pages if number in page]
    assert "Picked up in silence" in pages[0]


def test_call_now_puts_the_case_first(sue_at_work: TestClient, cases: list[Case], session: Session) -> None:
    reply = sue_at_work.post(f"{address(cases[1])}/call-now")
    assert (reply.status_code, reply.headers["location"]) == (303, address(cases[1]))
    session.refresh(cases[1])
    assert take_apart(cases[1].priority).level == Priority.SUPERVISOR
    assert "A supervisor asked for it to be called now." in sue_at_work.get(address(cases[1])).text


def test_a_held_case_is_refused_with_words(sue_at_work: TestClient, cases: list[Case], ana_calls: Caller) -> None:
    case = ana_calls.take()
    reply = sue_at_work.post(f"{address(case)}/call-now")
    assert reply.status_code == 409
    assert "An interviewer has this case already." in reply.text


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [("", 3), ("?state=ready", 2), ("?state=held", 1), ("?lect=za", 0), ("?lect=yue", 3), ("?state=nonsense", 3),
     ("?outcome=busy", 0)],
)  # fmt: skip
def test_the_list_shows_what_was_chosen(
    sue_at_work: TestClient, cases: list[Case], ana_calls: Caller, chosen: str, shown: int
) -> None:
    ana_calls.take()
    page = sue_at_work.get(f"/campaigns/{cases[0].campaign_id}/cases{chosen}").text
    assert sum(f'href="{address(case)}"' in page for case in cases) == shown


def test_a_closed_case_offers_no_call(sue_at_work: TestClient, cases: list[Case], ana_calls: Caller) -> None:
    case = ana_calls.take()
    ana_calls.call(case)
    ana_calls.code(case, "refused_hard")
    page = sue_at_work.get(address(case)).text
    assert case.state == CaseState.CLOSED
    assert "/call-now" not in page
    assert "Closed Mon 23 Nov, 10:00 as “Refused outright”" in page


@pytest.mark.parametrize("case_id", [0, 99_999_999, 2**70])
def test_a_case_that_is_not_there_is_not_found(sue_at_work: TestClient, survey: Survey, case_id: int) -> None:
    assert sue_at_work.get(f"/campaigns/{survey.campaign.id}/cases/{case_id}").status_code == 404


def test_strangers_see_no_case_and_call_none(sign_in_as: SignInAs, cases: list[Case], zoe: Person) -> None:
    client = sign_in_as(zoe)
    assert client.get(address(cases[0])).status_code == 404
    assert client.post(f"{address(cases[0])}/call-now").status_code == 404


def test_interviewers_see_no_case_pages(sign_in_as: SignInAs, cases: list[Case], ana: Person) -> None:
    client = sign_in_as(ana)
    assert client.get(address(cases[0])).status_code == 403
    assert client.get(f"/campaigns/{cases[0].campaign_id}/cases").status_code == 403
