"""Signing in and out over HTTP."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.accounts.models import Person
from app.core.db import SessionFactory
from app.core.settings import Settings
from app.main import Wiring, create_app

SESSIONS = "/api/v1/sessions"
CURRENT = "/api/v1/sessions/current"


@pytest.fixture
def https_client(make_session: SessionFactory, now: datetime) -> Iterator[TestClient]:
    settings = Settings(_env_file=None, secret_key=SecretStr("k" * 32), public_base_url="https://survey.example")
    app = create_app(settings, wiring=Wiring(clock=lambda: now, make_session=make_session))
    with TestClient(app, base_url="https://survey.example") as client:
        yield client


def test_signing_in_answers_who_and_sets_a_guarded_cookie(client: TestClient, sue: Person, password: str) -> None:
    reply = client.post(SESSIONS, json={"login": "sue", "password": password})
    assert reply.status_code == 201
    assert reply.json() == {"login": "sue", "display_name": "Sue", "locale": "en", "roles": ["supervisor"]}
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("xiangyin=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_over_https_the_cookie_is_bound_to_this_host(https_client: TestClient, sue: Person, password: str) -> None:
    reply = https_client.post(SESSIONS, json={"login": "sue", "password": password})
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-xiangyin=")
    assert "Secure" in cookie.split("; ")
    assert https_client.get(CURRENT).status_code == 200


def test_a_session_lasts_until_it_is_closed(sign_in_as: Callable[[Person], TestClient], ana: Person) -> None:
    client = sign_in_as(ana)
    token = client.cookies["xiangyin"]
    assert client.get(CURRENT).json()["roles"] == ["interviewer"]
    assert client.delete(CURRENT).status_code == 204
    assert client.get(CURRENT, headers={"Cookie": f"xiangyin={token}"}).status_code == 401


def test_signing_in_again_ends_the_session_before(sign_in_as: Callable[[Person], TestClient], ana: Person) -> None:
    client = sign_in_as(ana)
    earlier = client.cookies["xiangyin"]
    sign_in_as(ana)
    assert client.cookies["xiangyin"] != earlier
    assert client.get(CURRENT, headers={"Cookie": f"xiangyin={earlier}"}).status_code == 401


def test_a_wrong_password_is_refused_and_counted(client: TestClient, sue: Person, password: str) -> None:
    wrong = {"login": "sue", "password": "wrong"}
    replies = [client.post(SESSIONS, json=wrong).status_code for _ in range(11)]
    assert replies == [401] * 10 + [429]
    throttled = client.post(SESSIONS, json={"login": "sue", "password": password})
    assert (throttled.status_code, throttled.headers["retry-after"]) == (429, "900")
    assert throttled.json()["type"] == "urn:xiangyin:problem:throttled"


def test_an_unknown_login_reads_like_a_wrong_password(client: TestClient, sue: Person) -> None:
    known, unknown = (client.post(SESSIONS, json={"login": login, "password": "x"}) for login in ("sue", "nobody"))
    assert known.json() == unknown.json()


@pytest.mark.parametrize(
    "body", ["{}", '{"login": "sue"}', '{"login": 1, "password": 2}', '{"login": "\\ud800", "password": "x"}', "[", "7"]
)
def test_incomplete_credentials_are_named(client: TestClient, body: str) -> None:
    reply = client.post(SESSIONS, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert all(fault["where"].startswith("body") for fault in reply.json()["errors"])


def test_odd_characters_open_nothing_and_break_nothing(client: TestClient) -> None:
    assert client.post(SESSIONS, json={"login": "a\0b", "password": "\0"}).status_code == 401


def test_another_site_cannot_sign_anybody_in(client: TestClient, sue: Person, password: str) -> None:
    credentials = {"login": "sue", "password": password}
    reply = client.post(SESSIONS, json=credentials, headers={"Origin": "https://elsewhere.example"})
    assert reply.status_code == 403


def test_an_unknown_query_parameter_is_refused(client: TestClient) -> None:
    reply = client.get(f"{CURRENT}?verbose=1")
    assert (reply.status_code, reply.json()["errors"][0]["where"]) == (400, "query.verbose")
