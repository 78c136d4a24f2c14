"""One request, one turn in a thread: whatever a route asks for is opened by the thread that runs the route.

FastAPI gives every plain function and generator among a route's dependencies a turn of its own, five for a route that
signs somebody in, reads and commits, and each turn costs as much as a statement. So the dependencies of this program
only say what they would open, without waiting; `Route` opens it, runs the route and commits in a single turn.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match
from starlette.types import Scope

from app.core.db import SessionFactory, Transaction

Endpoint = Callable[..., Any]
_PARAMETER: Final = re.compile(r"\{[^}]*\}")


class Guard(ABC):
    """Somebody who is still to be admitted."""

    @property
    @abstractmethod
    def make_session(self) -> SessionFactory:
        """Open a session where the route has none."""

    @abstractmethod
    def admit(self, session: Session) -> object:
        """Return what the route is given, or raise."""


class Route(APIRoute):
    """A route whose function, sessions and guards share one turn in a thread."""

    def __init__(self, path: str, endpoint: Endpoint, **settings: Any) -> None:
        turn = _beside_the_loop if iscoroutinefunction(endpoint) else _in_a_thread
        super().__init__(path, turn(endpoint), **settings)


class Router(APIRouter):
    """A router of such routes, which is passed over as a whole where a path cannot be one of its own.

    FastAPI tries every route of every router in turn, and does so once for each router around it.
    """

    def __init__(self, *, prefix: str = "", route_class: type[APIRoute] = Route, **settings: Any) -> None:
        super().__init__(prefix=prefix, route_class=route_class, **settings)
        self._fixed_parts = tuple(part for part in _PARAMETER.split(prefix) if part)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Try the routes only where the path has what is fixed in the prefix of them all."""
        path = scope.get("path", "")
        if any(part not in path for part in self._fixed_parts):
            return Match.NONE, {}
        return super().matches(scope)

    def _get_routes_version(self, seen: set[int] | None = None) -> int:  # noqa: ARG002  the framework's signature
        """Speak for this router alone.

        FastAPI asks all routers below, several times a request, whether a route was added to one of them since the
        last one. Here all are there before the first.
        """
        return self._routes_version


def _in_a_thread(endpoint: Endpoint) -> Endpoint:
    def run(values: Mapping[str, object]) -> Any:
        with ExitStack() as stack:
            return endpoint(**_ready(values, stack))

    @wraps(endpoint)
    async def begin(**values: object) -> Any:
        return await run_in_threadpool(run, values)

    return begin


def _beside_the_loop(endpoint: Endpoint) -> Endpoint:
    """Admit whoever it is first; a coroutine may stay for hours and so holds no session."""

    def admit(values: Mapping[str, object]) -> dict[str, object]:
        with ExitStack() as stack:
            return _ready(values, stack)

    @wraps(endpoint)
    async def begin(**values: object) -> Any:
        if any(isinstance(value, Transaction) for value in values.values()):
            raise TypeError(f"{endpoint.__qualname__} is a coroutine and asks for a session")
        if any(isinstance(value, Guard) for value in values.values()):
            values = await run_in_threadpool(admit, values)
        return await endpoint(**values)

    return begin


def _ready(values: Mapping[str, object], stack: ExitStack) -> dict[str, object]:
    """Open the session, let the guard look through it, and return what the function is called with."""
    ready: dict[str, object] = dict(values)
    session: Session | None = None
    for name, value in values.items():
        if isinstance(value, Transaction):
            ready[name] = session = value.opened(stack)
    for name, value in values.items():
        if isinstance(value, Guard):
            ready[name] = _admitted(value, session)
    return ready


def _admitted(guard: Guard, session: Session | None) -> object:
    if session is not None:
        return guard.admit(session)
    with guard.make_session() as own, own.begin():
        return guard.admit(own)
