"""Routers are passed over as a whole, where none can be meant; a straight route reads its query as others do."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from app.core import problems
from app.core.parameters import forbid_unknown_query
from app.core.turns import Route, Router, StraightRoute


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


class OfCase(BaseModel):
    case: int = Field(ge=1)
    word: str | None = Field(None, alias="WORD", max_length=4)


async def echo(request: Request, query: Annotated[OfCase, Query()]) -> Response:
    return Response(f"{request.method} {query.case} {query.word}")


@pytest.fixture
def both_ways() -> TestClient:
    app, outer = FastAPI(), Router(prefix="/api", dependencies=[Depends(forbid_unknown_query)])
    problems.install(app)
    for prefix, route_class in (("/usual", Route), ("/straight", StraightRoute)):
        inner = Router(prefix=prefix, route_class=route_class)
        inner.post("/echo")(echo)
        outer.include_router(inner)
    app.include_router(outer)
    return TestClient(app)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("case=7", 200),
        ("case=7&WORD=yes", 200),
        ("case=6&case=7", 200),
        ("case=", 422),
        ("case=0", 422),
        ("case=seven&WORD=never", 422),
        ("", 422),
        ("case=7&word=yes", 400),
        ("case=7&more=1&WORD=", 400),
    ],
)
def test_a_straight_route_answers_as_a_usual_one_does(both_ways: TestClient, query: str, status: int) -> None:
    usual, straight = (both_ways.post(f"/api/{way}/echo?{query}") for way in ("usual", "straight"))
    assert (straight.status_code, straight.text.replace("straight", "usual")) == (status, usual.text)


def test_a_straight_route_is_described_as_a_usual_one_is(both_ways: TestClient) -> None:
    paths = both_ways.get("/openapi.json").json()["paths"]
    described = [paths[f"/api/{way}/echo"]["post"]["parameters"] for way in ("usual", "straight")]
    assert [parameter["name"] for parameter in described[1]] == ["case", "WORD"]
    assert described[0] == described[1]
