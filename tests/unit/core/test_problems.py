"""Failures are answered as problem details: where, what to do, in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.core import problems
from app.core.errors import ConflictError, Fault, InvalidInputError, XiangyinError
from app.core.parameters import forbid_unknown_query


class NoCaseDueError(ConflictError):
    """Every case is finished."""


class Upload(BaseModel):
    rows: int


class Filter(BaseModel):
    area: str = ""


def list_cases(limit: Annotated[int, Query(ge=1, le=100)] = 10) -> dict[str, int]:
    return {"limit": limit}


def list_areas(filters: Annotated[Filter, Query()]) -> str:
    return filters.area


def fail(kind: str) -> None:
    if kind == "conflict":
        raise NoCaseDueError
    if kind == "input":
        fault = Fault("row 12, column phone", "%(text)s is no number.", (("text", "12x"),))
        raise InvalidInputError("The file has %(count)s faults.", (fault,), count="1")
    raise ZeroDivisionError(kind)


def accept(upload: Upload) -> None:
    return None


def page_number(page: int = 1) -> int:
    return page


@pytest.fixture
def app() -> FastAPI:
    app, api = FastAPI(), APIRouter()
    app.add_middleware(problems.UnexpectedFailures)
    problems.install(app)
    api.get("/cases")(list_cases)
    api.get("/areas")(list_areas)
    api.get("/fail/{kind}")(fail)
    api.post("/uploads")(accept)
    app.get("/pages/{kind}")(fail)
    app.include_router(api, prefix="/api", dependencies=[Depends(forbid_unknown_query), Depends(page_number)])
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_an_expected_failure_names_its_kind_and_place(client: TestClient) -> None:
    reply = client.get("/api/fail/conflict")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "urn:xiangyin:problem:no-case-due",
        "title": "Not possible now",
        "status": 409,
        "detail": "Every case is finished.",
        "instance": "/api/fail/conflict",
    }


def test_faults_say_where_and_what(client: TestClient) -> None:
    body = client.get("/api/fail/input").json()
    assert body["detail"] == "The file has 1 faults."
    assert body["errors"] == [{"where": "row 12, column phone", "message": "12x is no number."}]


@pytest.mark.parametrize(
    ("query", "message"),
    [("limit=x", "Write a whole number."), ("limit=0", "Must be at least 1."), ("limit=101", "Must be at most 100.")],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: str, message: str) -> None:
    reply = client.get(f"/api/cases?{query}")
    assert reply.status_code == 422
    assert reply.json()["errors"] == [{"where": "query.limit", "message": message}]


@pytest.mark.parametrize(("body", "where"), [("{}", "body.rows"), ('{"rows": "secret"}', "body.rows"), ("{", "body.1")])
def test_a_wrong_field_is_named_and_never_repeated(client: TestClient, body: str, where: str) -> None:
    reply = client.post("/api/uploads", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["errors"][0]["where"]) == (422, where)
    assert "secret" not in reply.text


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(client: TestClient) -> None:
    reply = client.get("/api/cases?limit=5&page=1&limmit=6")
    assert reply.status_code == 400
    assert reply.json()["errors"] == [
        {"where": "query.limmit", "message": "Unknown parameter; remove it. Known here: limit, page."}
    ]


def test_known_parameters_pass(client: TestClient) -> None:
    assert client.get("/api/cases?limit=5&page=2").json() == {"limit": 5}
    assert client.get("/api/areas?area=520100&page=2").json() == "520100"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/missing", 404), ("PUT", "/api/cases", 405)])
def test_the_frameworks_own_refusals_take_the_same_form(
    client: TestClient, method: str, path: str, status: int
) -> None:
    reply = client.request(method, path)
    assert reply.status_code == reply.json()["status"] == status
    assert status == 404 or "GET" in reply.headers["allow"]


def test_an_unexpected_failure_tells_no_details(client: TestClient) -> None:
    reply = client.get("/api/fail/phone-number")
    assert (reply.status_code, reply.json()["title"]) == (500, "Failure on our side")
    assert "phone-number" not in reply.json()["detail"]


def test_words_are_translated_for_the_reader(app: FastAPI, client: TestClient) -> None:
    def translate(locale: str, message: str, values: Mapping[str, str]) -> str:
        return f"{locale}: {message % values if values else message}"

    app.state.translate = translate
    chinese = client.get("/api/fail/conflict", headers={"Accept-Language": "fr,zh-TW;q=0.9,en;q=0.8"})
    assert chinese.json()["detail"] == "zh-CN: Every case is finished."
    assert client.get("/api/fail/conflict").json()["title"] == "en: Not possible now"


def test_people_get_a_page_where_one_can_be_drawn(app: FastAPI, client: TestClient) -> None:
    def render(_request: Request, error: XiangyinError) -> Response:
        return HTMLResponse(f"<p>{error.words()}</p>", error.status)

    app.state.render_error_page = render
    assert client.get("/pages/conflict").text == "<p>Every case is finished.</p>"
    assert client.get("/pages/boom").status_code == 500
    assert client.get("/api/fail/conflict").json()["status"] == 409
