"""Cases and their explanations over HTTP, for supervisors and for programs that may watch."""

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.dialing.models import Case
from tests.callers import NUMBERS, Caller
from tests.integration.api.conftest import Puller
from tests.integration.conftest import SignInAs
from tests.stage import Survey


@pytest.fixture
def cases(survey: Survey) -> list[Case]:
    survey.add_numbers(*((number, "450100", "粤语") for number in NUMBERS[:5]))
    return survey.cases()


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person, cases: list[Case]) -> TestClient:
    return sign_in_as(sue)


def address(case: Case) -> str:
    return f"/api/v1/campaigns/{case.campaign_id}/cases"


def test_pages_join_without_gap_or_repetition(sue_at_work: TestClient, cases: list[Case]) -> None:
    seen, query = [], {"limit": "2"}
    while True:
        page = sue_at_work.get(address(cases[0]), params=query).json()
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(case.id for case in cases)


def test_a_filter_keeps_what_fits(sue_at_work: TestClient, cases: list[Case], survey: Survey, ana: Person) -> None:
    held = Caller(survey, ana, survey.now).take()
    reply = sue_at_work.get(address(held), params={"state": "held", "lect": "yue"}).json()
    assert [row["id"] for row in reply["data"]] == [held.id]
    assert len(sue_at_work.get(address(held), params={"outcome": "busy"}).json()["data"]) == 0
    assert sue_at_work.get(address(held), params={"state": "lost"}).status_code == 422


def test_an_explanation_names_no_one_and_no_number(
    sue_at_work: TestClient, cases: list[Case], survey: Survey, ana: Person
) -> None:
    caller = Caller(survey, ana, survey.now)
    case = caller.take()
    caller.call(case)
    caller.code(case, "silent_pickup")
    reply = sue_at_work.get(f"{address(case)}/{case.id}")
    assert reply.json()["next_step"]["words"].startswith("It waits until 2026-11-2")
    assert [step["kind"] for step in reply.json()["steps"]] == ["served", "dialled", "coded"]
    assert "Ana" not in reply.text
    assert "*" not in reply.text
    assert not [number for number in NUMBERS if number in reply.text or number[-4:] in reply.text]


def test_call_now_answers_with_the_explanation_and_refuses_what_is_held(
    sue_at_work: TestClient, cases: list[Case], survey: Survey, ana: Person
) -> None:
    reply = sue_at_work.post(f"{address(cases[0])}/{cases[0].id}/call-now")
    assert reply.json()["priority"]["level"] == "supervisor"
    assert Caller(survey, ana, survey.now).take().id == cases[0].id
    assert sue_at_work.post(f"{address(cases[0])}/{cases[0].id}/call-now").status_code == 409


def test_a_program_that_may_watch_reads_but_does_not_steer(puller: Puller) -> None:
    [row] = puller.read("cases")["data"]
    assert puller.read(f"cases/{row['id']}")["state"] == "closed"
    reply = puller.client.post(
        f"/api/v1/campaigns/{puller.campaign_id}/cases/{row['id']}/call-now",
        headers={"Authorization": f"Bearer {puller.token}"},
    )
    assert reply.status_code == 403


@pytest.mark.parametrize("part", ["", "/{id}"])
def test_zoe_and_ana_read_nothing(sign_in_as: SignInAs, cases: list[Case], ana: Person, zoe: Person, part: str) -> None:
    path = address(cases[0]) + part.format(id=cases[0].id)
    assert sign_in_as(ana).get(path).status_code == 403
    assert sign_in_as(zoe).get(path).status_code == 404
