"""Who gets through to a route, by cookie or by token, and what the others are told."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.access import COOKIE, PUBLIC, SIGNED_IN, ask_to_sign_in, require
from app.accounts.domain import Permission, Principal
from app.accounts.models import Person
from app.accounts.service import sign_in
from app.campaigns.models import Campaign
from app.core import problems
from app.core.db import SessionFactory
from app.core.errors import NotSignedInError
from app.core.settings import Settings
from app.core.turns import Router

PAGE = {"Accept": "text/html,*/*"}
Enter = Callable[[Person], TestClient]


def watch(principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)]) -> str:
    return principal.login


def read_audit(principal: Annotated[Principal, require(Permission.READ_AUDIT)]) -> str:
    return principal.login


def page(principal: Annotated[Principal, SIGNED_IN]) -> str:
    return "page"


@pytest.fixture
def door(settings: Settings, make_session: SessionFactory, now: datetime) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.settings, app.state.clock = settings, lambda: now
    app.state.make_session = app.state.make_lookup_session = make_session
    problems.install(app)
    app.add_exception_handler(NotSignedInError, ask_to_sign_in)
    router = Router()
    router.get("/api/watch")(watch)
    router.get("/api/campaigns/{campaign_id}/watch")(watch)
    router.get("/api/audit")(read_audit)
    router.api_route("/page", methods=["GET", "POST"])(page)
    router.get("/public", dependencies=[PUBLIC])(lambda: "public")
    app.include_router(router)
    with TestClient(app, follow_redirects=False) as door:
        yield door


@pytest.fixture
def enter(door: TestClient, session: Session, password: str, now: datetime) -> Enter:
    """Put somebody's session into the cookies."""

    def put(person: Person) -> TestClient:
        token, _ = sign_in(session, login=person.login, password=password, address="office", now=now)
        door.cookies.set(COOKIE, token)
        return door

    return put


def test_a_program_without_a_session_gets_401_and_the_way_in(door: TestClient) -> None:
    reply = door.get("/api/watch")
    assert (reply.status_code, reply.json()["title"]) == (401, "Not signed in")
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_person_without_a_session_is_led_to_the_sign_in_page_and_back(door: TestClient) -> None:
    reply = door.get("/page?tab=areas", headers=PAGE)
    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/page%3Ftab%3Dareas")
    assert door.post("/page", headers=PAGE).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("current", "target"),
    [("http://testserver/desk", "/sign-in?next=/desk"), ("", "/sign-in"), ("http://[", "/sign-in")],
)
def test_a_fragment_moves_the_whole_page_to_sign_in(door: TestClient, current: str, target: str) -> None:
    reply = door.post("/page", headers={**PAGE, "HX-Request": "true", "HX-Current-URL": current})
    assert (reply.status_code, reply.headers["hx-redirect"]) == (401, target)


def test_public_routes_ask_nobody(door: TestClient) -> None:
    assert door.get("/public").status_code == 200


@pytest.mark.parametrize("token", ["made-up", ""])
def test_a_wrong_token_is_refused_even_beside_a_good_cookie(enter: Enter, sue: Person, token: str) -> None:
    door = enter(sue)
    reply = door.get("/api/watch", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 401
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


def test_a_role_everywhere_opens_every_campaign(enter: Enter, sue: Person) -> None:
    door = enter(sue)
    assert door.get("/api/watch").json() == "sue"
    assert door.get("/api/campaigns/12345/watch").status_code == 200


def test_zoe_sees_her_campaign_and_learns_of_no_other(enter: Enter, zoe: Person, other_campaign: Campaign) -> None:
    door = enter(zoe)
    assert door.get(f"/api/campaigns/{other_campaign.id}/watch").status_code == 200
    assert door.get(f"/api/campaigns/{other_campaign.id + 1}/watch").status_code == 404
    assert door.get("/api/audit").status_code == 403


def test_an_interviewer_may_not_watch(enter: Enter, ana: Person) -> None:
    door = enter(ana)
    assert door.get("/api/watch").status_code == 403
    assert door.get("/api/campaigns/12345/watch").status_code == 403


@pytest.mark.parametrize("number", ["x", "-1", "9223372036854775808", "１２"])
def test_what_can_be_no_campaign_is_not_found(enter: Enter, sue: Person, number: str) -> None:
    door = enter(sue)
    assert door.get(f"/api/campaigns/{number}/watch").status_code == 404


def test_the_administrator_reads_the_record_and_watches_nothing(enter: Enter, ada: Person) -> None:
    door = enter(ada)
    assert door.get("/api/audit").json() == "ada"
    assert door.get("/api/watch").status_code == 403
