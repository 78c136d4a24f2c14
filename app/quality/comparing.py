"""Lay what was kept beside what was heard, once an interview was listened to again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit import service as audit
from app.core.errors import NotFoundError
from app.dialing.sentences import Sentence
from app.interviewing.domain import MarkKind
from app.interviewing.interviews import read_event
from app.interviewing.marks import marks_of, summed
from app.interviewing.models import AnswerEvent, Interview
from app.interviewing.paradata import events_of
from app.quality.agreement import Agreement, Coded, agreement_of
from app.quality.flagged import flags_in
from app.quality.hearing import Heard, HeardStatus, RatingKind, heard_in, ratings_in, read_heard, values_of
from app.quality.models import RelistenCode, RelistenItem
from app.quality.queue import ItemState
from app.quality.reading import plain_words
from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.service import load_form


@dataclass(frozen=True)
class ComparedAnswer:
    """One question as it was kept and as it was heard, in words; `agrees` is None where they are not comparable."""

    question: str
    lect: str
    label: str
    kept: str
    kept_status: str
    heard: str
    heard_status: str
    agrees: bool | None


@dataclass(frozen=True)
class Noted:
    """What the interviewer noted of the whole.

    The lects; the mean rating of how well sections were followed, from 1 to 5, None where none was rated; how often
    somebody told the respondent what to answer.
    """

    lects: tuple[str, ...]
    followed: float | None
    coached: int


@dataclass(frozen=True)
class ComparedInterview:
    """Both codings of an interview, who made them, and why it was listened to."""

    item_id: int
    response_uid: str
    case_id: int
    interviewer: str
    listener: str
    is_drawn: bool
    flags: tuple[Sentence, ...]
    ended_at: datetime | None
    answers: tuple[ComparedAnswer, ...]
    noted: Noted
    ratings: Mapping[RatingKind, str]


@dataclass(frozen=True)
class CodedInterview:
    """The comparable answers of one interview."""

    interviewer_id: int
    is_drawn: bool
    answers: tuple[Coded, ...]


def compare(session: Session, campaign_id: int, item_id: int, *, actor: str, now: datetime) -> ComparedInterview:
    """Return both codings of an interview that was listened to, which is an act on the record.

    Raises NotFoundError as long as it was not: nobody learns before why an interview is in the queue.
    """
    item = session.get(RelistenItem, item_id)
    if item is None or item.campaign_id != campaign_id or item.state != ItemState.DONE:
        raise NotFoundError
    interview = session.get_one(Interview, item.interview_id)
    form, heard = load_form(session, interview.questionnaire_version_id), heard_in(session, item)
    kept = {event.question: event for event in events_of(session, interview.id)}
    compared = ComparedInterview(
        item_id=item.id,
        response_uid=str(interview.uid),
        case_id=interview.case_id,
        interviewer=session.get_one(Person, interview.interviewer_id).display_name,
        listener=session.get_one(Person, item.taken_by).display_name,
        is_drawn=item.is_drawn,
        flags=tuple(flag.sentence for flag in flags_in(session, interview.id)),
        ended_at=item.ended_at,
        answers=tuple(_compared(form, kept[name], one) for name, one in heard.items() if name in kept),
        noted=_noted(session, item),
        ratings=ratings_in(session, item),
    )
    audit.record(
        session, "relisten.compared", actor=actor, subject=f"relisten_item:{item.id}", campaign_id=campaign_id, now=now
    )
    return compared


def _noted(session: Session, item: RelistenItem) -> Noted:
    marks = summed(marks_of(session, item.interview_id))
    followed = fmean(marks.ratings.values()) if marks.ratings else None
    return Noted(tuple(item.lects), followed, marks.counts.get(MarkKind.COACHED, 0))


def _compared(form: Form, event: AnswerEvent, heard: Heard) -> ComparedAnswer:
    question, _ = form.locate(event.question)
    given, lect = read_event(event), event.wording_lect
    return ComparedAnswer(
        question=event.question,
        lect=lect,
        label=plain_words(question.label, lect) or event.question,
        kept=_words(question, lect, values_of(given)),
        kept_status=given.status.value,
        heard=_words(question, lect, heard.values),
        heard_status=heard.status.value,
        agrees=_agrees(question, given, heard),
    )


def _agrees(question: Question, given: GivenAnswer, heard: Heard) -> bool | None:
    """Tell whether both are the same: first what kind of answer it is, then its codes or value; words not at all."""
    if heard.status is HeardStatus.NOT_HEARD or _was_passed_over(given):
        return None
    if heard.status.value != given.status.value:
        return False
    if given.status is not AnswerStatus.ANSWERED:
        return True
    if question.kind is QuestionKind.TEXT:
        return None
    kept, told = values_of(given), heard.values
    return kept == told if question.kind is QuestionKind.RANK else {*kept} == {*told}


def _was_passed_over(given: GivenAnswer) -> bool:
    return given.status is AnswerStatus.ANSWERED and given.value is None


def _words(question: Question, lect: str, values: Iterable[str]) -> str:
    choices = {choice.code: plain_words(choice.label, lect) or choice.code for choice in question.choices}
    return ", ".join(choices.get(value, value) for value in values)


def coded_of(question: Question, address: str, given: GivenAnswer, *, heard: Heard) -> Coded | None:
    """Return both codes of a question with one choice; None for other kinds, and for what was not heard or kept."""
    if question.kind is not QuestionKind.SELECT_ONE or heard.status is HeardStatus.NOT_HEARD or _was_passed_over(given):
        return None
    kept = given.status.value if given.status is not AnswerStatus.ANSWERED else str(given.value)
    told = heard.status.value if heard.status is not HeardStatus.ANSWERED else heard.codes[0]
    return Coded(address, kept, told)


def coded_interviews(session: Session, campaign_id: int) -> list[CodedInterview]:
    """Return the comparable answers of every interview that was listened to again."""
    done = (RelistenItem.campaign_id == campaign_id, RelistenItem.state == ItemState.DONE)
    heard: dict[int, dict[str, Heard]] = defaultdict(dict)
    codes = select(RelistenCode).join(RelistenItem, RelistenItem.id == RelistenCode.item_id)
    own = codes.where(*done, RelistenCode.listener_id == RelistenItem.taken_by).order_by(RelistenCode.id)
    for row in session.scalars(own):
        heard[row.item_id][row.question] = read_heard(row)
    kept: dict[int, dict[str, GivenAnswer]] = defaultdict(dict)
    # The last row of a question counts; corrections need not be read.
    last = (
        select(AnswerEvent)
        .join(RelistenItem, RelistenItem.interview_id == AnswerEvent.interview_id)
        .where(*done)
        .ext(distinct_on(AnswerEvent.interview_id, AnswerEvent.question))
        .order_by(AnswerEvent.interview_id, AnswerEvent.question, AnswerEvent.id.desc())
    )
    for event in session.scalars(last):
        kept[event.interview_id][event.question] = read_event(event)
    listed = select(RelistenItem, Interview).join(Interview, Interview.id == RelistenItem.interview_id).where(*done)
    return [
        CodedInterview(
            interview.interviewer_id,
            item.is_drawn,
            tuple(_coded(load_form(session, interview.questionnaire_version_id), kept[interview.id], heard[item.id])),
        )
        for item, interview in session.execute(listed.order_by(RelistenItem.id))
    ]


def _coded(form: Form, kept: Mapping[str, GivenAnswer], heard: Mapping[str, Heard]) -> list[Coded]:
    pairs = (coded_of(form.locate(name)[0], name, kept[name], heard=one) for name, one in heard.items() if name in kept)
    return [coded for coded in pairs if coded is not None]


def agreement_over(interviews: Iterable[CodedInterview]) -> Agreement:
    """Return the agreement over the answers of several interviews."""
    return agreement_of(coded for interview in interviews for coded in interview.answers)
