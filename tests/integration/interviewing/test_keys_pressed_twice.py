"""A key pressed twice at the same moment acts once, also where both presses are really committed."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from app.accounts.models import Person
from app.core.db import SessionFactory, session_factory
from app.dialing.models import Attempt
from app.interviewing.models import AnswerEvent, Interview
from app.languages.domain import PUTONGHUA
from app.staffing.service import presence_of
from tests.stage import Desk, Survey

UNTIL_BOTH_WAIT_SECONDS = 0.5
PressTwice = Callable[..., Counter[int]]


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


@pytest.fixture(autouse=True)
def one_case(survey: Survey) -> None:
    survey.add_numbers(("13977112345", "450100", "普通话"))
    survey.session.commit()


@pytest.fixture
def press_twice(survey: Survey, client: TestClient, ana: Person) -> PressTwice:
    """Send a move twice while the desk is locked, so that both presses wait for it; count the replies."""

    def press(path: str, body: dict[str, Any] | None = None) -> Counter[int]:
        presence_of(survey.session, ana.id, now=survey.now)
        with ThreadPoolExecutor(2) as keys:
            sent = [keys.submit(client.post, f"/api/v1/desk/{path}", json=body) for _ in range(2)]
            time.sleep(UNTIL_BOTH_WAIT_SECONDS)
            survey.session.commit()
            return Counter(reply.result().status_code for reply in sent)

    return press


def count(survey: Survey, table: type[Attempt | Interview | AnswerEvent]) -> int:
    return survey.session.scalars(select(func.count()).select_from(table)).one()


def test_a_number_is_dialled_once(desk: Desk, survey: Survey, press_twice: PressTwice) -> None:
    desk.post("next-case")
    assert press_twice("dial") == {200: 1, 409: 1}
    assert len(desk.network.placed) == count(survey, Attempt) == 1


def test_one_interview_is_begun_and_each_answer_saved_once(desk: Desk, survey: Survey, press_twice: PressTwice) -> None:
    desk.reach()
    assert press_twice("interview", {"lect": PUTONGHUA}) == {200: 2}
    assert press_twice("answers", {"question": "residence", "codes": ["1"], "client_sequence": 1}) == {200: 2}
    assert (count(survey, Interview), count(survey, AnswerEvent)) == (1, 1)


def test_an_outcome_is_coded_once(desk: Desk, press_twice: PressTwice) -> None:
    desk.reach()
    desk.post("hang-up")
    assert press_twice("outcome", {"code": "call_later"}) == {204: 1, 409: 1}
