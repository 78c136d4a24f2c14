"""The only place that reads the wall clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current instant, always in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one clock


async def request_instant(request: Request) -> datetime:
    """Read the application's clock once for this request; async because it never waits."""
    clock: Clock = request.app.state.clock
    return clock()


# One instant per request: FastAPI caches the dependency, so every service sees the same `now`.
Now = Annotated[datetime, Depends(request_instant)]
