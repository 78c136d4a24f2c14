"""What an answer changes on the screen: the question, and perhaps the section whose rating is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.interviewing.asking import lexicon_to_read, question_card, unrated_sections
from app.interviewing.cards import LectCard, QuestionCard, SectionCard
from app.interviewing.interviews import Sitting
from app.interviewing.marks import marks_of, summed
from app.interviewing.models import Interview
from app.languages.models import Lect

_NAMES: Final = select(Lect.tag, Lect.name_zh, Lect.name_en).where(Lect.tag == bindparam("lect"))


@dataclass(frozen=True)
class NextScreen:
    """The part of a DeskView that stands in the middle of the screen, by the same names."""

    question: QuestionCard
    unrated: tuple[SectionCard, ...]
    interview_uid: UUID

    @property
    def fingerprint(self) -> str:
        """Tell this question, in these words at this point of the interview, from any other; 64 hexadecimal digits."""
        return sha256(repr((self.interview_uid, self.question, self.unrated)).encode()).hexdigest()


def next_screen(session: Session, sitting: Sitting) -> NextScreen | None:
    """Return what to show after an answer, None where nothing further is asked."""
    return next_screens(session, sitting.interview, [sitting])[0]


def next_screens(session: Session, interview: Interview, sittings: Sequence[Sitting]) -> list[NextScreen | None]:
    """Return what to show after each of several answers that one interview may be given, in their order."""
    names = {row.tag: LectCard(*row) for row in session.execute(_NAMES, {"lect": interview.lect})}
    marks = summed(marks_of(session, interview.id))
    lexicon = lexicon_to_read(session, interview.campaign_id)

    def screen(sitting: Sitting) -> NextScreen | None:
        question = question_card(sitting, names, lexicon=lexicon)
        if question is None:
            return None
        return NextScreen(question, unrated_sections(sitting, marks), interview.uid)

    return [screen(sitting) for sitting in sittings]
