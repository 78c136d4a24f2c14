"""What the console notes beside the answers by one key, and the recordings it plays."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Form, Request, Response
from pydantic import BaseModel, field_validator

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import NotFoundError
from app.core.turns import Router
from app.interviewing import questions
from app.interviewing.domain import MarkKind
from app.interviewing.marks import SentMark
from app.interviewing.read_out import play_question
from app.interviewing.versions import is_asked_at_desk
from app.interviewing.view import desk_of
from app.questionnaires.service import find_recording
from app.web.desk_page import act_and_show
from app.web.voice import speak

# A version never changes, so what a browser has it keeps; other people of the same computer do not get it.
KEPT: Final = {"Cache-Control": "private, max-age=31536000, immutable"}

router = Router(prefix="/desk", include_in_schema=False)
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
Text = Annotated[str, Form()]


class MarkForm(BaseModel):
    """One mark as the console sends it, `about` a question; an empty field is none."""

    interview: UUID | None = None
    kind: MarkKind
    about: str | None = None
    section: str | None = None
    rating: int | None = None
    client_key: str | None = None

    @field_validator("interview", "about", "section", "rating", "client_key", mode="before")
    @classmethod
    def _nothing(cls, value: object) -> object:
        return value or None


@router.post("/mark")
def note(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, form: Annotated[MarkForm, Form()]
) -> Response:
    """Note it, and show the desk with the count."""
    sent = SentMark(
        form.kind, form.about, form.section, form.rating, client_key=form.client_key, interview_uid=form.interview
    )
    return act_and_show(
        request, session, interviewer, act=lambda: questions.mark(session, interviewer.id, sent=sent, now=now), now=now
    )


@router.post("/mark/take-back")
def take_back(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, client_key: Text = ""
) -> Response:  # fmt: skip
    """Take back what was noted last, or under that key."""

    def act() -> None:
        questions.take_back(session, interviewer.id, client_key=client_key or None, now=now)

    return act_and_show(request, session, interviewer, act=act, now=now)


@router.post("/play", status_code=204)
def play_into_call(
    *, request: Request, interviewer: Interviewer, now: Now, interview: Annotated[UUID, Form()], question: Text
) -> None:  # fmt: skip
    """Play the recording of the question on the screen to the respondent; an emulated one answers it."""
    state = request.app.state
    wanted = SentMark(MarkKind.AUDIO, question, interview_uid=interview)
    play_question(
        state.make_session, state.gateway, state.sound_links, person_id=interviewer.id, wanted=wanted, now=now
    )
    if state.exchange is not None:
        with state.make_session() as session:
            speak(request, desk_of(session, interviewer.id, now=now), "", now=now)


@router.get("/recordings/{version_id:int}/{name}")
def play(*, session: ReadSession, interviewer: Interviewer, version_id: int, name: str) -> Response:
    """Serve one recording of the version that is asked at the interviewer's desk."""
    if not is_asked_at_desk(session, interviewer.id, version_id):
        raise NotFoundError
    recording = find_recording(session, version_id, name)
    return Response(recording.content, media_type=recording.media_type, headers=KEPT)
