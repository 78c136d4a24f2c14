"""Recording at the console: what the respondent said to it, pause and resume, an objection."""

from typing import Annotated

from fastapi import Form, Request, Response

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.errors import ConflictError
from app.core.turns import Router
from app.interviewing import recordings
from app.telephony.recorder import RecordingAct
from app.web.desk_page import call_and_show

router = Router(prefix="/desk/recording", include_in_schema=False)
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
Text = Annotated[str, Form()]
BEGIN = "begin"
LARGEST_VERSION = 2**31 - 1


@router.post("")
def steer(*, request: Request, interviewer: Interviewer, now: Now, act: Text = "") -> Response:
    """Pause, resume, or record from here on."""
    state = request.app.state

    def do() -> None:
        if act == BEGIN:
            recordings.begin_again(state.make_session, state.gateway, interviewer.id, now=now)
        elif act in set(RecordingAct):
            recordings.steer(state.make_session, state.gateway, interviewer.id, act=RecordingAct(act))
        else:
            raise ConflictError("The screen has changed. Look at it again.")

    return call_and_show(request, interviewer, do, now=now)


@router.post("/consent")
def answer_consent(
    *, request: Request, interviewer: Interviewer, now: Now, lect: Text = "",
    version: Annotated[int | None, Form(ge=1, le=LARGEST_VERSION)] = None, is_given: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Keep what the respondent said, and record from now on if they agreed."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: recordings.answer_consent(
            state.make_session,
            state.gateway,
            interviewer.id,
            is_given=is_given,
            lect=lect,
            version=version,
            now=now,
        ),
        now=now,
    )


@router.post("/objection")
def object_to_recording(*, request: Request, interviewer: Interviewer, now: Now) -> Response:
    """Stop, and have every recording of the case deleted."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: recordings.withdraw(state.make_session, state.gateway, interviewer.id, now=now),
        now=now,
    )
