"""Nothing is reachable without a rule, and the API's document says how to get in."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.accounts.access import routes_without_rule
from app.accounts.domain import Scope

# The ways in, the provider's reports, which are believed for their signature alone, and what anybody may ask.
OPEN_OPERATIONS = {
    "POST /api/v1/oauth/token",
    "POST /api/v1/sessions",
    *(
        f"POST /api/v1/telephony/twilio/{what}"
        for what in (
            "calls",
            "inbound-calls",
            "inbound-calls/ended",
            "inbound-messages",
            "keys",
            "messages",
            "recordings",
            "rooms",
            "sound",
            "voice",
        )
    ),
    "GET /api/v1/sounds/clips/{clip_id}",  # by an address that nobody can make up
    "GET /api/v1/sounds/questions/{version_id}/{name}",
    "GET /api/v1/verification",
    "POST /api/v1/verification",
}


@pytest.fixture
def app(client: TestClient) -> FastAPI:
    assert isinstance(client.app, FastAPI)
    return client.app


def test_every_page_and_operation_has_a_rule(app: FastAPI) -> None:
    assert routes_without_rule(app) == []


def test_every_operation_of_the_document_names_the_way_in(app: FastAPI) -> None:
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }
    without = {name for name, operation in operations.items() if not operation.get("security")}
    assert without <= OPEN_OPERATIONS | {name for name in without if name.startswith("GET /health/")}


def test_the_document_lists_the_scopes(app: FastAPI) -> None:
    flow = app.openapi()["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == {scope.value for scope in Scope}
    assert flow["tokenUrl"] == "/api/v1/oauth/token"


def test_unknown_addresses_answer_in_the_same_form(client: TestClient) -> None:
    reply = client.get("/api/v1/nothing")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
