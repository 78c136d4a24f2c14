"""The pace of a desk over HTTP: a case that is dialled by itself, or skipped."""

from functools import partial

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.desk import Interviewer
from app.core.clock import Now
from app.core.db import WriteSession
from app.core.turns import Router
from app.interviewing import desk
from app.interviewing.cards import DeskView
from app.interviewing.pacing import dial_when_due
from app.interviewing.view import desk_of

router = Router(prefix="/desk", tags=["desk"])


class SkipIn(BaseModel):
    """Why the case is not dialled; to be said where cases are dialled by themselves after a while."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=500)


class PacedOut(BaseModel):
    """The attempt that was begun because its time had come; null where it had not."""

    attempt_id: int | None


@router.post("/give-back")
def give_back(
    interviewer: Interviewer, session: WriteSession, now: Now, *, body: SkipIn | None = None
) -> DeskView:  # fmt: skip
    """Return an undialled case to the queue."""
    desk.give_case_back(session, interviewer.id, why=body.why if body else "", now=now)
    return desk_of(session, interviewer.id, now=now)


@router.post("/pace")
def keep_pace(request: Request, interviewer: Interviewer, now: Now) -> PacedOut:
    """Dial the case on the screen if the campaign's pacing says that its time has come."""
    state = request.app.state
    act = partial(desk.dial, state.make_session, state.gateway, interviewer.id, vault=state.vault, now=now)
    attempt_id = dial_when_due(state.make_session, state.gateway, interviewer.id, dial=act, now=now)
    return PacedOut(attempt_id=attempt_id)
