"""Supervisors see and set quotas on a page and over the API; interviewers never see a target."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.quotas.service import list_quotas
from tests.integration.conftest import SignInAs
from tests.integration.quotas.conftest import PHONE, Seats, SetQuota, cell
from tests.stage import Survey

TABLE = "area,answer:residence,target,most\n450100,1,40,44\n450200,1,30,\n"
BODY: dict[str, Any] = {
    "quotas": [
        {
            "name": "cities",
            "dimensions": [{"kind": "area", "digits": 4}, {"kind": "answer", "question": "residence"}],
            "cells": [{"key": ["450100", "1"], "target": 40, "most": 44}, {"key": ["4502", "1"], "target": 30}],
        }
    ]
}


@pytest.fixture
def page(survey: Survey) -> str:
    return f"/campaigns/{survey.campaign.id}/quotas"


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person, client: TestClient) -> TestClient:
    sign_in_as(sue)
    client.headers["accept"] = "text/html"
    client.follow_redirects = False
    return client


def table(source: str = TABLE) -> dict[str, tuple[str, bytes]]:
    return {"table": ("quota.csv", source.encode())}


def test_a_table_becomes_a_quota(sue_at_work: TestClient, page: str, survey: Survey) -> None:
    reply = sue_at_work.post(page, data={"quota": "cities"}, files=table())
    assert reply.headers["location"] == page
    [quota] = list_quotas(survey.session, survey.campaign.id)
    assert [(*c.count.key, c.count.target, c.count.most) for c in quota.cells] == [
        ("4501", "1", 40, 44),
        ("4502", "1", 30, 30),
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (TABLE.replace("450200", "999900"), "row 3, column area"),
        (TABLE.replace("44", "4"), "row 2, column most"),
        (TABLE.replace(",1,", ",7,"), "row 2, column answer:residence"),
        (TABLE.replace("answer:residence", "answer:shoes"), "column answer:shoes"),
        (TABLE.replace("answer:residence", "shoes"), "A quota has no such column."),
        (TABLE + "450100,1,5,5\n", "row 4"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_changes(
    sue_at_work: TestClient, page: str, survey: Survey, *, source: str, said: str
) -> None:
    reply = sue_at_work.post(page, data={"quota": "cities"}, files=table(source))
    assert reply.status_code == 422
    assert said in reply.text
    assert list_quotas(survey.session, survey.campaign.id) == []


@pytest.mark.parametrize(("name", "files"), [(" ", table()), ("cities", {"other": ("x", b"")})])
def test_a_name_and_a_file_are_asked_for(sue_at_work: TestClient, page: str, *, name: str, files: Any) -> None:
    assert sue_at_work.post(page, data={"quota": name}, files=files).status_code == 422


def test_the_page_shows_how_each_cell_stands(
    sue_at_work: TestClient, page: str, *, quota: SetQuota, seats: Seats
) -> None:
    assert "This campaign has no quotas" in sue_at_work.get(page).text
    quota(cell("mobile", target=1234, most=1300), over=(PHONE,), name="phones")
    seats.take(1, phone="mobile")
    shown = sue_at_work.get(page).text
    assert "1,234" in shown
    assert "Being held" in shown
    assert f"{page}/cells/" in shown


def test_a_cell_is_closed_and_opened_from_the_page(
    sue_at_work: TestClient, page: str, *, quota: SetQuota, survey: Survey, seats: Seats
) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    [cell_id] = [c.id for standing in list_quotas(survey.session, survey.campaign.id) for c in standing.cells]
    for intent, closing in [("close", "soft"), ("close", "hard"), ("open", None)]:
        sent = {"closing": closing} if closing else {}
        assert sue_at_work.post(f"{page}/cells/{cell_id}/{intent}", data=sent).status_code == 303
        assert [count.closing for count in seats.cells()] == [closing]
    assert sue_at_work.post(f"{page}/cells/{cell_id + 1}/close").status_code == 404


@pytest.mark.parametrize(("is_taken", "status"), [(False, 303), (True, 409)])
def test_a_quota_is_removed_while_nobody_sits_in_it(
    sue_at_work: TestClient, page: str, *, quota: SetQuota, seats: Seats, is_taken: bool, status: int
) -> None:
    quota(cell("mobile", most=3), over=(PHONE,), name="phones")
    if is_taken:
        seats.take(1, phone="mobile")
    assert sue_at_work.post(f"{page}/remove", data={"quota": "phones"}).status_code == status
    assert sue_at_work.post(f"{page}/remove", data={"quota": "\x00"}).status_code == 404


def test_a_program_sets_quotas_and_reads_them_back(sue_at_work: TestClient, page: str) -> None:
    shown = sue_at_work.put(f"/api/v1{page}", json=BODY)
    assert shown.status_code == 200, shown.text
    [quota] = sue_at_work.get(f"/api/v1{page}").json()["quotas"]
    assert shown.json()["quotas"] == [quota]
    assert [(c["key"], c["target"], c["most"], c["need"], c["state"]) for c in quota["cells"]] == [
        (["4501", "1"], 40, 44, 1.0, "open"),
        (["4502", "1"], 30, 30, 1.0, "open"),
    ]


def test_a_quota_that_is_left_out_is_removed(sue_at_work: TestClient, page: str) -> None:
    sue_at_work.put(f"/api/v1{page}", json=BODY)
    assert sue_at_work.put(f"/api/v1{page}", json={"quotas": []}).json() == {"revision": 2, "quotas": []}


def test_a_program_is_told_the_place_of_a_fault(sue_at_work: TestClient, page: str) -> None:
    wrong = {**BODY["quotas"][0], "dimensions": [{"kind": "phone", "digits": 4}, {"kind": "lect", "question": "age"}]}
    reply = sue_at_work.put(f"/api/v1{page}", json={"quotas": [wrong]})
    assert reply.status_code == 422
    for place in ("quotas[0].dimensions[0].digits", "quotas[0].dimensions[1].question"):
        assert place in reply.text


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_interviewers_see_no_targets(
    client: TestClient, sign_in_as: SignInAs, ana: Person, *, page: str, method: str
) -> None:
    sign_in_as(ana)
    assert client.request(method, f"/api/v1{page}", json=BODY if method == "PUT" else None).status_code == 403
    assert client.get(page).status_code == 403
    assert client.post(f"{page}/cells/1/close").status_code == 403
