"""A short cut for what comes by the hundred: straight to a function, past whatever stands inside of it.

The framework's way there, through the layers around a request, all routers and the dependencies, costs several times
what it costs to check a signed report.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core import problems
from app.core.parameters import read_query

Answer = Callable[[Request], Coroutine[Any, Any, Response]]
Attempt = Callable[[Request], Coroutine[Any, Any, Response | None]]


class StraightRoute(APIRoute):
    """A route that goes straight to its coroutine, which takes the request and a model of the whole query.

    Dependencies are not run, so that nobody is admitted here: such a route is open or refuses itself. Nor are its
    requests seen by the layers that look for other sites' requests and for large bodies: it reads no more than it must.
    """

    @cached_property
    def answer(self) -> Answer:
        """How to answer: with what the coroutine returns; the API's description is made of its signature as ever."""
        [query] = self.dependant.query_params
        model = cast("type[BaseModel]", query.field_info.annotation)
        endpoint: Callable[[Request, BaseModel], Coroutine[Any, Any, Response]] = self.endpoint

        async def answer(request: Request) -> Response:
            return await endpoint(request, read_query(request, model))

        return answer

    def get_route_handler(self) -> Answer:
        """Answer so where the request comes the usual way, too."""
        return self.answer


class Shortcut:
    """The layer that tells by method and path which request goes straight on; all others go the usual way.

    So does one whose answer is None: whoever was asked has read nothing of its body and leaves it to the usual route.
    """

    def __init__(self, app: ASGIApp, *, answers: Mapping[tuple[str, str], Attempt]) -> None:
        self.app = app
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = self.answers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if answer is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        response: Response | None
        try:
            response = await answer(request)
        except problems.EXPECTED as error:
            response = await problems.answer(request, error)
        await (response or self.app)(scope, receive, send)


def answers_of(router: APIRouter, *, prefix: str) -> dict[tuple[str, str], Answer]:
    """Return how the straight routes of a router answer, by method and path; `prefix` stands before all of them."""
    routes = [route for route in router.routes if isinstance(route, StraightRoute)]
    return {(method, prefix + route.path): route.answer for route in routes for method in route.methods or ()}
