"""Note what happened in the course of an interview: a question repeated, somebody speaking for the respondent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Fault, InvalidInputError
from app.interviewing.cards import Marks
from app.interviewing.domain import MarkKind
from app.interviewing.interviews import Sitting
from app.interviewing.models import InterviewMark
from app.questionnaires.form import Form

LOWEST, HIGHEST = 1, 5  # of the rating of how well a respondent follows: 1 hardly anything, 5 everything
NOT_NOTED: Final = "This cannot be noted."


@dataclass(frozen=True)
class SentMark:
    """One mark as a screen sends it; `client_key` is its own, so that sending it again notes nothing twice.

    `interview_uid` names the interview that it was noted in, where the screen says so.
    """

    kind: MarkKind
    question: str | None = None
    section: str | None = None
    rating: int | None = None
    client_key: str | None = None
    interview_uid: UUID | None = None


def section_of(form: Form, address: str) -> str | None:
    """Return the outermost group that a question stands in; None for one that stands in none."""
    question, _ = form.locate(address)
    return question.group[0] if question.group else None


def note_mark(
    session: Session, sitting: Sitting, sent: SentMark, *, attempt_id: int, now: datetime
) -> InterviewMark:  # fmt: skip
    """Store a mark and return it; the same `client_key` again returns the one that is there.

    Raises NotFoundError for a question that the form does not have, InvalidInputError for a rating out of place.
    """
    if sent.question is not None:
        sitting.form.locate(sent.question)
    _require_rating(sitting.form, sent)
    known = _known(session, sitting.interview.id, sent.client_key)
    if known is not None:
        return known
    mark = InterviewMark(
        interview_id=sitting.interview.id,
        kind=sent.kind,
        question=sent.question,
        section=sent.section,
        rating=sent.rating,
        lect=sitting.interview.lect,
        client_key=sent.client_key,
        attempt_id=attempt_id,
        interviewer_id=sitting.interview.interviewer_id,
        at=now,
    )
    session.add(mark)
    session.flush()
    return mark


def _require_rating(form: Form, sent: SentMark) -> None:
    if sent.kind is not MarkKind.FOLLOWED:
        if sent.rating is not None or sent.section is not None:
            raise InvalidInputError(NOT_NOTED, (Fault("rating", "Only how well they follow is rated, by section."),))
        return
    if sent.rating is None or not LOWEST <= sent.rating <= HIGHEST:
        raise InvalidInputError(NOT_NOTED, (Fault("rating", "Rate from 1, hardly anything, to 5, everything."),))
    if sent.section is not None and sent.section not in form.groups:
        raise InvalidInputError(NOT_NOTED, (Fault("section", "There is no such section in this questionnaire."),))


def _known(session: Session, interview_id: int, client_key: str | None) -> InterviewMark | None:
    if client_key is None:
        return None
    wanted = select(InterviewMark).where(
        InterviewMark.interview_id == interview_id, InterviewMark.client_key == client_key
    )
    return session.scalars(wanted).one_or_none()


def take_back_mark(
    session: Session, sitting: Sitting, *, attempt_id: int, client_key: str | None = None, now: datetime
) -> InterviewMark:  # fmt: skip
    """Take the newest mark of this call back, or the one of that key, by a row of its own.

    Raises ConflictError when there is none, or when it was taken back before.
    """
    standing = [
        mark
        for mark in marks_of(session, sitting.interview.id)
        if mark.attempt_id == attempt_id and client_key in {None, mark.client_key}
    ]
    if not standing:
        raise ConflictError("Nothing was noted in this call that could be taken back.")
    newest = standing[-1]
    row = InterviewMark(
        interview_id=newest.interview_id,
        kind=newest.kind,
        question=newest.question,
        section=newest.section,
        rating=newest.rating,
        lect=newest.lect,
        takes_back_id=newest.id,
        attempt_id=attempt_id,
        interviewer_id=sitting.interview.interviewer_id,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


_MARKS: Final[Select[InterviewMark]] = (
    select(InterviewMark).where(InterviewMark.interview_id == bindparam("interview_id")).order_by(InterviewMark.id)
)


def all_marks_of(session: Session, interview_id: int) -> list[InterviewMark]:
    """Return every row, those that take another back included, in order."""
    return list(session.scalars(_MARKS, {"interview_id": interview_id}))


def marks_of(session: Session, interview_id: int) -> list[InterviewMark]:
    """Return what stands noted, in order; what was taken back is left out."""
    rows = all_marks_of(session, interview_id)
    gone = {row.takes_back_id for row in rows}
    return [row for row in rows if row.takes_back_id is None and row.id not in gone]


def summed(marks: Iterable[InterviewMark]) -> Marks:
    """Count the marks by kind; the last rating of a section counts."""
    listed = list(marks)
    counts = Counter(mark.kind for mark in listed)
    ratings = {mark.section or "": mark.rating for mark in listed if mark.kind == MarkKind.FOLLOWED}
    return Marks(dict(counts), {section: rating for section, rating in ratings.items() if rating is not None})
