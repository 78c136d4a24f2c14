"""What a listener is shown of an interview, and what they code: nothing here tells them what was coded before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.service import lects_of_campaign
from app.core.db import append
from app.core.errors import Fault, InvalidInputError
from app.interviewing.models import Interview
from app.interviewing.paradata import events_of
from app.languages.domain import UNIDENTIFIED
from app.quality.models import RelistenCode, RelistenItem, RelistenRating
from app.quality.queue import close_item, sounds_of
from app.quality.reading import asked_of, plain_words, sitting_at_end
from app.questionnaires.items import Question
from app.questionnaires.session import ChoiceWording

LONGEST_TEXT: Final = 2_000
UNUSABLE: Final = "This cannot be kept."


class HeardStatus(StrEnum):
    """What was heard in answer to a question."""

    ANSWERED = "answered"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_HEARD = "not_heard"  # it is not on the recording, or cannot be understood


class RatingKind(StrEnum):
    """What is said of the whole conversation."""

    FOLLOWED = "followed"  # how well the respondent followed, from 1 hardly anything to 5 everything
    AS_WRITTEN = "as_written"  # whether questions were read as they are written
    COACHED = "coached"  # whether somebody told the respondent what to answer
    LECT = "lect"  # which lect the respondent speaks


RATINGS: Final[Mapping[RatingKind, tuple[str, ...]]] = {
    RatingKind.FOLLOWED: ("1", "2", "3", "4", "5"),
    RatingKind.AS_WRITTEN: ("all", "most", "changed"),
    RatingKind.COACHED: ("no", "yes", "unsure"),
}


@dataclass(frozen=True)
class Heard:
    """What a listener codes: `codes` for a question with choices, `text` for any other."""

    status: HeardStatus = HeardStatus.ANSWERED
    codes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class QuestionToHear:
    """One question in the words it was asked in, an ellipsis where an answer came in; `heard` is the listener's own."""

    name: str
    kind: str
    lect: str
    label: str
    choices: tuple[ChoiceWording, ...]
    takes_many: bool
    has_dont_know: bool
    has_refused: bool
    heard: Heard | None


@dataclass(frozen=True)
class InterviewToHear:
    """All that a listener is shown of one interview; `sounds` is how many recordings there are."""

    item_id: int
    lects: tuple[str, ...]
    sounds: int
    questions: tuple[QuestionToHear, ...]
    ratings: Mapping[RatingKind, str]
    lects_to_choose: tuple[str, ...]

    @property
    def left(self) -> tuple[str, ...]:
        """What is still to be coded or said, by name."""
        kinds = (kind.value for kind in RatingKind if kind not in self.ratings)
        return (*(question.name for question in self.questions if question.heard is None), *kinds)


def interview_to_hear(session: Session, item: RelistenItem) -> InterviewToHear:
    """Return an interview as its listener sees it."""
    questions, heard = _questions(session, item), heard_in(session, item)
    chosen = [row.lect for row in lects_of_campaign(session, item.campaign_id)]
    return InterviewToHear(
        item_id=item.id,
        lects=tuple(item.lects),
        sounds=len(sounds_of(session, item)),
        questions=tuple(_shown(*one, heard=heard.get(one[0])) for one in questions),
        ratings=ratings_in(session, item),
        lects_to_choose=tuple(dict.fromkeys([*item.lects, *chosen, UNIDENTIFIED])),
    )


def _questions(session: Session, item: RelistenItem) -> list[tuple[str, Question, str]]:
    """Return address, question and the lect of the wording of what was asked."""
    interview = session.get_one(Interview, item.interview_id)
    wordings = {event.question: event.wording_lect for event in events_of(session, interview.id)}
    asked = asked_of(sitting_at_end(session, interview))
    return [(address, question, wordings[address]) for address, question, _given in asked if address in wordings]


def _shown(address: str, question: Question, lect: str, *, heard: Heard | None) -> QuestionToHear:
    return QuestionToHear(
        name=address,
        kind=question.kind.value,
        lect=lect,
        label=plain_words(question.label, lect) or address,
        choices=tuple(
            ChoiceWording(one.code, plain_words(one.label, lect) or one.code, one.code in question.reserved)
            for one in question.choices
        ),
        takes_many=question.kind.takes_many,
        has_dont_know=question.dont_know is not None and not question.kind.is_select,
        has_refused=question.refused is not None and not question.kind.is_select,
        heard=heard,
    )


