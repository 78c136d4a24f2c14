"""A household is asked person by person: each answer is stored under its address, and the response reads so."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interviewing.models import ResponseSnapshot
from app.languages.domain import PUTONGHUA
from app.questionnaires.service import publish_version
from app.questionnaires.workbook import EXAMPLES
from tests.integration.interviewing.conftest import Saved
from tests.stage import Desk, Survey

TWO_PEOPLE = {"size": "2", "person[1]/who": "Ana", "person[1]/age": "40", "person[2]/who": "Bao", "person[2]/age": "9"}


@pytest.fixture(autouse=True)
def household(survey: Survey, session: Session, now: datetime) -> None:
    """The campaign asks with the shipped questionnaire that has a roster."""
    source = (EXAMPLES / "household-health.xlsx").read_bytes()
    version = publish_version(
        session, name="health", source=source, file_name="household-health.xlsx", published_by=None, now=now
    )
    survey.campaign.questionnaire_version_id = version.id
    session.flush()


@pytest.fixture
def first(desk: Desk) -> Any:
    """The first question of an interview with somebody on the line."""
    desk.reach()
    return desk.post("interview", {"lect": PUTONGHUA})["question"]


def told(desk: Desk, question: Any, *, until: str = "", another: str = "0") -> Any:
    """Answer as the two people do, up to a question or to the end."""
    shown = {"question": question}
    while shown["question"] is not None and shown["question"]["name"] != until:
        question = shown["question"]
        codes = (another,) if question["kind"] == "repeat" else ()
        if question["kind"] == "rank":
            codes = tuple(choice["code"] for choice in question["wording"]["choices"] if not choice["reserved"])
        text = TWO_PEOPLE.get(question["name"], "2026-01-05" if question["kind"] == "date" else None)
        text = text or {"range": "5", "trust": "5"}.get(question["name"])
        shown = desk.answer(question, text=text, codes=codes)
    return shown["question"]


def test_every_person_has_rows_of_their_own(desk: Desk, first: Any, saved: Saved) -> None:
    told(desk, first, until="hospital")
    stored = dict(saved.values())
    assert (stored["person[1]/who"], stored["person[2]/who"], stored["person[2]/age"]) == (["Ana"], ["Bao"], ["9"])
    assert "person[3]/who" not in stored


def test_the_wording_names_the_person_asked_about(desk: Desk, first: Any) -> None:
    question = told(desk, first, until="person[2]/age")
    assert "Bao" in question["wording"]["label"]
    assert question["wording"]["section"] == "家庭成员"


def test_another_stay_is_asked_for_until_there_is_none(desk: Desk, first: Any, saved: Saved) -> None:
    question = told(desk, first, until="stay[2]")
    assert (question["kind"], question["required"]) == ("repeat", True)
    shown = desk.answer(question, codes=("1",))
    assert shown["question"]["name"] == "stay[2]/admitted"
    desk.post("back")
    assert desk.show()["question"]["name"] == "stay[2]"
    assert dict(saved.values())["stay[2]"] == ["1"]


def test_a_person_who_is_not_there_cannot_be_answered_for(desk: Desk, first: Any, saved: Saved) -> None:
    question = told(desk, first, until="hospital")
    before = len(saved.rows())
    sent = {"question": "person[3]/who", "client_sequence": question["next_sequence"], "text": "Eve"}
    problem = desk.post("answers", sent, refused=422)
    assert problem["errors"][0]["where"] == "person[3]/who"
    assert len(saved.rows()) == before


def test_the_response_is_read_person_by_person(desk: Desk, first: Any, session: Session) -> None:
    assert told(desk, first) is None
    desk.post("hang-up")
    desk.post("outcome", {"code": "complete"})
    record = session.scalars(select(ResponseSnapshot)).one().record
    answers = record["answers"]
    assert (answers["person"], answers["person[1]/age"], answers["person[2]/age"]) == (2, 40, 9)
    assert (answers["adults"], answers["people"], answers["stay"]) == ("1", "Ana、Bao", 1)
    assert record["answer_status"]["person[2]/chronic"] == "not_asked"
    assert record["language"]["answer_lect"]["person[2]/age"] == PUTONGHUA


def test_a_person_taken_back_is_not_in_the_response(desk: Desk, first: Any, session: Session) -> None:
    question = told(desk, first, until="hospital")
    while question["name"] != "size":
        question = desk.post("back")["question"]
    shown = desk.answer(question, text="1")
    assert shown["question"]["name"] == "hospital"
    told(desk, shown["question"])
    desk.post("hang-up")
    desk.post("outcome", {"code": "complete"})
    answers = session.scalars(select(ResponseSnapshot)).one().record["answers"]
    assert answers["person"] == 1
    assert [name for name in answers if name.startswith("person[2]")] == []
