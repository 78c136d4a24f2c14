"""The interview over HTTP: begin it, answer, go back, and note what happens beside the answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import WriteSession
from app.core.turns import Router
from app.interviewing import questions
from app.interviewing.answers import SentAnswer
from app.interviewing.asking import lexicon_to_read, question_card
from app.interviewing.cards import QuestionCard
from app.interviewing.domain import MarkKind
from app.interviewing.interviews import Sitting, finished_as
from app.interviewing.marks import HIGHEST, LOWEST, SentMark
from app.questionnaires.answers import AnswerStatus, RawAnswer

router = Router(prefix="/desk", tags=["desk"])
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
OF_INTERVIEW = Field(None, description="the interview it belongs to; 409 when another one is on the line by now")


class SpokenIn(BaseModel):
    """The lect to hold the interview in, by tag, name or alias."""

    lect: str = Field(max_length=100)


class AnswerIn(BaseModel):
    """One answer: `codes` for selects, `text` otherwise; neither with don't know or refused."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=200)
    codes: tuple[str, ...] = Field((), max_length=200)
    text: str | None = Field(None, max_length=20_000)
    status: AnswerStatus = AnswerStatus.ANSWERED
    client_sequence: int = Field(ge=1, le=1_000_000)
    latency_ms: int | None = Field(None, ge=0, le=86_400_000, description="from the question read to the answer")
    reading_ms: int | None = Field(None, ge=0, le=86_400_000, description="from the question shown to its last word")
    words: str | None = Field(None, max_length=2_000, description="what was said, where the code does not keep it")
    is_probed: bool = Field(False, description="whether the respondent was asked to say more")  # noqa: FBT003
    interview_uid: UUID | None = OF_INTERVIEW


class MarkIn(BaseModel):
    """One thing noted: `rating` and `section`, the name of a group, only with `followed`."""

    model_config = ConfigDict(extra="forbid")

    kind: MarkKind
    question: str | None = Field(None, max_length=200)
    section: str | None = Field(None, max_length=100)
    rating: int | None = Field(None, ge=LOWEST, le=HIGHEST)
    client_key: str | None = Field(None, max_length=100, description="your own; the same again notes nothing twice")
    interview_uid: UUID | None = OF_INTERVIEW


class MarkOut(BaseModel):
    """What was noted, or taken back."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: MarkKind
    question: str | None
    section: str | None
    rating: int | None
    lect: str
    takes_back_id: int | None
    at: datetime


class BackIn(BaseModel):
    """The answered question to show again; none for the one before."""

    model_config = ConfigDict(extra="forbid")

    question: str | None = Field(None, max_length=200)


class TakeBackIn(BaseModel):
    """The mark to take back, by the key it was sent under; none for the newest of this call."""

    model_config = ConfigDict(extra="forbid")

    client_key: str | None = Field(None, max_length=100)


class InterviewOut(BaseModel):
    """The question to ask now; None with the outcome to code when every relevant one was asked."""

    interview_uid: UUID
    question: QuestionCard | None
    finished_as: str | None


@router.post("/interview")
def begin(body: SpokenIn, interviewer: Interviewer, *, session: WriteSession, now: Now) -> InterviewOut:
    """Begin or resume the interview in a lect, or go on in another."""
    return _shown(session, questions.begin(session, interviewer.id, lect=body.lect, now=now))


@router.post("/answers")
def answer(body: AnswerIn, interviewer: Interviewer, *, session: WriteSession, now: Now) -> InterviewOut:
    """Save one answer and show the next question; the same `client_sequence` again changes nothing."""
    raw = RawAnswer(text=body.text, codes=body.codes, status=body.status)
    given = body.model_dump(
        include={"question", "client_sequence", "latency_ms", "reading_ms", "words", "is_probed", "interview_uid"}
    )
    sent = SentAnswer(raw=raw, **given)
    return _shown(session, questions.answer(session, interviewer.id, sent=sent, now=now))


@router.post("/back")
def go_back(interviewer: Interviewer, session: WriteSession, *, body: BackIn | None = None) -> InterviewOut:
    """Show the question before, or an answered one by its name."""
    return _shown(session, questions.go_back(session, interviewer.id, to=body.question if body else None))


@router.post("/marks", status_code=201)
def note(body: MarkIn, interviewer: Interviewer, *, session: WriteSession, now: Now) -> MarkOut:
    """Note that a question was repeated or clarified, who else was heard, or how well a section is followed."""
    return MarkOut.model_validate(questions.mark(session, interviewer.id, sent=SentMark(**body.model_dump()), now=now))


@router.post("/marks/take-back")
def take_back(
    interviewer: Interviewer, session: WriteSession, now: Now, *, body: TakeBackIn | None = None
) -> MarkOut:  # fmt: skip
    """Take back what was noted last in this call, or the mark of that key."""
    key = body.client_key if body else None
    return MarkOut.model_validate(questions.take_back(session, interviewer.id, client_key=key, now=now))


def _shown(session: Session, sitting: Sitting) -> InterviewOut:
    lexicon = lexicon_to_read(session, sitting.interview.campaign_id)
    question = question_card(sitting, {}, lexicon=lexicon)
    return InterviewOut(interview_uid=sitting.interview.uid, question=question, finished_as=finished_as(sitting))
