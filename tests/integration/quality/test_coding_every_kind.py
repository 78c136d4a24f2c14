"""A listener codes ranks, words, dates and numbers as the desk takes them, and both codings are compared as such."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.languages.domain import PUTONGHUA
from app.quality.checking import check_campaign
from app.quality.comparing import coded_interviews
from app.quality.models import RelistenItem
from app.questionnaires.service import publish_version
from tests.integration.conftest import SignInAs
from tests.integration.quality.conftest import RecordCall
from tests.integration.quality.test_listening_again import RATINGS, api, page
from tests.stage import Desk, Survey
from tests.unit.questionnaires.conftest import workbook_of

SURVEY = """
|type           |name |label::普通话 (cmn-x-putonghu)|bind::cati:dkref|
|rank list      |order|请排序                        |                |
|select_one asks|likes|喜欢吗？                      |98 99           |
|select_one asks|extra|还有吗？                      |98 99           |
|text           |why  |为什么？                      |98 99           |
|date           |day  |哪一天？                      |                |
|decimal        |price|多少钱？                      |98 -           |
"""
CHOICES = """
|list_name|name|label::普通话 (cmn-x-putonghu)|
|list     |1   |快                            |
|list     |2   |便宜                          |
|list     |3   |干净                          |
|asks     |99  |拒答                          |
|asks     |98  |不知道                        |
|asks     |1   |喜欢                          |
"""
SETTINGS = """
|form_title|form_id|version|namespaces             |
|Kinds     |kinds  |1      |cati="urn:xiangyin:cati"|
"""
KEPT: dict[str, dict[str, Any]] = {
    "order": {"text": "3 1 2"},
    "likes": {"codes": ["98"]},
    "extra": {},
    "why": {"status": "dont_know"},
    "day": {"text": "2026-11-03"},
    "price": {"text": "12.50"},
}
MARKS: tuple[dict[str, Any], ...] = (
    {"kind": "followed", "rating": 2},
    {"kind": "coached", "client_key": "once"},
    {"kind": "coached", "client_key": "again"},
)


@pytest.fixture
def listening(
    survey: Survey, desk: Desk, session: Session, *, record: RecordCall, lin: Person, sign_in_as: SignInAs
) -> TestClient:
    """Lin has taken an interview of Ana's with KEPT as its answers."""
    source = workbook_of(survey=SURVEY, choices=CHOICES, settings=SETTINGS)
    version = publish_version(session, name="k", source=source, file_name="k.xlsx", published_by=None, now=survey.now)
    survey.campaign.questionnaire_version_id = version.id
    survey.change_rules(quality={"relisten_share": 1.0})
    survey.add_numbers(("13977112345", "450100", "普通话"))
    attempt = desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    for name, kept in KEPT.items():
        sent = {"question": name, "client_sequence": shown["question"]["next_sequence"], **kept}
        shown = desk.post("answers", sent)
    for mark in MARKS:
        desk.post("marks", mark)
    desk.post("hang-up")
    desk.post("outcome", {"code": "complete"})
    record(attempt, survey.campaign.id)
    check_campaign(session, survey.campaign.id, now=survey.now)
    client = sign_in_as(lin)
    assert client.post(f"/api/v1/campaigns/{survey.campaign.id}/relisten/take").json() is not None
    return client


@pytest.fixture
def item(session: Session, listening: TestClient) -> RelistenItem:
    return session.scalars(select(RelistenItem)).one()


def hear(client: TestClient, address: str, heard: dict[str, dict[str, Any]]) -> None:
    for name, one in heard.items():
        reply = client.put(f"{address}/answers", json={"question": name, **one})
        assert reply.status_code == 204, reply.text
    for kind, value in RATINGS.items():
        client.put(f"{address}/ratings", json={"kind": kind, "value": value})
    assert client.post(f"{address}/finish").status_code == 204


def compared(client: TestClient, survey: Survey, item: RelistenItem) -> dict[str, bool | None]:
    both = client.get(f"/api/v1/campaigns/{survey.campaign.id}/quality/listened/{item.id}").json()
    return {row["question"]: row["agrees"] for row in both["answers"]}


