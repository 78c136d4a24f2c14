"""The next case is given on the event loop, and the usual way takes over whenever there is more to it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import withdraw_role
from app.campaigns.models import Campaign
from app.campaigns.service import close_campaign
from app.core.settings import Settings
from app.languages.domain import PUTONGHUA, Level
from app.main import Wiring, create_app
from app.staffing.service import certify
from tests.stage import SetClock, Survey

NEXT_CASE = "/api/v1/desk/next-case"
FREE = text("UPDATE presence SET state = 'ready', case_id = NULL")
NOTHING_READY = text("UPDATE survey_case SET state = 'waiting' WHERE state = 'ready'")
STEPS = text("SELECT actor, kind, reason, details FROM case_event WHERE case_id = :case AND kind = 'served'")
MOVES = text("SELECT state FROM presence_change WHERE person_id = :person ORDER BY id")
SEEN = text("SELECT last_seen_at FROM browser_session")
LOCK_DESK = text("SELECT FROM presence WHERE person_id = :person FOR UPDATE")
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
CUT = text("""
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM browser_session%'
""")


@dataclass
class AnasDesk:
    """Ana in her browser, and the field beside her."""

    client: TestClient
    field: Survey
    ana: Person

    @property
    def session(self) -> Session:
        return self.field.session

    def ask(self, **headers: str) -> Response:
        reply: Response = self.client.post(NEXT_CASE, headers=headers)
        return reply

    def go_on(self) -> None:
        """Clear her screen."""
        self.session.execute(FREE)
        self.session.commit()

    @contextmanager
    def without_the_usual_way(self) -> Iterator[None]:
        """No route gets a session meanwhile."""
        state = cast("FastAPI", self.client.app).state
        usual = state.make_session
        state.make_session = None
        yield
        state.make_session = usual


@pytest.fixture
def anas_desk(field: Survey, ana: Person, *, own_engine: Engine, settings: Settings, clock: SetClock,
              password: str) -> Iterator[AnasDesk]:  # fmt: skip
    """Ana, who has had a case, so that this process knows her reach."""
    address = own_engine.url.render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": address}), wiring=Wiring(clock=clock))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert client.post("/api/v1/sessions", json={"login": "ana", "password": password}).status_code == 201
        assert client.post("/api/v1/desk/ready", json={"campaign_id": field.campaign.id}).status_code == 200
        desk = AnasDesk(client, field, ana)
        assert desk.ask().status_code == 200
        desk.go_on()
        yield desk
    app.state.engine.dispose()


def test_the_case_is_on_the_screen_with_its_trace_and_no_session_was_needed(anas_desk: AnasDesk) -> None:
    with anas_desk.without_the_usual_way():
        reply = anas_desk.ask()
    card = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert anas_desk.client.get("/api/v1/desk").json()["case"] == card
    [step] = anas_desk.session.execute(STEPS, {"case": card["id"]})
    assert (step.actor, step.kind) == (f"person:{anas_desk.ana.id}", "served")
    assert step.details["lect"] == PUTONGHUA
    assert list(anas_desk.session.scalars(MOVES, {"person": anas_desk.ana.id})) == ["ready", "preview", "preview"]


def test_why_there_is_no_case_is_said_in_the_same_words(anas_desk: AnasDesk) -> None:
    anas_desk.session.execute(NOTHING_READY)
    anas_desk.session.commit()
    with anas_desk.without_the_usual_way():
        at_once = anas_desk.ask()
    cast("FastAPI", anas_desk.client.app).state.desks = None
    assert (at_once.status_code, at_once.json()) == (409, anas_desk.ask().json())
    assert at_once.json()["errors"]


def signs_out(desk: AnasDesk) -> None:
    desk.client.delete("/api/v1/sessions/current")


def may_no_more(desk: AnasDesk) -> None:
    withdraw_role(desk.session, desk.ana, Role.INTERVIEWER, now=desk.field.now)
    desk.session.commit()


def goes_for_a_break(desk: AnasDesk) -> None:
    assert desk.client.post("/api/v1/desk/break").status_code == 200


def has_a_case(desk: AnasDesk) -> None:
    assert desk.ask().status_code == 200


@pytest.mark.parametrize(
    ("act", "status"), [(signs_out, 401), (may_no_more, 403), (goes_for_a_break, 409), (has_a_case, 409)]
)
def test_whoever_may_not_have_one_is_refused_as_ever(
    anas_desk: AnasDesk, act: Callable[[AnasDesk], Any], status: int
) -> None:
    act(anas_desk)
    assert anas_desk.ask().status_code == status


def test_another_site_takes_no_case_in_anas_name(anas_desk: AnasDesk) -> None:
    assert anas_desk.ask(origin="https://elsewhere.example").status_code == 403
    assert anas_desk.ask().status_code == 200


def test_a_lect_certified_meanwhile_counts_at_once(anas_desk: AnasDesk) -> None:
    certify(anas_desk.session, anas_desk.ana.id, {"za": Level.INTERVIEWS})
    anas_desk.session.commit()
    reply = anas_desk.ask()
    assert (reply.status_code, reply.json()["errors"][0]["where"]) == (409, "queue")


def test_somebody_who_is_there_a_minute_later_is_noted(anas_desk: AnasDesk, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=2))
    assert anas_desk.ask().status_code == 200
    assert anas_desk.session.scalars(SEEN).one() == clock.at


def test_a_desk_that_is_being_changed_is_waited_for(anas_desk: AnasDesk, own_engine: Engine) -> None:
    with ThreadPoolExecutor(1) as browser, own_engine.connect() as other, own_engine.connect() as watch:
        other.execute(LOCK_DESK, {"person": anas_desk.ana.id})
        asked = browser.submit(anas_desk.ask)
        while not _somebody_waits(watch):
            assert not asked.done()
        other.commit()
        assert asked.result().status_code == 200


def _somebody_waits(watch: Connection) -> bool:
    waiting = watch.scalars(WAITS).one()
    watch.rollback()
    return bool(waiting == 1)


def test_a_field_that_is_just_being_closed_keeps_no_desk_waiting(anas_desk: AnasDesk, own_engine: Engine) -> None:
    with Session(own_engine) as supervisor, anas_desk.without_the_usual_way():
        campaign = supervisor.get_one(Campaign, anas_desk.field.campaign.id)
        close_campaign(supervisor, campaign, actor="person:1", now=anas_desk.field.now)
        assert anas_desk.ask().status_code == 200
        supervisor.rollback()


def test_two_keys_pressed_at_the_same_moment_bring_one_case(anas_desk: AnasDesk) -> None:
    with ThreadPoolExecutor(4) as keys:
        replies = list(keys.map(lambda _key: anas_desk.ask().status_code, range(4)))
    assert sorted(replies) == [200, 409, 409, 409]


def test_a_connection_that_was_cut_costs_nobody_their_case(anas_desk: AnasDesk, own_engine: Engine) -> None:
    with own_engine.connect() as other:
        assert other.scalar(CUT) > 0
    assert anas_desk.ask().status_code == 200
    anas_desk.go_on()
    with anas_desk.without_the_usual_way():
        assert anas_desk.ask().status_code == 200
