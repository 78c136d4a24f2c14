"""The course of one closed interview, row by row: every answer with its corrections, every mark."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.interviewing.marks import all_marks_of
from app.interviewing.models import Interview, ResponseSnapshot
from app.interviewing.paradata import events_of
from app.questionnaires.service import find_version


@dataclass(frozen=True)
class GivenRow:
    """One answer as it was given; a later row of the same question corrects it.

    `value` is empty for no value, else it holds one: a code or text, or a list of codes. `reading_ms` runs from the
    question shown to its last word read, `latency_ms` from there; where nobody marked the end of reading the former
    is null and the latter runs from the question shown. `wording` is the lect of the text, `lect` the one spoken.
    """

    sequence: int
    question: str
    value: list[Any]
    status: str
    lect: str
    wording: str
    questionnaire_version: int
    reading_ms: int | None
    latency_ms: int | None
    words: str | None
    is_probed: bool
    attempt_id: int
    interviewer_id: int
    at: datetime


@dataclass(frozen=True)
class MarkRow:
    """One thing noted beside the answers; a row with `takes_back_id` withdraws the one of that id."""

    id: int
    kind: str
    question: str | None
    section: str | None
    rating: int | None
    lect: str
    takes_back_id: int | None
    attempt_id: int
    interviewer_id: int
    at: datetime


@dataclass(frozen=True)
class Course:
    """All that is kept of how an interview was held."""

    response_uid: UUID
    answers: tuple[GivenRow, ...]
    marks: tuple[MarkRow, ...]


def course_of(session: Session, campaign_id: int, response_uid: UUID) -> Course:
    """Return the course of a closed interview; raises NotFoundError for one that is none of the campaign's."""
    wanted = (
        select(Interview)
        .join(ResponseSnapshot, ResponseSnapshot.interview_id == Interview.id)
        .where(Interview.uid == response_uid, Interview.campaign_id == campaign_id)
        .limit(1)
    )
    interview = session.scalars(wanted).one_or_none()
    if interview is None:
        raise NotFoundError("There is no response %(uid)s in this campaign.", uid=str(response_uid))
    version = find_version(session, interview.questionnaire_version_id).number
    answers = tuple(
        GivenRow(
            row.client_sequence, row.question, row.value, row.status, row.lect, row.wording_lect, version,
            row.reading_ms, row.latency_ms, row.words, row.is_probed, row.attempt_id, row.interviewer_id,
            row.answered_at,
        )
        for row in events_of(session, interview.id)
    )  # fmt: skip
    marks = tuple(
        MarkRow(
            row.id, row.kind, row.question, row.section, row.rating, row.lect, row.takes_back_id, row.attempt_id,
            row.interviewer_id, row.at,
        )
        for row in all_marks_of(session, interview.id)
    )  # fmt: skip
    return Course(interview.uid, answers, marks)
