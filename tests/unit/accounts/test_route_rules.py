"""Routes without a rule are found wherever they hide; nobody is led away after signing in."""

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Query, Request, Response, WebSocket
from pydantic import BaseModel
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.accounts.access import PUBLIC, SIGNED_IN, require, routes_without_rule, safe_next
from app.accounts.domain import Permission, Principal
from app.core.shortcut import StraightRoute
from app.core.turns import Router


class Nothing(BaseModel):
    word: str = ""


def nothing() -> None:
    return None


def guarded(principal: Annotated[Principal, require(Permission.TAKE_CASE)]) -> None:
    return None


def mine(principal: Annotated[Principal, SIGNED_IN]) -> None:
    return None


async def straight(_request: Request, _query: Annotated[Nothing, Query()]) -> Response:
    return Response()


def test_every_kind_of_rule_is_recognised() -> None:
    app, router = FastAPI(), Router()
    router.get("/public", dependencies=[PUBLIC])(nothing)
    router.get("/mine")(mine)
    router.get("/case")(guarded)
    app.include_router(router)
    assert routes_without_rule(app) == []


def test_a_rule_whose_answer_nobody_takes_is_none() -> None:
    app, router = FastAPI(), Router()
    router.get("/route", dependencies=[SIGNED_IN])(nothing)
    app.include_router(router)
    app.include_router(router, prefix="/again", dependencies=[SIGNED_IN])
    assert routes_without_rule(app) == ["GET /route", "GET /again/route"]


def test_a_rule_on_a_route_that_looks_nobody_up_is_none() -> None:
    app = FastAPI()
    app.get("/case")(guarded)
    assert routes_without_rule(app) == ["GET /case"]


def test_a_rule_on_a_straight_route_is_none() -> None:
    app, router = FastAPI(), Router(route_class=StraightRoute)
    router.get("/public", dependencies=[PUBLIC])(straight)
    router.get("/mine", dependencies=[SIGNED_IN])(straight)
    app.include_router(router)
    assert routes_without_rule(app) == ["GET /mine"]


def test_a_route_without_rule_is_found_two_routers_deep() -> None:
    app, outer, inner = FastAPI(), APIRouter(prefix="/outer"), APIRouter(prefix="/inner")
    inner.post("/bare", include_in_schema=False)(nothing)
    outer.include_router(inner)
    app.include_router(outer, prefix="/api")
    assert routes_without_rule(app) == ["POST /api/outer/inner/bare"]


def test_sockets_mounts_and_plain_routes_need_a_rule_too() -> None:
    app = FastAPI()

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.close()

    app.mount("/files", PlainTextResponse("open"))
    app.router.routes.append(Route("/plain", nothing))
    assert {line.split()[1] for line in routes_without_rule(app)} == {"/socket", "/files", "/plain"}
    assert routes_without_rule(app, open_paths={"/socket", "/files", "/plain"}) == []


@pytest.mark.parametrize(
    ("wanted", "followed"),
    [
        ("/campaigns/3?tab=areas", "/campaigns/3?tab=areas"),
        (None, "/"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\t/elsewhere.example/", "/"),
    ],
)
def test_signing_in_leads_only_to_our_own_pages(wanted: str | None, followed: str) -> None:
    assert safe_next(wanted) == followed
