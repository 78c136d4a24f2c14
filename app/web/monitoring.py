"""Supervisors in calls, from the board: listen, coach, break in, stop, and call in to the emulated network."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.errors import ConflictError, NotFoundError
from app.core.turns import Router
from app.interviewing import monitoring
from app.interviewing.monitoring_watch import place_of
from app.telephony.emulator.exchange import Exchange
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.twilio.rooms import VOICE_PATH, identity_of
from app.web.campaigns import draw_board
from app.web.pages import render
from app.web.telephone import EmulatedCall

router = Router(prefix="/campaigns/{campaign_id:int}/monitoring", include_in_schema=False)
Listener = Annotated[Principal, require(Permission.LISTEN_TO_CALLS)]
Text = Annotated[str, Form()]


@router.post("")
def listen(
    *, request: Request, listener: Listener, now: Now, campaign_id: int,
    interviewer: Annotated[int, Form(ge=1, le=LARGEST_ID)],
) -> Response:  # fmt: skip
    """Begin to listen; the board that comes back carries what the telephone of this page calls in with."""
    state = request.app.state
    given = monitoring.listen_to(
        state.make_session, state.gateway, listener.id, campaign_id=campaign_id, interviewer_id=interviewer, now=now
    )
    with state.make_session() as session:
        return draw_board(request, session, listener, campaign_id=campaign_id, given=given, now=now)


@router.post("/mode")
def change_mode(*, request: Request, listener: Listener, now: Now, campaign_id: int, mode: Text = "") -> Response:
    """Coach, break in, or only listen again."""
    state = request.app.state
    if mode not in set(MonitorMode):
        raise ConflictError("Choose who is to hear you.")
    monitoring.change_mode(
        state.make_session, state.gateway, listener.id, campaign_id=campaign_id, mode=MonitorMode(mode), now=now
    )
    with state.make_session() as session:
        return draw_board(request, session, listener, campaign_id=campaign_id, now=now)


@router.post("/stop")
def stop(*, request: Request, listener: Listener, now: Now, campaign_id: int) -> Response:
    """Leave the call."""
    state = request.app.state
    monitoring.stop(state.make_session, state.gateway, listener.id, now=now)
    with state.make_session() as session:
        return draw_board(request, session, listener, campaign_id=campaign_id, now=now)


@router.get("/heard")
def hear(*, request: Request, session: ReadSession, listener: Listener, now: Now, campaign_id: int) -> Response:
    """Show what the emulated respondent said last: there is no sound of it, and whoever listens reads it."""
    place = place_of(session, listener.id, campaign_id)
    said = _exchange(request).heard_by(place[0], str(place[1]), now=now) if place else []
    return render(request, "monitor_heard.html", person=listener, fragment="heard", said=said[-1:])


@router.post("/emulated-line")
def call_in(*, request: Request, listener: Listener, campaign_id: int, ticket: Text) -> EmulatedCall:  # noqa: ARG001  the rule reads it
    """Call in to the emulated network, as a browser calls in to a real one by its own library."""
    address = request.app.state.settings.public_base_url.rstrip("/") + VOICE_PATH
    call_id = _exchange(request).rooms.call_in(identity_of(listener.id), address, {"ticket": ticket})
    return EmulatedCall(call_id=call_id)


@router.post("/emulated-line/end", status_code=HTTPStatus.NO_CONTENT)
def hang_up(*, request: Request, listener: Listener, campaign_id: int, call_id: Text) -> None:  # noqa: ARG001  the rule reads it
    """End one's own call there, as a closed browser does; the network then tells that it is over."""
    _exchange(request).rooms.leave(call_id, identity=identity_of(listener.id))


def _exchange(request: Request) -> Exchange:
    exchange: Exchange | None = request.app.state.exchange
    if exchange is None:
        raise NotFoundError
    return exchange
