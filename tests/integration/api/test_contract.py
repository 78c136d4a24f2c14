"""Whatever is sent, the API answers as its document says: never with a failure of its own."""

from collections.abc import Callable
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.accounts.models import Person
from tests.integration.api.conftest import Puller
from tests.stage import Desk, Survey, in_a_thread

SignInAs = Callable[[Person], TestClient]
Headers = dict[str, str]
Case = schemathesis.Case[Any]
CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=80, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def requests_to(app: FastAPI, tags: set[str]) -> st.SearchStrategy[Case]:
    """Draw well-formed requests to the operations of some resources."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return st.one_of([o.as_strategy() for o in operations if tags & set(o.definition.raw["tags"])])


def send_many(client: TestClient, tags: set[str], headers: Headers) -> None:
    """Send drawn requests; each has to be answered as documented, and none may spoil the next."""
    app = cast("FastAPI", client.app)
    base_url = str(client.base_url)

    @seed(20261123)
    @FEW
    @given(case=requests_to(app, tags))
    def send(case: Case) -> None:
        case.call_and_validate(base_url=base_url, headers=headers, checks=CHECKS)

    in_a_thread(send)


def signed_in(client: TestClient) -> Headers:
    return {"Cookie": f"xiangyin={client.cookies['xiangyin']}"}


def test_the_desk_answers_an_interviewer_as_documented(desk: Desk, survey: Survey) -> None:
    survey.add_numbers(*((f"1397711{n:04d}", "450100", "普通话") for n in range(30)))
    send_many(desk.client, {"desk"}, signed_in(desk.client))


def test_answers_during_an_interview_are_treated_as_documented(desk: Desk, survey: Survey) -> None:
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    desk.post("interview", {"lect": "yue"})
    send_many(desk.client, {"desk"}, signed_in(desk.client))


def test_campaigns_answer_a_program_as_documented(puller: Puller) -> None:
    send_many(puller.client, {"campaigns", "oauth"}, {"Authorization": f"Bearer {puller.token}"})


def test_campaigns_answer_a_supervisor_as_documented(held_interview: Survey, sign_in_as: SignInAs, sue: Person) -> None:
    client = sign_in_as(sue)
    send_many(client, {"campaigns", "desk", "sessions"}, signed_in(client))


def test_quality_answers_whoever_reviews_and_listens_as_documented(
    held_interview: Survey, sign_in_as: SignInAs, sue: Person
) -> None:
    client = sign_in_as(sue)
    send_many(client, {"quality"}, signed_in(client))


def test_strangers_are_answered_as_documented(client: TestClient, survey: Survey) -> None:
    send_many(client, {"campaigns", "desk", "sessions", "oauth", "health", "verification"}, {})


@pytest.mark.parametrize("tag", ["campaigns", "desk", "quality", "sessions", "oauth", "health", "verification"])
def test_every_operation_documents_how_it_fails(client: TestClient, tag: str) -> None:
    paths: dict[str, Any] = cast("FastAPI", client.app).openapi()["paths"]
    operations = [o for methods in paths.values() for o in methods.values() if tag in o["tags"]]
    assert operations
    assert all("application/problem+json" in o["responses"]["default"]["content"] for o in operations)
