"""Without any provider: the interviewer sees the number for one call, dials it, and says what it did."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.db import SessionFactory
from app.core.settings import Settings
from app.dialing.models import Attempt
from app.main import Wiring, create_app
from app.telephony.manual import ManualGateway
from tests.integration.interviewing.ringing import Ringing
from tests.stage import Desk, SetClock, Survey

NUMBER = "+8613977112345"


@pytest.fixture
def browser(
    settings: Settings, make_session: SessionFactory, clock: SetClock, survey: Survey, ana: Person, password: str
) -> Iterator[TestClient]:
    """Ana at her desk in an installation that is set to dial by hand."""
    by_hand = settings.model_copy(update={"dial_by_hand": True})
    app = create_app(by_hand, wiring=Wiring(clock=clock, make_session=make_session))
    assert isinstance(app.state.gateway, ManualGateway)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert client.post("/api/v1/sessions", json={"login": ana.login, "password": password}).status_code == 201
        assert client.post("/api/v1/desk/ready", json={"campaign_id": survey.campaign.id}).is_success
        yield client


def act(browser: TestClient, path: str, body: dict[str, Any] | None = None) -> int:
    return browser.post(f"/api/v1/desk/{path}", json=body).status_code


def tell(browser: TestClient, seen: str) -> int:
    return act(browser, "told", {"seen": seen})


def dial(browser: TestClient) -> None:
    act(browser, "next-case")
    assert act(browser, "dial") == 200


def test_the_number_is_shown_for_this_call_alone(browser: TestClient) -> None:
    act(browser, "next-case")
    assert browser.get("/api/v1/desk/number").status_code == 409
    assert act(browser, "dial") == 200
    assert browser.get("/api/v1/desk/number").json() == {"number": NUMBER}
    assert NUMBER in browser.get("/desk").text
    tell(browser, "answered")
    assert browser.get("/api/v1/desk/number").status_code == 409
    assert NUMBER not in browser.get("/desk").text


def test_that_it_was_shown_is_on_record(browser: TestClient, session: Session) -> None:
    dial(browser)
    shown = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "number.shown")
    assert session.scalar(shown) == 1


def test_a_whole_call_by_hand(browser: TestClient, session: Session) -> None:
    dial(browser)
    for seen, state in (("ringing", "dialling"), ("answered", "talking"), ("hung_up", "wrap_up")):
        assert tell(browser, seen) == 204
        assert browser.get("/api/v1/desk").json()["state"] == state
    assert act(browser, "outcome", {"code": "call_later"}) == 204
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.ending, attempt.rang_at is not None) == ("hung_up_by_respondent", True)


def test_a_key_on_the_page_says_it_too(browser: TestClient) -> None:
    dial(browser)
    page = browser.post("/desk/told", data={"seen": "busy"})
    assert "What came of this call?" in page.text or "这次通话" in page.text
    assert browser.post("/desk/told", data={"seen": "moon"}).status_code == 409


def test_nothing_is_told_of_a_call_that_is_not_under_way(browser: TestClient) -> None:
    assert tell(browser, "busy") == 409
    dial(browser)
    assert tell(browser, "hung_up") == 409
    tell(browser, "busy")
    assert tell(browser, "answered") == 409


def test_what_the_program_cannot_do_it_says(browser: TestClient) -> None:
    dial(browser)
    tell(browser, "answered")
    assert act(browser, "hold", {"is_held": True}) == 502
    assert act(browser, "hand-over", {"lect": "za"}) == 409


def test_whoever_calls_back_is_offered_a_time(browser: TestClient, settings: Settings) -> None:
    ringing = Ringing(browser, settings).ring()
    assert "请按1" in ringing.press("1").heard
    assert "<Conference" not in ringing.document


def test_where_a_network_dials_nobody_sees_a_number_or_has_to_tell(desk: Desk) -> None:
    desk.post("next-case")
    desk.post("dial")
    assert desk.client.get("/api/v1/desk/number").status_code == 409
    desk.post("told", {"seen": "answered"}, refused=409)
