"""What an answer changes on the screen: the question, and perhaps the section whose rating is asked for."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.interviewing.asking import question_card, unrated_sections
from app.interviewing.cards import LectCard, Marks, QuestionCard, SectionCard
from app.interviewing.interviews import Sitting
from app.interviewing.marks import marks_of, summed
from app.languages.models import Lect

_NAMES: Final = select(Lect.tag, Lect.name_zh, Lect.name_en).where(Lect.tag == bindparam("lect"))


@dataclass(frozen=True)
class NextScreen:
    """The part of a DeskView that stands in the middle of the screen, by the same names."""

    question: QuestionCard
    marks: Marks
    unrated: tuple[SectionCard, ...]
    interview_uid: UUID


def next_screen(session: Session, sitting: Sitting) -> NextScreen | None:
    """Return what to show after an answer, None where nothing further is asked."""
    interview = sitting.interview
    names = {row.tag: LectCard(*row) for row in session.execute(_NAMES, {"lect": interview.lect})}
    question = question_card(session, sitting, names)
    if question is None:
        return None
    marks = summed(marks_of(session, interview.id))
    return NextScreen(question, marks, unrated_sections(sitting, marks), interview.uid)
