"""A program exchanges its id and secret for a short-lived token."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from app.accounts.clients import create_client, principal_of_token
from app.accounts.domain import Permission, Scope
from app.accounts.models import ApiClient
from app.campaigns.models import Campaign

TOKEN = "/api/v1/oauth/token"
FORM = {"grant_type": "client_credentials", "client_id": "Office", "client_secret": "se:cret+1"}
ALL = {scope.value for scope in Scope}


@pytest.fixture
def office(session: Session, other_campaign: Campaign, cheap_hasher: PasswordHasher, now: datetime) -> ApiClient:
    return create_client(
        session,
        client_id="office",
        name="Statistics office",
        secret="se:cret+1",
        scopes=list(Scope),
        campaign_ids=[other_campaign.id],
        now=now,
        hasher=cheap_hasher,
    )


def ask(client: TestClient, **changes: Any) -> Response:
    return client.post(TOKEN, data={**FORM, **changes})


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def test_the_form_gets_a_token_for_all_its_scopes(client: TestClient, office: ApiClient) -> None:
    reply = ask(client)
    body = reply.json()
    assert (reply.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 900)
    assert set(body["scope"].split()) == ALL
    assert reply.headers["cache-control"] == "no-store"


def test_http_basic_works_too_with_its_own_encoding(client: TestClient, office: ApiClient) -> None:
    grant = {"grant_type": "client_credentials", "scope": "codebook:read"}
    reply = client.post(TOKEN, data=grant, headers=basic("office:se%3Acret%2B1"))
    assert (reply.status_code, reply.json()["scope"]) == (200, "codebook:read")


def test_a_token_opens_what_its_scopes_name_in_its_campaigns(
    client: TestClient, session: Session, office: ApiClient, now: datetime
) -> None:
    token = ask(client, scope="responses:read").json()["access_token"]
    principal = principal_of_token(session, token, now=now)
    assert principal is not None
    assert office.campaign_ids is not None
    assert principal.grants == {(office.campaign_ids[0], Permission.READ_RESPONSES)}
    assert principal.actor == f"client:{office.id}"


def test_a_token_lives_a_quarter_of_an_hour(
    client: TestClient, session: Session, office: ApiClient, now: datetime
) -> None:
    token = ask(client).json()["access_token"]
    assert principal_of_token(session, token, now=now + timedelta(minutes=14, seconds=59)) is not None
    assert principal_of_token(session, token, now=now + timedelta(minutes=15)) is None


def test_a_scope_taken_away_ends_at_once(
    client: TestClient, session: Session, office: ApiClient, now: datetime
) -> None:
    token = ask(client).json()["access_token"]
    office.scopes = ["codebook:read"]
    session.flush()
    principal = principal_of_token(session, token, now=now)
    assert principal is not None
    assert {permission for _, permission in principal.grants} == {Permission.READ_CODEBOOK}


def test_a_closed_client_is_locked_out(client: TestClient, session: Session, office: ApiClient, now: datetime) -> None:
    token = ask(client).json()["access_token"]
    office.is_active = False
    session.flush()
    assert principal_of_token(session, token, now=now) is None
    assert ask(client).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "of\0fice", "client_secret": "\0"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "responses:read everything"}, 400, "invalid_scope"),
    ],
)
def test_refusals_are_those_of_the_standard(
    client: TestClient, office: ApiClient, *, changes: dict[str, str], status: int, error: str
) -> None:
    reply = ask(client, **changes)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert "error_description" in reply.json()
    assert (status == 401) == ("www-authenticate" in reply.headers)


@pytest.mark.parametrize(
    "headers", [basic("office:se%3Acret%2B1"), {"Authorization": "Basic !"}, {"Authorization": "Digest x"}]
)
def test_two_ways_at_once_or_a_broken_one_are_refused(
    client: TestClient, office: ApiClient, headers: dict[str, str]
) -> None:
    reply = client.post(TOKEN, data=FORM, headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


def test_guessing_secrets_is_slowed_down(client: TestClient, office: ApiClient) -> None:
    statuses = [ask(client, client_secret="wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_the_token_signs_requests(client: TestClient, office: ApiClient) -> None:
    token = ask(client).json()["access_token"]
    reply = client.get("/api/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.json()["login"], reply.json()["roles"]) == (200, "office", [])
