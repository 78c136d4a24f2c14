"""Dialling by hand over HTTP: the number for one call, and what became of it."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from app.api.desk import Interviewer
from app.core.clock import Now
from app.core.turns import Router
from app.interviewing import by_hand
from app.telephony.domain import Seen

router = Router(prefix="/desk", tags=["desk"])


class NumberOut(BaseModel):
    """The number to dial, in E.164."""

    number: str


class ToldIn(BaseModel):
    """What the telephone on the desk did."""

    model_config = ConfigDict(extra="forbid")

    seen: Seen


@router.get("/number")
def show_number(request: Request, interviewer: Interviewer) -> NumberOut:
    """Return the number of the call to be dialled by hand; 409 where the program dials, or nothing is to be dialled."""
    state = request.app.state
    number = by_hand.number_to_dial(state.make_session, state.gateway, interviewer.id, vault=state.vault)
    return NumberOut(number=number)


@router.post("/told", status_code=204)
def tell(body: ToldIn, request: Request, interviewer: Interviewer, *, now: Now) -> None:
    """Say what became of a call that you dial by hand; 409 where the network tells that itself."""
    state = request.app.state
    by_hand.tell(state.make_session, state.gateway, interviewer.id, seen=body.seen, now=now)
