"""Streams that tell an open screen which of its parts changed; the screen then fetches what it may see."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.live import Switchboard, campaign_topic, person_topic
from app.core.turns import Router

# No session is held here: a stream stays open for hours, and a transaction that long blocks the vacuum.
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

router = Router(prefix="/live", include_in_schema=False)


@router.get("/desk")
async def follow_desk(
    *, request: Request, interviewer: Annotated[Principal, require(Permission.TAKE_CASE)]
) -> Response:  # fmt: skip
    """Tell the interviewer's own screen at once."""
    return _stream(request, person_topic(interviewer.id), "desk", at_once=True)


@router.get("/campaigns/{campaign_id}")
async def follow_campaign(
    *, request: Request, campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
) -> Response:
    """Tell a wallboard, at most four times a second."""
    return _stream(request, campaign_topic(campaign_id), "board", at_once=False)


def _stream(request: Request, topic: str, part: str, *, at_once: bool) -> Response:
    switchboard: Switchboard | None = getattr(request.app.state, "switchboard", None)
    if switchboard is None:
        # 204 tells the browser not to come back: nobody listens to the database here.
        return Response(status_code=204)
    events = _events(switchboard, topic, part, at_once=at_once)
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)


async def _events(switchboard: Switchboard, topic: str, part: str, *, at_once: bool) -> AsyncIterator[str]:
    async for changed in switchboard.watch(topic, at_once=at_once):
        yield f"event: changed\ndata: {part}\n\n" if changed else "event: beat\ndata: .\n\n"
