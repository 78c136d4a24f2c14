"""What a listener is shown of an interview, and what they code: nothing here tells them what was coded before."""

from collections.abc import Mapping
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
from app.questionnaires.answers import ACKNOWLEDGED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.reading import read_value, typed_order
from app.questionnaires.session import ChoiceWording

LONGEST_TEXT: Final = 2_000
UNUSABLE: Final = "This cannot be kept."
NO_CODE: Final = "Choose what was said, or that it was not heard."
NO_TEXT: Final = "Write what was said, or that it was not heard."


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

    @property
    def values(self) -> tuple[str, ...]:
        """What was coded, be it codes or a text."""
        return self.codes or ((self.text,) if self.text else ())


@dataclass(frozen=True)
class QuestionToHear:
    """One question in the words it was asked in, an ellipsis where an answer came in; `heard` is the listener's own.

    `reserved` says which codes of a question with choices mean "don't know" and "refused". Where the order counts,
    as in a rank, it is that of the codes.
    """

    name: str
    kind: QuestionKind
    appearance: str
    lect: str
    label: str
    choices: tuple[ChoiceWording, ...]
    takes_many: bool
    reserved: Mapping[str, HeardStatus]
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
    return InterviewToHear(
        item_id=item.id,
        lects=tuple(item.lects),
        sounds=len(sounds_of(session, item)),
        questions=tuple(_shown(*one, heard=heard.get(one[0])) for one in questions),
        ratings=ratings_in(session, item),
        lects_to_choose=_lects_to_choose(session, item),
    )


def _lects_to_choose(session: Session, item: RelistenItem) -> tuple[str, ...]:
    chosen = [row.lect for row in lects_of_campaign(session, item.campaign_id)]
    return tuple(dict.fromkeys([*item.lects, *chosen, UNIDENTIFIED]))


def _questions(session: Session, item: RelistenItem) -> list[tuple[str, Question, str]]:
    """Return address, question and the lect of the wording of what was asked."""
    interview = session.get_one(Interview, item.interview_id)
    wordings = {event.question: event.wording_lect for event in events_of(session, interview.id)}
    asked = asked_of(sitting_at_end(session, interview))
    return [(address, question, wordings[address]) for address, question, _given in asked if address in wordings]


def _shown(address: str, question: Question, lect: str, *, heard: Heard | None) -> QuestionToHear:
    is_picked = question.kind.is_select and question.kind is not QuestionKind.RANK
    return QuestionToHear(
        name=address,
        kind=question.kind,
        appearance=question.appearance,
        lect=lect,
        label=plain_words(question.label, lect) or address,
        choices=tuple(
            ChoiceWording(one.code, plain_words(one.label, lect) or one.code, one.code in question.reserved)
            for one in question.choices
        ),
        takes_many=question.kind.takes_many,
        reserved={one.code: _meaning(question, one.code) for one in question.choices if one.code in question.reserved},
        has_dont_know=question.dont_know is not None and not is_picked,
        has_refused=question.refused is not None and not is_picked,
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
    """Read as the desk reads, but for what depends on other answers: choices that were filtered, and constraints."""
    where = "codes" if question.kind.is_select else "text"
    if heard.status is HeardStatus.NOT_HEARD:
        return Heard(heard.status)
    if len(heard.text) > LONGEST_TEXT:
        message = "The text is longer than %(most)s characters. Shorten it."
        raise InvalidInputError(UNUSABLE, (Fault(where, message, (("most", str(LONGEST_TEXT)),)),))
    raw = RawAnswer(heard.text, heard.codes, AnswerStatus(heard.status.value))
    try:
        read = read_value(question, raw, listed=_listed(question, raw))
    except InvalidInputError as error:
        raise InvalidInputError(UNUSABLE, (Fault(where, error.message, tuple(error.values.items())),)) from error
    if read == ACKNOWLEDGED:
        message = NO_CODE if question.kind.is_select else NO_TEXT
        raise InvalidInputError(UNUSABLE, (Fault(where, message),))
    codes = values_of(read) if question.kind.is_select else ()
    return Heard(HeardStatus(read.status.value), codes, "" if question.kind.is_select else str(read.value or ""))


def _listed(question: Question, raw: RawAnswer) -> list[str]:
    """Return the codes that can have been said; nobody knows here which of a filtered rank were to be put in order."""
    every = [choice.code for choice in question.choices]
    if question.kind is not QuestionKind.RANK or question.item_set is None:
        return every
    return [code for code in every if code in (raw.codes or typed_order(question, raw.text))]


def _meaning(question: Question, code: str) -> HeardStatus:
    return HeardStatus.DONT_KNOW if code == question.dont_know else HeardStatus.REFUSED


def values_of(given: GivenAnswer) -> tuple[str, ...]:
    """Return an answer as the values it is made of: several codes, one value, or none."""
    return given.value if isinstance(given.value, tuple) else (given.value,) if given.value else ()


def rate(session: Session, item: RelistenItem, kind: RatingKind, *, value: str, now: datetime) -> None:
    """Keep one saying about the whole conversation; raises InvalidInputError for what cannot be said."""
    allowed = RATINGS.get(kind) or _lects_to_choose(session, item)
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
