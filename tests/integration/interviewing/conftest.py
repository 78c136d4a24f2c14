"""A case in Nanning that Ana and Bao can both speak to, and Bao's desk beside Ana's."""

from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.interviewing.models import AnswerEvent
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, SetClock, Survey

NANNING = "450100"


@pytest.fixture(autouse=True)
def one_case(survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"))


@pytest.fixture
def bao_desk(
    survey: Survey, client: TestClient, bao: Person, password: str, network: ScriptedNetwork, clock: SetClock
) -> Desk:
    """Bao's desk in the same survey, in a browser of his own."""
    browser = TestClient(client.app, base_url=str(client.base_url))
    assert browser.post("/api/v1/sessions", json={"login": "bao", "password": password}).status_code == 201
    desk = Desk(browser, network, clock)
    desk.post("ready", {"campaign_id": survey.campaign.id})
    return desk


class Saved:
    """What is stored of answers."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def rows(self) -> Sequence[AnswerEvent]:
        return self.session.scalars(select(AnswerEvent).order_by(AnswerEvent.id)).all()

    def values(self) -> list[tuple[str, list[object]]]:
        return [(row.question, row.value) for row in self.rows()]


@pytest.fixture
def saved(session: Session) -> Saved:
    return Saved(session)
