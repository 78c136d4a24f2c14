"""The telephone at the console: hold, tones, handing a call over, and calling in to the emulated network."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from pydantic import BaseModel

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.errors import ConflictError, NotFoundError
from app.core.turns import Router
from app.interviewing import by_hand, telephone
from app.telephony.domain import Seen
from app.telephony.emulator.exchange import Exchange
from app.telephony.twilio.rooms import VOICE_PATH, identity_of
from app.web.desk_page import call_and_show

router = Router(prefix="/desk", include_in_schema=False)
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
Text = Annotated[str, Form()]


class EmulatedCall(BaseModel):
    """The emulated network's name of a call."""

    call_id: str


@router.post("/hold")
def hold(
    *, request: Request, interviewer: Interviewer, now: Now, is_held: Annotated[bool, Form()] = False
) -> Response:  # fmt: skip
    """Let the respondent hear music, or bring them back."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: telephone.hold(state.make_session, state.gateway, interviewer.id, is_held=is_held),
        now=now,
    )


@router.post("/keys")
def press(*, request: Request, interviewer: Interviewer, now: Now, keys: Text = "") -> Response:
    """Let the respondent's side hear tones."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: telephone.press(state.make_session, state.gateway, interviewer.id, keys=keys.strip()),
        now=now,
    )


@router.post("/hand-over")
def give_to_a_speaker(*, request: Request, interviewer: Interviewer, now: Now, lect: Text = "") -> Response:
    """Hand the call, and whoever is on the line, to a free interviewer of that lect."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: telephone.give_to_a_speaker(state.make_session, state.gateway, interviewer.id, lect=lect, now=now),
        now=now,
    )


@router.post("/told")
def tell(*, request: Request, interviewer: Interviewer, now: Now, seen: Text = "") -> Response:
    """Take down what the telephone on the desk did."""
    state = request.app.state

    def act() -> None:
        if seen not in set(Seen):
            raise ConflictError("Choose what the telephone did.")
        by_hand.tell(state.make_session, state.gateway, interviewer.id, seen=Seen(seen), now=now)

    return call_and_show(request, interviewer, act, now=now)


@router.post("/emulated-line")
def call_in(*, request: Request, interviewer: Interviewer, ticket: Text) -> EmulatedCall:
    """Call in to the emulated network, as a browser calls in to a real one by its own library."""
    address = request.app.state.settings.public_base_url.rstrip("/") + VOICE_PATH
    call_id = _exchange(request).rooms.call_in(identity_of(interviewer.id), address, {"ticket": ticket})
    return EmulatedCall(call_id=call_id)


@router.post("/emulated-line/end", status_code=HTTPStatus.NO_CONTENT)
def hang_up(*, request: Request, interviewer: Interviewer, call_id: Text) -> None:
    """End one's own call there, as a closed browser does; the network then tells that it is over."""
    _exchange(request).rooms.leave(call_id, identity=identity_of(interviewer.id))


def _exchange(request: Request) -> Exchange:
    exchange: Exchange | None = request.app.state.exchange
    if exchange is None:
        raise NotFoundError
    return exchange
