"""Routers are passed over as a whole, where none can be meant."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.turns import Router


@pytest.fixture
def client() -> TestClient:
    outer = Router(prefix="/api")
    for prefix in ("/cases", "/cases/{case_id}/notes", "/people"):
        inner = Router(prefix=prefix)

        @inner.get("/newest")
        async def show(case_id: int = 0, *, where: str = prefix) -> str:
            return f"{where} {case_id}"

        outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/cases/newest", "/cases 0"),
        ("/api/cases/7/notes/newest", "/cases/{case_id}/notes 7"),
        ("/api/people/newest", "/people 0"),
    ],
)
def test_a_path_finds_its_router_whatever_stands_in_its_parameters(client: TestClient, path: str, answer: str) -> None:
    assert client.get(path).json() == answer


@pytest.mark.parametrize("path", ["/people/newest", "/api/newest", "/api/cases/7/newest", "/"])
def test_a_path_of_no_router_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_wrong_method_is_told_from_a_wrong_path(client: TestClient) -> None:
    assert client.post("/api/people/newest").status_code == 405
