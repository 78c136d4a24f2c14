"""The short cut reads a query, answers and refuses as the usual way does, and nothing stands in between."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core import problems
from app.core.errors import NotFoundError
from app.core.parameters import forbid_unknown_query
from app.core.shortcut import Shortcut, StraightRoute, answers_of
from app.core.turns import Router


class OfCase(BaseModel):
    case: int = Field(ge=1)
    word: str | None = Field(None, alias="WORD", max_length=4)


async def echo(request: Request, query: Annotated[OfCase, Query()]) -> Response:
    return Response(f"{request.method} {query.case} {query.word}")


class NotForStraightOnes:
    """A layer that breaks where a request of a straight route comes by."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/api/straight/echo" and scope["method"] == "POST":
            raise AssertionError
        await self.app(scope, receive, send)


@pytest.fixture
def both_ways() -> TestClient:
    outer = Router(prefix="/api", dependencies=[Depends(forbid_unknown_query)])
    usual, straight = Router(prefix="/usual"), Router(prefix="/straight", route_class=StraightRoute)
    for router in (usual, straight):
        router.post("/echo")(echo)
        outer.include_router(router)
    layers = [Middleware(Shortcut, answers=answers_of(straight, prefix="/api")), Middleware(NotForStraightOnes)]
    app = FastAPI(middleware=layers)
    problems.install(app)
    app.include_router(outer)
    return TestClient(app, raise_server_exceptions=False)


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


def failing_both_ways(error: Exception) -> TestClient:
    async def fail(_request: Request, _query: Annotated[OfCase, Query()]) -> Response:
        raise error

    usual, straight = Router(prefix="/usual"), Router(prefix="/straight", route_class=StraightRoute)
    for router in (usual, straight):
        router.post("/echo")(fail)
    shortcut = Middleware(Shortcut, answers=answers_of(straight, prefix=""))
    app = FastAPI(middleware=[Middleware(problems.UnexpectedFailures), shortcut])
    problems.install(app)
    app.include_router(usual)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("error", [NotFoundError(), HTTPException(413), OSError()])
def test_what_fails_on_the_short_cut_is_answered_as_anywhere(error: Exception) -> None:
    client = failing_both_ways(error)
    short, long = (client.post(f"/{way}/echo?case=1") for way in ("straight", "usual"))
    assert (short.status_code, short.text.replace("straight", "usual")) == (long.status_code, long.text)


def test_another_method_goes_the_usual_way(both_ways: TestClient) -> None:
    assert both_ways.get("/api/straight/echo?case=1").status_code == 405


@pytest.mark.parametrize("body", [b"", b"some words"])
def test_what_the_short_cut_leaves_alone_goes_the_usual_way_whole(body: bytes) -> None:
    async def leave(_request: Request) -> None:
        return None

    app = FastAPI(middleware=[Middleware(Shortcut, answers={("POST", "/words"): leave})])

    @app.post("/words")
    async def read(request: Request) -> Response:
        return Response(await request.body())

    assert TestClient(app).post("/words", content=body).content == body
