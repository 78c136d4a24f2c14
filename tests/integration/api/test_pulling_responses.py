"""What a scoring program gets by HTTP."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.paging import write_cursor
from tests.integration.api.conftest import Puller
from tests.stage import Survey


def test_a_page_has_the_record_and_where_to_go_on(puller: Puller) -> None:
    page = puller.read()
    [record] = page["data"]
    assert (record["status"], record["version"], record["change_sequence"]) == ("complete", 1, 1)
    assert page["has_more"] is False
    assert puller.read(cursor=page["next_cursor"])["data"] == []


def test_types_survive_the_way_out(puller: Puller) -> None:
    answers = puller.read()["data"][0]["answers"]
    assert (answers["residence"], answers["age"], answers["worries"], answers["comment"]) == ("1", 40, ["1"], None)


def test_the_same_cursor_gives_the_same_page(puller: Puller) -> None:
    assert puller.read(cursor=write_cursor(0)) == puller.read(cursor=write_cursor(0))


@pytest.mark.parametrize("limit", [0, 1001, "many"])
def test_an_impossible_limit_is_named(puller: Puller, limit: object) -> None:
    reply = puller.reply(limit=limit)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["where"] for fault in reply.json()["errors"]] == ["query.limit"]


@pytest.mark.parametrize("limit", [1, 1000])
def test_the_limits_themselves_are_possible(puller: Puller, limit: int) -> None:
    assert len(puller.read(limit=limit)["data"]) == 1


def test_a_misspelt_parameter_is_refused(puller: Puller) -> None:
    reply = puller.reply(limt=5)
    assert (reply.status_code, reply.json()["errors"][0]["where"]) == (400, "query.limt")


@pytest.mark.parametrize("cursor", ["", "nonsense", "!!!!", "c2VxOi0x", "c2VxOjE="])
def test_a_made_up_cursor_is_refused(puller: Puller, cursor: str) -> None:
    reply = puller.reply(cursor=cursor)
    assert (reply.status_code, reply.json()["type"]) == (400, "urn:xiangyin:problem:invalid-cursor")


def test_reading_responses_is_an_audited_act(puller: Puller, held_interview: Survey) -> None:
    puller.read()
    wanted = select(AuditEntry).where(AuditEntry.act == "responses.read")
    [entry] = held_interview.session.scalars(wanted)
    assert entry.actor.startswith("client:")
    assert entry.details == {"records": 1, "up_to": 1}


def test_the_course_of_a_response_is_read_by_its_uid(puller: Puller) -> None:
    record = puller.read()["data"][0]
    course = puller.read(f"responses/{record['response_uid']}/course")
    assert {row["question"] for row in course["answers"]} == record["language"]["answer_lect"].keys()
    assert puller.reply("responses/00000000-0000-4000-8000-000000000000/course").status_code == 404


def test_the_codebook_explains_every_answer(puller: Puller) -> None:
    codebook = puller.read("codebook")
    answers = puller.read()["data"][0]["answers"]
    assert answers.keys() <= {item["name"] for item in codebook["items"]}
    assert codebook["questionnaire"] == puller.read()["data"][0]["questionnaire"]


def test_programs_do_not_watch_fieldwork(puller: Puller) -> None:
    assert puller.reply("completion").status_code == 403


def test_a_campaign_that_is_not_there_is_not_found(puller: Puller) -> None:
    puller.campaign_id = 10**12
    assert puller.reply().status_code == 404