def test_what_the_desk_refuses_was_not_heard_either(listening: TestClient, survey: Survey, item: RelistenItem) -> None:
    for heard, where in (
        ({"question": "order", "codes": ["3", "1"]}, "codes"),
        ({"question": "order", "status": "dont_know"}, "codes"),
        ({"question": "likes", "codes": ["1", "98"]}, "codes"),
        ({"question": "day", "text": "yesterday"}, "text"),
        ({"question": "price", "text": "a lot"}, "text"),
        ({"question": "price", "status": "refused"}, "text"),
    ):
        reply = listening.put(f"{api(survey, item)}/answers", json=heard)
        assert (reply.status_code, where in reply.text) == (422, True), heard


def test_the_same_said_otherwise_is_the_same(
    listening: TestClient, survey: Survey, item: RelistenItem, sue: Person, sign_in_as: SignInAs
) -> None:
    hear(
        listening,
        api(survey, item),
        {
            "order": {"text": "3, 1, 2"},
            "likes": {"status": "dont_know"},
            "extra": {"codes": ["1"]},
            "why": {"status": "dont_know"},
            "day": {"text": "2026年11月3日"},
            "price": {"text": "１2.5"},
        },
    )
    found = compared(sign_in_as(sue), survey, item)
    assert found == {"order": True, "likes": True, "extra": None, "why": True, "day": True, "price": True}


def test_another_order_and_another_kind_of_answer_are_different(
    listening: TestClient, survey: Survey, item: RelistenItem, *, sue: Person, sign_in_as: SignInAs
) -> None:
    other: dict[str, dict[str, Any]] = {"order": {"codes": ["1", "3", "2"]}, "likes": {"status": "refused"}}
    rest: dict[str, dict[str, Any]] = {name: {"status": "not_heard"} for name in KEPT if name not in other}
    hear(listening, api(survey, item), {**other, **rest, "why": {"text": "近"}})
    assert compared(sign_in_as(sue), survey, item) == {**dict.fromkeys(rest), **dict.fromkeys([*other, "why"], False)}


def test_what_was_passed_over_is_no_code(
    listening: TestClient, survey: Survey, item: RelistenItem, session: Session
) -> None:
    rest: dict[str, dict[str, Any]] = {name: {"status": "not_heard"} for name in KEPT}
    hear(listening, api(survey, item), {**rest, "extra": {"codes": ["1"]}, "likes": {"codes": ["98"]}})
    [interview] = coded_interviews(session, survey.campaign.id)
    assert [(coded.question, coded.agrees) for coded in interview.answers] == [("likes", True)]


def test_what_the_interviewer_noted_of_the_whole_stands_beside_what_the_listener_says(
    listening: TestClient, survey: Survey, item: RelistenItem, *, sue: Person, sign_in_as: SignInAs
) -> None:
    both = f"/campaigns/{survey.campaign.id}/quality/listened/{item.id}"
    hear(listening, api(survey, item), {name: {"status": "not_heard"} for name in KEPT})
    reviewing = sign_in_as(sue)
    assert reviewing.get(f"/api/v1{both}").json()["noted"] == {"lects": [PUTONGHUA], "followed": 2.0, "coached": 2}
    shown = reviewing.get(both).text
    assert all(words in shown for words in ("The interviewer noted", "The listener says", "times noted: 2"))


def test_keys_are_those_of_the_desk_and_d_means_dont_know(
    listening: TestClient, survey: Survey, item: RelistenItem
) -> None:
    shown = listening.get(f"{page(survey, item)}?question=likes").text
    keys = {code: shown.split(f'value="{code}" data-key="')[1][0] for code in ("1", "98", "99")}
    assert keys == {"1": "1", "98": "D", "99": "R"}


def test_an_order_is_typed_and_words_are_written_in_a_field_where_letters_do_nothing(
    listening: TestClient, survey: Survey, item: RelistenItem
) -> None:
    order = listening.get(f"{page(survey, item)}?question=order").text
    assert 'name="code"' not in order
    assert '<span class="code">2</span>' in order
    sent = {"about": "order", "text": "3 1 2", "status": "answered"}
    listening.post(f"{page(survey, item)}/answers", data=sent)
    assert 'value="3 1 2"' in listening.get(f"{page(survey, item)}?question=order").text
    words = listening.get(f"{page(survey, item)}?question=why").text
    assert '<textarea id="text"' in words
    assert "data-letters-act" not in words
    assert "data-letters-act" in listening.get(f"{page(survey, item)}?question=day").text


def test_a_page_that_was_only_opened_listens_to_nothing(
    listening: TestClient, survey: Survey, item: RelistenItem
) -> None:
    assert 'preload="none"' in listening.get(page(survey, item)).text
