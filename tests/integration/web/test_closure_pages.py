"""On the page of supply and demand a supervisor closes a lect that nobody serves, and takes that back."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.domain import CaseState
from app.dialing.models import Case
from tests.callers import NUMBERS
from tests.integration.conftest import SignInAs
from tests.stage import Survey

FILLED = {"lect": "hmn", "reason": "No speaker was found.", "confirmed": "true"}


@pytest.fixture
def cases(survey: Survey) -> list[Case]:
    survey.add_numbers(*((number, "450100", "苗语") for number in NUMBERS[:3]), (NUMBERS[3], "450100", "粤语"))
    return survey.cases()


def states(cases: list[Case], session: Session) -> list[str]:
    session.expire_all()
    return [case.state for case in cases]


@pytest.fixture
def page(survey: Survey) -> str:
    return f"/campaigns/{survey.campaign.id}/demand"


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person, cases: list[Case]) -> TestClient:
    return sign_in_as(sue)


def test_the_page_names_the_lect_its_cases_and_what_is_missing(sue_at_work: TestClient, page: str) -> None:
    shown = sue_at_work.get(page).text
    assert "Nobody is certified to interview in it." in shown
    assert 'name="lect" value="hmn"' in shown
    assert 'name="lect" value="yue"' not in shown


def test_a_confirmed_closure_closes_and_is_kept_with_its_reason(
    sue_at_work: TestClient, page: str, cases: list[Case], session: Session
) -> None:
    reply = sue_at_work.post(f"{page}/close", data=FILLED)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{page}#closures")
    assert states(cases, session) == [CaseState.CLOSED] * 3 + [CaseState.READY]
    shown = sue_at_work.get(page).text
    assert "No speaker was found." in shown
    assert 'name="lect" value="hmn"' not in shown


@pytest.mark.parametrize(
    ("left_out", "said"),
    [("confirmed", "Tick the box"), ("lect", "Choose the lect"), ("reason", "Say why, for the record")],
)
def test_nothing_is_closed_by_half_a_form(
    sue_at_work: TestClient, page: str, cases: list[Case], session: Session, left_out: str, *, said: str
) -> None:
    sent = {name: value for name, value in FILLED.items() if name != left_out}
    reply = sue_at_work.post(f"{page}/close", data=sent)
    assert reply.status_code == 422
    assert said in reply.text
    assert set(states(cases, session)) == {CaseState.READY}
    assert left_out == "reason" or "No speaker was found." in reply.text


def test_a_closure_is_taken_back_with_a_reason(
    sue_at_work: TestClient, page: str, cases: list[Case], session: Session
) -> None:
    sue_at_work.post(f"{page}/close", data=FILLED)
    session.refresh(cases[0])
    closure = cases[0].closure_id
    assert sue_at_work.post(f"{page}/reopen", data={"closure_id": closure}).status_code == 422
    reply = sue_at_work.post(f"{page}/reopen", data={"closure_id": closure, "reason": "We hired a speaker."})
    assert reply.status_code == 303
    assert states(cases, session) == [CaseState.WAITING] * 3 + [CaseState.READY]
    assert "We hired a speaker." in sue_at_work.get(page).text


def test_a_case_says_why_it_was_closed(sue_at_work: TestClient, page: str, cases: list[Case]) -> None:
    sue_at_work.post(f"{page}/close", data=FILLED)
    told = sue_at_work.get(f"/campaigns/{cases[0].campaign_id}/cases/{cases[0].id}").text
    assert "No interviewer of the campaign holds interviews in its lect" in told
    assert "The reason given: No speaker was found." in told


def test_strangers_close_nothing(sign_in_as: SignInAs, page: str, cases: list[Case], zoe: Person) -> None:
    assert sign_in_as(zoe).post(f"{page}/close", data=FILLED).status_code == 404
    assert sign_in_as(zoe).post(f"{page}/reopen", data={"closure_id": 1, "reason": "x"}).status_code == 404
