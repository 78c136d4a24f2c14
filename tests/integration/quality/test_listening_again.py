"""A listener codes an interview anew over HTTP and on the pages, and is told nothing of how it was coded before."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.interviewing.models import AnswerEvent, ResponseSnapshot
from app.languages.domain import PUTONGHUA
from app.quality.domain import FlagKind
from app.quality.models import RelistenCode, RelistenItem
from app.quality.queue import ItemState
from tests.integration.conftest import SignInAs
from tests.stage import Survey

RATINGS = {"followed": "4", "as_written": "most", "coached": "no", "lect": PUTONGHUA}


@pytest.fixture
def listening(queued: RelistenItem, lin: Person, survey: Survey, sign_in_as: SignInAs) -> TestClient:
    client = sign_in_as(lin)
    assert client.post(f"/api/v1/campaigns/{survey.campaign.id}/relisten/take").json()["item_id"] == queued.id
    return client


def api(survey: Survey, item: RelistenItem) -> str:
    return f"/api/v1/campaigns/{survey.campaign.id}/relisten/{item.id}"


def page(survey: Survey, item: RelistenItem) -> str:
    return f"/campaigns/{survey.campaign.id}/relisten/{item.id}"


def code_all(client: TestClient, address: str) -> None:
    """Hear the first choice of everything but of the police, of whom the second is heard."""
    for question in client.get(address).json()["questions"]:
        codes = [choice["code"] for choice in question["choices"]]
        heard = {"codes": codes[1:2] if question["name"] == "police" else codes[:1], "text": "" if codes else "40"}
        assert client.put(f"{address}/answers", json={"question": question["name"], **heard}).status_code == 204
    for kind, value in RATINGS.items():
        assert client.put(f"{address}/ratings", json={"kind": kind, "value": value}).status_code == 204


def test_neither_page_nor_api_tells_how_it_was_coded_by_whom_or_why(
    listening: TestClient, queued: RelistenItem, survey: Survey, ana: Person, session: Session
) -> None:
    texts = [listening.get(api(survey, queued)).text, listening.get(page(survey, queued)).text]
    texts += [listening.get(f"{page(survey, queued)}?question=police").text, listening.get("/relisten").text]
    uid = str(session.scalars(select(ResponseSnapshot.record["response_uid"].astext)).one())
    for text in texts:
        for secret in (ana.display_name, uid, "is_drawn", "reversed", "checked", "case_id", "/cases/"):
            assert secret not in text
        assert not any(kind.value in text for kind in FlagKind if kind != FlagKind.DONT_KNOW)


def test_questions_come_in_the_words_they_were_asked_in(
    listening: TestClient, queued: RelistenItem, survey: Survey
) -> None:
    shown = listening.get(api(survey, queued)).json()
    [police] = [question for question in shown["questions"] if question["name"] == "police"]
    assert (police["lect"], police["choices"][0]["label"]) == (PUTONGHUA, "很不满意")
    assert all(question["heard"] is None for question in shown["questions"])
    assert police["label"] in listening.get(f"{page(survey, queued)}?question=police").text


def test_each_answer_is_kept_by_itself_and_the_page_goes_on(
    listening: TestClient, queued: RelistenItem, survey: Survey, session: Session
) -> None:
    first = listening.get(api(survey, queued)).json()["questions"][0]
    sent = {"about": first["name"], "code": first["choices"][1]["code"], "status": "answered"}
    reply = listening.post(f"{page(survey, queued)}/answers", data=sent, headers={"HX-Request": "true"})
    assert reply.status_code == 200
    assert 'name="about" value="age"' in reply.text
    row = session.scalars(select(RelistenCode)).one()
    assert (row.question, row.value, row.status) == (first["name"], [[sent["code"]]], "answered")


@pytest.mark.parametrize(
    ("heard", "where"),
    [
        ({"question": "nobody_asked"}, "question"),
        ({"question": "police", "codes": ["7"]}, "codes"),
        ({"question": "police", "codes": ["1", "2"]}, "codes"),
        ({"question": "police"}, "codes"),
        ({"question": "age", "text": " "}, "text"),
    ],
)
def test_what_cannot_have_been_heard_is_refused(
    listening: TestClient, queued: RelistenItem, survey: Survey, heard: dict[str, Any], where: str
) -> None:
    reply = listening.put(f"{api(survey, queued)}/answers", json=heard)
    assert reply.status_code == 422
    assert where in json.dumps(reply.json())


def test_it_is_done_when_everything_is_coded_and_nothing_of_it_has_changed(
    listening: TestClient, queued: RelistenItem, survey: Survey, session: Session
) -> None:
    before = session.scalars(select(ResponseSnapshot.record)).one()
    refused = listening.post(f"{api(survey, queued)}/finish")
    assert refused.status_code == 422
    assert "police" in refused.text
    code_all(listening, api(survey, queued))
    answers = session.scalar(select(func.count()).select_from(AnswerEvent))
    assert listening.post(f"{page(survey, queued)}/finish", follow_redirects=False).status_code == 303
    session.refresh(queued)
    assert queued.state == ItemState.DONE
    assert session.scalars(select(ResponseSnapshot.record)).one() == before
    assert session.scalar(select(func.count()).select_from(AnswerEvent)) == answers
    assert listening.get(api(survey, queued)).status_code == 409


def test_once_done_those_who_review_see_both_codings_and_why(
    listening: TestClient, queued: RelistenItem, survey: Survey, sue: Person, lin: Person, sign_in_as: SignInAs
) -> None:
    both = f"/campaigns/{survey.campaign.id}/quality/listened/{queued.id}"
    assert listening.get(both).status_code == 403
    assert sign_in_as(sue).get(both).status_code == 404
    sign_in_as(lin)
    code_all(listening, api(survey, queued))
    listening.post(f"{api(survey, queued)}/finish")
    shown = sign_in_as(sue).get(both).text
    assert all(words in shown for words in ("Ana", "Lin", "很不满意", "不太满意", "turned round", "different"))
    compared = listening.get(f"/api/v1{both}").json()
    assert [row["question"] for row in compared["answers"] if row["agrees"] is False] == ["police"]
    assert {row["question"]: row["agrees"] for row in compared["answers"]}["age"] is True


def test_agreement_counts_the_answers_that_were_heard(
    listening: TestClient, queued: RelistenItem, survey: Survey, sue: Person, ana: Person, sign_in_as: SignInAs
) -> None:
    survey.change_rules(quality={"agreement_answers": 5})
    code_all(listening, api(survey, queued))
    listening.post(f"{api(survey, queued)}/finish")
    summary = sign_in_as(sue).get(f"/api/v1/campaigns/{survey.campaign.id}/quality").json()
    found = summary["drawn" if queued.is_drawn else "flagged_agreement"]
    assert (summary["checked"], summary["flagged"], summary["queue"]["done"]) == (1, 1, 1)
    assert found["agreed"] == found["answers"] - 1 > 8
    assert [row["person_id"] for row in summary["by_interviewer"]] == [ana.id]


def test_whoever_listens_learns_no_flags_and_whoever_reads_responses_gets_none(
    listening: TestClient, queued: RelistenItem, survey: Survey, sue: Person, sign_in_as: SignInAs, session: Session
) -> None:
    record = session.scalars(select(ResponseSnapshot.record)).one()
    campaign = f"/campaigns/{survey.campaign.id}"
    flags = f"/api/v1{campaign}/responses/{record['response_uid']}/flags"
    assert "flag" not in json.dumps(record)
    for address in (
        flags,
        f"/api/v1/campaigns/{survey.campaign.id}/quality",
        f"/campaigns/{survey.campaign.id}/quality",
    ):
        assert listening.get(address).status_code == 403
    [flag] = sign_in_as(sue).get(flags).json()["flags"]
    assert flag["kind"] == "reversed_item"
    assert "lie 4 steps apart" in flag["words"]


def test_the_page_of_quality_counts_with_denominators_and_says_why(
    queued: RelistenItem, survey: Survey, sue: Person, zoe: Person, sign_in_as: SignInAs
) -> None:
    address = f"/campaigns/{survey.campaign.id}/quality"
    shown = sign_in_as(sue).get(address).text
    assert "1 of 1 ended interviews" in shown
    assert "safety_overall, feel_unsafe" in shown
    assert f"/quality/listened/{queued.id}" not in shown
    assert sign_in_as(zoe).get(address).status_code == 404


@pytest.mark.parametrize("act", ["put-back", "give-up"])
def test_one_that_cannot_be_gone_on_with_is_given_back_or_closed(
    listening: TestClient, queued: RelistenItem, survey: Survey, session: Session, act: str
) -> None:
    if act == "give-up":
        refused = listening.post(f"{page(survey, queued)}/{act}")
        assert (refused.status_code, "Tick the box" in refused.text) == (422, True)
    sent = {"confirmed": "true"} if act == "give-up" else {}
    assert listening.post(f"{page(survey, queued)}/{act}", data=sent, follow_redirects=False).status_code == 303
    session.refresh(queued)
    assert queued.state == {"put-back": ItemState.WAITING, "give-up": ItemState.UNLISTENABLE}[act]
    assert listening.get(api(survey, queued)).status_code in (404, 409)


def test_what_listeners_do_is_on_the_record(
    listening: TestClient, queued: RelistenItem, survey: Survey, session: Session
) -> None:
    code_all(listening, api(survey, queued))
    listening.post(f"{api(survey, queued)}/finish")
    about = select(AuditEntry.act).where(AuditEntry.subject == f"relisten_item:{queued.id}")
    acts = session.scalars(about.order_by(AuditEntry.position)).all()
    assert acts == ["relisten.taken", "relisten.done"]