def code_answer(session: Session, item: RelistenItem, address: str, *, heard: Heard, now: datetime) -> None:
    """Keep what was heard in answer to one question; the last coding of a question counts.

    Raises InvalidInputError for a question that was not asked, and for codes that it does not have.
    """
    question = next((one for name, one, _ in _questions(session, item) if name == address), None)
    if question is None:
        raise InvalidInputError(UNUSABLE, (Fault("question", "This question was not asked in the interview."),))
    read = _read(question, heard)
    value = [list(read.codes)] if question.kind.is_select and read.codes else [read.text] if read.text else []
    append(
        session,
        RelistenCode,
        item_id=item.id,
        question=address,
        value=value,
        status=read.status.value,
        listener_id=item.taken_by,
        at=now,
    )


def _read(question: Question, heard: Heard) -> Heard:
    if heard.status is not HeardStatus.ANSWERED:
        return Heard(heard.status)
    if not question.kind.is_select:
        text = heard.text.strip()
        if not text or len(text) > LONGEST_TEXT:
            raise InvalidInputError(UNUSABLE, (Fault("text", "Write what was said, or that it was not heard."),))
        return Heard(text=text)
    known = [choice.code for choice in question.choices if choice.code in heard.codes]
    is_single = len(known) == 1 or question.kind.takes_many
    if not known or len(known) != len({*heard.codes}) or not is_single:
        raise InvalidInputError(UNUSABLE, (Fault("codes", "Choose what was said, or that it was not heard."),))
    return Heard(_status_of(question, known), heard.codes if question.kind.takes_many else tuple(known))


def _status_of(question: Question, codes: Sequence[str]) -> HeardStatus:
    if question.dont_know in codes:
        return HeardStatus.DONT_KNOW
    return HeardStatus.REFUSED if question.refused in codes else HeardStatus.ANSWERED


def rate(session: Session, item: RelistenItem, kind: RatingKind, *, value: str, now: datetime) -> None:
    """Keep one saying about the whole conversation; raises InvalidInputError for what cannot be said."""
    allowed = RATINGS.get(kind) or interview_to_hear(session, item).lects_to_choose
    if value not in allowed:
        fault = Fault(kind.value, "Use one of: %(expected)s.", (("expected", ", ".join(allowed)),))
        raise InvalidInputError(UNUSABLE, (fault,))
    append(session, RelistenRating, item_id=item.id, kind=kind.value, value=value, listener_id=item.taken_by, at=now)


def finish(session: Session, item: RelistenItem, *, now: datetime) -> None:
    """End the listening; raises InvalidInputError that names whatever is still to be coded or said."""
    left = interview_to_hear(session, item).left
    if left:
        faults = tuple(Fault(name, "This is still to be coded, be it as not heard.") for name in left)
        raise InvalidInputError("The interview is not coded to the end.", faults)
    close_item(session, item, now=now)


def heard_in(session: Session, item: RelistenItem) -> dict[str, Heard]:
    """Return what the present listener coded, by question."""
    wanted = (
        select(RelistenCode)
        .where(RelistenCode.item_id == item.id, RelistenCode.listener_id == item.taken_by)
        .order_by(RelistenCode.id)
    )
    return {row.question: read_heard(row) for row in session.scalars(wanted)}


def read_heard(row: RelistenCode) -> Heard:
    """Read a coding from its row: [[...]] are codes, [x] is a text, [] is neither."""
    value = row.value[0] if row.value else ""
    codes, text = (tuple(value), "") if isinstance(value, list) else ((), str(value))
    return Heard(HeardStatus(row.status), codes, text)


def ratings_in(session: Session, item: RelistenItem) -> dict[RatingKind, str]:
    """Return what the present listener said of the whole."""
    wanted = (
        select(RelistenRating)
        .where(RelistenRating.item_id == item.id, RelistenRating.listener_id == item.taken_by)
        .order_by(RelistenRating.id)
    )
    return {RatingKind(row.kind): row.value for row in session.scalars(wanted)}
