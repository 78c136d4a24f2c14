"""Ask and answer: every answer is saved as it is given, and the next question follows from all of them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError
from app.dialing.appointments import Talk, settle_appointment
from app.dialing.queue import renew_lease
from app.interviewing.answers import SentAnswer, save_answer
from app.interviewing.domain import InterviewState
from app.interviewing.holding import Holding, held
from app.interviewing.interviews import Sitting, begin_interview, is_held_by, sitting_of
from app.interviewing.marks import SentMark, note_mark, take_back_mark
from app.interviewing.models import InterviewMark
from app.interviewing.seats import decides_seat, settle_seat
from app.languages.service import find_lect
from app.questionnaires.session import answered_question, next_question, previous_question


def begin(session: Session, person_id: int, *, lect: str, now: datetime) -> Sitting:
    """Begin or resume the interview in `lect`, or go on in another one."""
    holding = held(session, person_id)
    interview = begin_interview(session, holding, find_lect(session, lect).tag, now=now)
    renew_lease(session, holding.case, now=now)
    rules = rules_of(session, session.get_one(Campaign, holding.case.campaign_id)).appointments
    settle_appointment(session, holding.talking_attempt, Talk.HELD, rules=rules, now=now)
    sitting = sitting_of(session, interview, time_zone=holding.time_zone)
    settle_seat(session, holding, sitting, now=now)
    return sitting


def answer(session: Session, person_id: int, *, sent: SentAnswer, now: datetime) -> Sitting:
    """Save one answer; returns the interview as it stands after it."""
    holding = held(session, person_id)
    attempt = holding.talking_attempt
    sitting = open_sitting(session, holding, uid=sent.interview_uid)
    _require_asked(sitting, sent.question)
    state = save_answer(session, sitting, sent, attempt=attempt, now=now)
    if state is not sitting.state:  # an answer sent again leaves the screen where it is by now
        sitting.interview.cursor = None
    renew_lease(session, holding.case, now=now)
    after = replace(sitting, state=state, last_sequence=max(sitting.last_sequence, sent.client_sequence))
    if state is not sitting.state and decides_seat(holding, sent.question):
        settle_seat(session, holding, after, now=now)
    return after


def go_back(session: Session, person_id: int, *, to: str | None = None) -> Sitting:
    """Show the question before the one on the screen, or the one named; its answer stays until another is given.

    Raises NotFoundError for a question that the form does not have, ConflictError for one without an answer.
    """
    sitting = open_sitting(session, held(session, person_id))
    if to is not None:
        earlier = answered_question(sitting.form, sitting.state, to)
        if earlier is None:
            raise ConflictError("This question has no answer that could be put right.")
    else:
        earlier = previous_question(sitting.form, sitting.state, sitting.interview.cursor or _current(sitting))
    if earlier is not None:
        sitting.interview.cursor = earlier.name
        session.flush()
    return sitting


def mark(session: Session, person_id: int, *, sent: SentMark, now: datetime) -> InterviewMark:
    """Note something beside the answers of the interview under way."""
    holding = held(session, person_id)
    attempt = holding.talking_attempt
    sitting = open_sitting(session, holding, uid=sent.interview_uid)
    noted = note_mark(session, sitting, sent, attempt_id=attempt.id, now=now)
    renew_lease(session, holding.case, now=now)
    return noted


def under_way(session: Session, person_id: int, *, uid: UUID | None = None) -> tuple[int, Sitting]:
    """Return the attempt on the line and the interview that is held in it; raises ConflictError without one."""
    holding = held(session, person_id)
    return holding.talking_attempt.id, open_sitting(session, holding, uid=uid)


def take_back(session: Session, person_id: int, *, client_key: str | None = None, now: datetime) -> InterviewMark:
    """Take back what was noted last in this call, or under that key; raises ConflictError when nothing was."""
    holding = held(session, person_id)
    attempt = holding.talking_attempt
    sitting = open_sitting(session, holding)
    return take_back_mark(session, sitting, attempt_id=attempt.id, client_key=client_key, now=now)


def _require_asked(sitting: Sitting, question: str) -> None:
    """Without a place in the quota nothing further is asked; what was misheard may still be put right."""
    if sitting.interview.state == InterviewState.OVER_QUOTA and not sitting.state.is_answered(question):
        raise ConflictError("The quota is full, so this interview ends here. Hang up and code it.")


def _current(sitting: Sitting) -> str | None:
    question = next_question(sitting.form, sitting.state)
    return question.name if question else None


def open_sitting(session: Session, holding: Holding, *, uid: UUID | None = None) -> Sitting:
    """Load the interview under way; `uid` names the one that is meant, for what may have waited in a browser."""
    interview = holding.interview
    if uid is not None and (interview is None or interview.uid != uid):
        raise ConflictError("This belongs to another interview than the one on the line. It was not saved here.")
    if interview is None or not is_held_by(interview, holding.presence.person_id):
        raise ConflictError("No interview is under way.")
    return sitting_of(session, interview, time_zone=holding.time_zone)
