"""The board offers listening where it is allowed, shows who is in whose call, and carries the way in just once."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import SessionFactory
from app.interviewing.monitoring import note_leg
from app.telephony.manual import ManualGateway
from app.telephony.monitoring.models import Monitoring
from tests.stage import Desk, Survey

NANNING = "450100"


class Board:
    """Sue's board, as an open page asks for it."""

    def __init__(self, client: TestClient, session: Session, path: str, ana: int) -> None:
        self.client, self.session, self.path, self.ana = client, session, path, ana

    def show(self) -> str:
        return self.client.get(self.path).text

    def send(self, path: str = "", *, status: int = 200, **form: Any) -> str:
        reply = self.client.post(f"{self.path}/monitoring{path}", data=form, headers={"hx-request": "true"})
        assert reply.status_code == status, reply.text
        return reply.text

    def listen(self) -> str:
        page = self.send(interviewer=self.ana)
        row = self.session.scalars(select(Monitoring)).one()
        row.call_id = "CA-sue"
        note_leg(self.session, "CA-sue", event="joined", conference_id="CF1", now=row.asked_at)
        self.session.flush()
        return page


@pytest.fixture
def board(
    survey: Survey, desk: Desk, client: TestClient, session: Session, sue: Person, ana: Person, password: str
) -> Board:
    survey.add_numbers(("13977112345", NANNING, "普通话"))
    desk.reach()
    browser = TestClient(client.app, base_url=str(client.base_url), headers={"accept": "text/html"})
    browser.post("/api/v1/sessions", json={"login": "sue", "password": password})
    return Board(browser, session, f"/campaigns/{survey.campaign.id}", ana.id)


def test_whoever_talks_can_be_listened_to(board: Board, desk: Desk) -> None:
    assert 'aria-label="Listen in on Ana"' in board.show()
    desk.post("hang-up")
    desk.deliver()
    assert "Listen in on" not in board.show()


def test_the_way_into_the_call_comes_with_the_first_answer_alone(board: Board) -> None:
    first = board.listen()
    assert ('data-ticket="' in first, 'data-state="connecting"' in first) == (True, True)
    later = board.show()
    assert ("data-ticket" in later, 'data-state="in"' in later) == (False, True)
    assert "You listen: nobody hears you" in later
    assert "Listening: you" in later


def test_the_board_says_who_is_heard_by_whom(board: Board) -> None:
    board.listen()
    assert "both sides hear you" in board.send("/mode", mode="breaking_in")
    assert "nobody hears you" in board.send("/mode", mode="listening")
    assert "Choose who is to hear you" in board.send("/mode", mode="shouting", status=409)


def test_stopping_takes_the_bar_away(board: Board) -> None:
    board.listen()
    assert 'id="monitor"' not in board.send("/stop")


def test_the_interviewer_reads_who_listens(board: Board, desk: Desk) -> None:
    board.listen()
    page = desk.client.get("/desk", headers={"accept": "text/html"}).text
    assert 'data-supervisor="listening"' in page
    assert "Sue is listening" in page


def test_where_the_rules_forbid_it_nothing_is_offered_and_the_reason_is_said(board: Board, survey: Survey) -> None:
    survey.change_rules(monitoring={"mode": "off"})
    page = board.show()
    assert ("Listen in on" in page, "js/monitor" in page) == (False, False)
    assert "rules of this campaign forbid" in board.send(interviewer=board.ana, status=409)


def test_where_interviewers_dial_by_hand_the_reason_is_said(board: Board, make_session: SessionFactory) -> None:
    app = board.client.app
    assert isinstance(app, FastAPI)
    app.state.gateway = ManualGateway(make_session)
    assert "Listen in on" not in board.show()
    assert "Sit down beside them" in board.send(interviewer=board.ana, status=502)
