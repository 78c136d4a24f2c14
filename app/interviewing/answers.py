"""Save each answer at once, with the lect it was given in; nothing is ever overwritten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.lexicon_book import lexicon_of
from app.core.db import append
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.dialing.models import Attempt
from app.interviewing.interviews import Sitting, read_event
from app.interviewing.models import AnswerEvent
from app.questionnaires.answers import GivenAnswer, RawAnswer
from app.questionnaires.items import QuestionKind
from app.questionnaires.session import InterviewState as FormState
from app.questionnaires.session import read_answer, wording

UNCLEAR: Final = "What was said can mean different things here. Probe, and type what the respondent says then."
TO_PROBE: Final = "Heard: %(phrase)s. Ask: %(probe)s"


@dataclass(frozen=True)
class SentAnswer:
    """One answer as a screen sends it; `client_sequence` counts the screen's sendings from 1.

    `reading_ms` runs from the question shown to its last word read, `latency_ms` from there to the answer; where
    nobody marked the end of reading the first is None and the second runs from the question shown.
    """

    question: str
    raw: RawAnswer
    client_sequence: int
    latency_ms: int | None = None
    reading_ms: int | None = None
    words: str | None = None  # what the respondent said, where the value alone does not keep it
    is_probed: bool = False  # whether the interviewer asked them to say more
    interview_uid: UUID | None = None  # the interview it was given in, where the screen says so


class UnclearAnswerError(InvalidInputError):
    """What was said can mean different things here. Probe, and type what the respondent says then."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(UNCLEAR, faults)


def save_answer(session: Session, sitting: Sitting, sent: SentAnswer, *, attempt: Attempt, now: datetime) -> FormState:
    """Store one answer and return the state after it; sending the same sequence again changes nothing.

    Raises InvalidInputError, with the question as the place, when the answer breaks the question's rules,
    UnclearAnswerError when nothing but a stock phrase was said and nobody probed,
    and ConflictError when the sequence is another screen's or leaves a gap, where an answer is missing.
    """
    if sent.client_sequence <= sitting.last_sequence:
        return _already_stored(session, sitting, sent)
    if sent.client_sequence > sitting.last_sequence + 1:
        raise ConflictError("An answer sent before this one has not arrived. Load the page again.")
    given = _read(sitting, sent)
    require_probe(session, sitting, sent)
    question = sitting.form.question(sent.question)
    append(
        session,
        AnswerEvent,
        interview_id=sitting.interview.id,
        question=sent.question,
        value=_stored(given),
        status=given.status,
        lect=sitting.interview.lect,
        wording_lect=wording(sitting.form, sitting.state, question).lect,
        client_sequence=sent.client_sequence,
        reading_ms=sent.reading_ms,
        latency_ms=sent.latency_ms,
        words=sent.words,
        is_probed=sent.is_probed,
        attempt_id=attempt.id,
        interviewer_id=sitting.interview.interviewer_id,
        answered_at=now,
    )
    return sitting.state.with_answer(sent.question, given)


def _already_stored(session: Session, sitting: Sitting, sent: SentAnswer) -> FormState:
    wanted = select(AnswerEvent).where(
        AnswerEvent.interview_id == sitting.interview.id, AnswerEvent.client_sequence == sent.client_sequence
    )
    stored = session.scalars(wanted).one_or_none()
    if stored is not None and stored.question == sent.question and read_event(stored) == _read(sitting, sent):
        return sitting.state
    raise ConflictError("Another screen has gone on with this interview. Load the page again.")


def require_probe(session: Session, sitting: Sitting, sent: SentAnswer) -> None:
    """Raise UnclearAnswerError where all that was said is a phrase that means different things in different places."""
    said = sent.words or sent.raw.text
    kind = sitting.form.question(sent.question).kind
    if sent.is_probed or not said or not (sent.words or kind is QuestionKind.TEXT):
        return
    interview = sitting.interview
    phrase = lexicon_of(session, interview.campaign_id).heard(interview.lect, said)
    if phrase is not None:
        values = (("phrase", phrase.phrase), ("probe", phrase.probe))
        raise UnclearAnswerError((Fault(sent.question, TO_PROBE, values),))


def _read(sitting: Sitting, sent: SentAnswer) -> GivenAnswer:
    try:
        return read_answer(sitting.form, sitting.state, sent.question, raw=sent.raw)
    except InvalidInputError as error:
        fault = Fault(sent.question, error.message, tuple(error.values.items()))
        raise InvalidInputError(error.message, (fault,), **error.values) from error


def _stored(given: GivenAnswer) -> list[object]:
    if given.value is None:
        return []
    return [list(given.value)] if isinstance(given.value, tuple) else [given.value]
