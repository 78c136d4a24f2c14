"""The console asks person by person, whether there is another one, and for an order of preference."""

import re
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.questionnaires.service import publish_version
from tests.integration.web.test_desk_pages import NANNING, OPEN_SCREEN, answer, press, reach, stage_of
from tests.stage import Desk, Survey
from tests.unit.questionnaires.conftest import workbook_of

SURVEY = """
|type         |name  |label::普通话 (cmn-x-putonghu)|calculation |appearance|
|begin repeat |trip  |出行                          |            |          |
|text         |plate |车牌号？                      |            |numbers   |
|time         |hour  |几点？                        |            |          |
|end repeat   |      |                              |            |          |
|rank list    |order |请排序                        |            |          |
|note         |total |一共几次                      |count(${trip})|        |
"""
CHOICES = """
|list_name|name|label::普通话 (cmn-x-putonghu)|
|list     |a   |快                            |
|list     |b   |便宜                          |
"""


@pytest.fixture(autouse=True)
def trips(survey: Survey, session: Session, now: datetime) -> None:
    source = workbook_of(survey=SURVEY, choices=CHOICES)
    version = publish_version(session, name="trips", source=source, file_name="trips.xlsx", published_by=None, now=now)
    survey.campaign.questionnaire_version_id = version.id
    session.flush()
    survey.add_numbers(("13977112345", NANNING, ""))


def begun(desk: Desk) -> str:
    reach(desk)
    return press(desk, "begin", lect="cmn-x-putonghu")


def test_another_one_is_asked_for_and_keys_are_shown(desk: Desk) -> None:
    page = answer(desk, begun(desk), text="007")
    assert 'placeholder="18:30"' in page
    page = answer(desk, page, text="8:05")
    assert 'name="question" value="trip[2]"' in page
    assert 'data-key="1"' in page
    assert 'data-key="0"' in page
    assert 'name="question" value="trip[2]/plate"' in answer(desk, page, code="1")


def test_an_order_is_typed_and_the_count_is_read_out(desk: Desk) -> None:
    page = answer(desk, answer(desk, begun(desk), text="007"), text="8:05")
    page = answer(desk, answer(desk, page, code="0"), text="b a")
    assert 'name="question" value="total"' in page
    assert '<p class="read-aloud">1</p>' in page
    assert stage_of(answer(desk, page)) == "finished"


def test_an_order_with_one_missing_is_refused_on_the_page(desk: Desk) -> None:
    page = answer(desk, answer(desk, begun(desk), text="007"), text="8:05")
    page = answer(desk, page, code="0")
    fields = dict(re.findall(r'name="(question|sequence|shown_at)" value="([^"]*)"', page))
    reply = desk.client.post("/desk/answer", data={**fields, "text": "b"}, headers=OPEN_SCREEN)
    assert reply.status_code == 422
    assert "some have no place yet" in reply.text
