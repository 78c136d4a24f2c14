"""Sound at the desk over HTTP: consent to a recording, pause, resume, an objection; a recorded greeting."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.turns import Router
from app.interviewing import recordings
from app.interviewing.clips import play_greeting
from app.interviewing.domain import MarkKind
from app.interviewing.marks import SentMark
from app.interviewing.read_out import play_question
from app.telephony.recorder import RecordingAct

router = Router(prefix="/desk", tags=["desk"])
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]


class ConsentIn(BaseModel):
    """What the respondent said to the words in that lect."""

    model_config = ConfigDict(extra="forbid")

    is_given: bool
    lect: str = Field(max_length=100, description="the lect in which it was asked")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="of the words read; null: the newest")


class ActIn(BaseModel):
    """What to do with the recording under way."""

    model_config = ConfigDict(extra="forbid")

    act: RecordingAct


class GreetingIn(BaseModel):
    """The lect of the recorded greeting."""

    model_config = ConfigDict(extra="forbid")

    lect: str = Field(max_length=100)


class QuestionIn(BaseModel):
    """The question that is to be heard; none for the one on the screen, whichever it is."""

    model_config = ConfigDict(extra="forbid")

    question: str | None = Field(None, max_length=200)
    interview_uid: UUID | None = None


class ObjectionOut(BaseModel):
    """How many recordings of the case are deleted for it."""

    recordings: int


@router.post("/recording", status_code=204)
def begin(request: Request, interviewer: Interviewer, now: Now) -> None:
    """Record from now on, after a beginning that failed or a stop; 409 where it is not allowed."""
    state = request.app.state
    recordings.begin_again(state.make_session, state.gateway, interviewer.id, now=now)


@router.patch("/recording", status_code=204)
def steer(body: ActIn, request: Request, interviewer: Interviewer) -> None:
    """Pause, resume or stop; what is said in a pause is left out."""
    state = request.app.state
    recordings.steer(state.make_session, state.gateway, interviewer.id, act=body.act)


@router.post("/recording/consent", status_code=204)
def answer_consent(body: ConsentIn, request: Request, interviewer: Interviewer, *, now: Now) -> None:
    """Keep the answer, with the version of the words, and record from now on if it is yes."""
    state = request.app.state
    recordings.answer_consent(
        state.make_session,
        state.gateway,
        interviewer.id,
        is_given=body.is_given,
        lect=body.lect,
        version=body.version,
        now=now,
    )


@router.post("/recording/objection")
def object_to_recording(request: Request, interviewer: Interviewer, now: Now) -> ObjectionOut:
    """Stop, and have every recording of the case deleted, here and at the provider."""
    state = request.app.state
    number = recordings.withdraw(state.make_session, state.gateway, interviewer.id, now=now)
    return ObjectionOut(recordings=number)


@router.post("/question/play", status_code=204)
def play_recording(
    request: Request, interviewer: Interviewer, now: Now, *, body: QuestionIn | None = None
) -> None:  # fmt: skip
    """Play the recording of the question on the screen to whoever is on the line; 409 where that is another one."""
    state = request.app.state
    wanted = SentMark(MarkKind.AUDIO, **(body or QuestionIn()).model_dump())
    play_question(
        state.make_session, state.gateway, state.sound_links, person_id=interviewer.id, wanted=wanted, now=now
    )


@router.post("/clip", status_code=204)
def play(body: GreetingIn, request: Request, interviewer: Interviewer, *, now: Now) -> None:
    """Play the recorded greeting in that lect to whoever is on the line; 409 where there is none."""
    state = request.app.state
    play_greeting(
        state.make_session, state.gateway, state.sound_links, person_id=interviewer.id, lect=body.lect, now=now
    )
