"""What every answer carries and every request must pass."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core import problems, security
from app.core.settings import Settings

LIMIT_BYTES = 1000
ADDRESS = "http://survey.example"


def measure(text: Annotated[str, Body()]) -> int:
    return len(text)


def make_app(public_base_url: str) -> FastAPI:
    settings = Settings(
        _env_file=None,
        secret_key=SecretStr("x" * 32),
        public_base_url=public_base_url,
        upload_limit_bytes=LIMIT_BYTES,
    )
    app = FastAPI(middleware=[*security.around_answers(settings), *security.around_requests(settings)])
    problems.install(app)
    app.post("/api/act")(measure)
    app.get("/api/fail")(lambda: 1 // 0)
    return app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app("https://public.example"), base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": ADDRESS}, 200),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "https://public.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer token"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Basic YTpi"}, 403),
    ],
)
def test_a_write_from_another_site_is_refused(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/api/act", json="", headers=headers).status_code == status


def test_reading_from_another_site_is_left_to_the_browser(client: TestClient) -> None:
    assert client.get("/api/missing", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 404


def test_a_refused_write_says_why(client: TestClient) -> None:
    reply = client.post("/api/act", json="", headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"] == "urn:xiangyin:problem:cross-origin"


@pytest.mark.parametrize("path", ["/api/missing", "/api/fail"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_only_https_is_promised_to_stay_https(client: TestClient) -> None:
    assert "strict-transport-security" in client.get("/api/missing").headers
    with TestClient(make_app(ADDRESS), base_url=ADDRESS) as plain:
        assert "strict-transport-security" not in plain.get("/api/missing").headers


def test_an_announced_body_over_the_limit_is_refused(client: TestClient) -> None:
    reply = client.post("/api/act", json="x" * LIMIT_BYTES)
    assert (reply.status_code, reply.json()["title"]) == (413, "Too large")


def test_a_streamed_body_over_the_limit_is_refused(client: TestClient) -> None:
    parts = iter([b'"', *[b"x" * 100] * 20, b'"'])
    reply = client.post("/api/act", content=parts, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["title"]) == (413, "Too large")


def test_a_body_within_the_limit_passes(client: TestClient) -> None:
    assert client.post("/api/act", json="x" * (LIMIT_BYTES - 10)).json() == LIMIT_BYTES - 10
