"""Save each answer at once, with the lect it was given in; nothing is ever overwritten."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.dialing.models import Attempt
from app.interviewing.interviews import Sitting
from app.interviewing.models import AnswerEvent
from app.questionnaires.answers import GivenAnswer, RawAnswer
from app.questionnaires.session import InterviewState as FormState
from app.questionnaires.session import read_answer, wording


@dataclass(frozen=True)
class SentAnswer:
    """One answer as a screen sends it; `client_sequence` counts the screen's sendings from 1."""

    question: str
    raw: RawAnswer
    client_sequence: int
    latency_ms: int | None = None  # from question shown to answer given


def save_answer(session: Session, sitting: Sitting, sent: SentAnswer, *, attempt: Attempt, now: datetime) -> FormState:
    """Store one answer and return the state after it; sending the same sequence again changes nothing.

    Raises InvalidInputError when the answer breaks its question's rules.
    """
    if sent.client_sequence <= sitting.last_sequence:
        return _already_stored(session, sitting, sent)
    given = read_answer(sitting.form, sitting.state, sent.question, sent.raw)
    question = sitting.form.question(sent.question)
    session.add(
        AnswerEvent(
            interview_id=sitting.interview.id,
            question=sent.question,
            value=_stored(given),
            status=given.status,
            lect=sitting.interview.lect,
            wording_lect=wording(sitting.form, sitting.state, question).lect,
            client_sequence=sent.client_sequence,
            latency_ms=sent.latency_ms,
            attempt_id=attempt.id,
            interviewer_id=sitting.interview.interviewer_id,
            answered_at=now,
        )
    )
    session.flush()
    answers = {**sitting.state.answers, sent.question: given}
    return FormState(answers, sitting.state.seed, sitting.state.started_at, sitting.state.lect)


def _already_stored(session: Session, sitting: Sitting, sent: SentAnswer) -> FormState:
    wanted = select(AnswerEvent.question).where(
        AnswerEvent.interview_id == sitting.interview.id, AnswerEvent.client_sequence == sent.client_sequence
    )
    if session.scalar(wanted) == sent.question:
        return sitting.state
    raise ConflictError("Another screen has gone on with this interview. Load the page again.")


def _stored(given: GivenAnswer) -> list[object]:
    if given.value is None:
        return []
    return [list(given.value)] if isinstance(given.value, tuple) else [given.value]
