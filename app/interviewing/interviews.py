"""Start, resume, switch and close an interview."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.outcomes import COMPLETE, OVER_QUOTA, PARTIAL
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError
from app.dialing.domain import CaseState, FactKind
from app.dialing.facts import state_fact
from app.dialing.models import Case
from app.interviewing.domain import BEING_ASKED, CLOSED, InterviewState
from app.interviewing.holding import Holding
from app.interviewing.models import AnswerEvent, Interview
from app.languages.domain import Level
from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.form import Form
from app.questionnaires.service import load_form
from app.questionnaires.session import InterviewState as FormState
from app.questionnaires.session import is_finished, relevant_answers
from app.staffing.service import skills_of

OUTCOME_ITEM: Final = "outcome"
SPOKEN: Final = 1.0  # the interview is being held in it
_GIVEN: Final = (
    select(AnswerEvent.question, AnswerEvent.value, AnswerEvent.status, AnswerEvent.client_sequence)
    .where(AnswerEvent.interview_id == bindparam("interview_id"))
    .order_by(AnswerEvent.id)
)


@dataclass(frozen=True)
class Sitting:
    """An interview with its form and its answers so far: what every question of routing needs."""

    interview: Interview
    form: Form
    state: FormState
    last_sequence: int


def interview_of(session: Session, case_id: int) -> Interview | None:
    """Return the case's interview, if one was ever begun."""
    return session.scalar(select(Interview).where(Interview.case_id == case_id))


def is_held_by(interview: Interview, person_id: int) -> bool:
    """Tell whether this interviewer is asking now; whoever takes a broken-off one over begins it first."""
    return interview.state in BEING_ASKED and interview.interviewer_id == person_id


def begin_interview(session: Session, holding: Holding, lect: str, *, now: datetime) -> Interview:
    """Begin the interview in `lect`, resume the one that was broken off, or go on in another lect.

    Answers given before keep the lect they were given in. Raises ConflictError unless someone is on the line.
    """
    attempt, interview = holding.talking_attempt, holding.interview
    person_id = holding.presence.person_id
    if interview is None:
        campaign = session.get_one(Campaign, holding.case.campaign_id)
        interview = Interview(
            uid=_uid(campaign.seed, holding.case.id),
            campaign_id=campaign.id,
            case_id=holding.case.id,
            questionnaire_version_id=campaign.questionnaire_version_id,
            seed=_seed(campaign.seed, holding.case.id),
            started_at=now,
        )
        session.add(interview)
    elif InterviewState(interview.state) in CLOSED:
        raise ConflictError("This interview is closed.")
    elif not is_held_by(interview, person_id):
        interview.cursor = None  # where somebody else had gone back to is of no use in a new call
    interview.state, interview.interviewer_id, interview.lect = InterviewState.OPEN, person_id, lect
    session.flush()
    state_fact(
        session,
        holding.case,
        FactKind.USED,
        lect=lect,
        confidence=SPOKEN,
        source="interview",
        actor=f"person:{person_id}",
        attempt_id=attempt.id,
        now=now,
    )
    return interview


def sitting_of(session: Session, interview: Interview, *, time_zone: str) -> Sitting:
    """Load an interview's answers; the last row of a question counts, earlier ones are its history."""
    answers: dict[str, GivenAnswer] = {}
    last_sequence = 0
    for event in session.execute(_GIVEN, {"interview_id": interview.id}):
        answers[event.question] = read_event(event)
        last_sequence = max(last_sequence, event.client_sequence)
    state = FormState(
        answers=answers,
        seed=interview.seed,
        started_at=interview.started_at.astimezone(ZoneInfo(time_zone)),
        lect=interview.lect,
    )
    return Sitting(interview, load_form(session, interview.questionnaire_version_id), state, last_sequence)


def read_event(event: AnswerEvent | Row[Any]) -> GivenAnswer:
    """Read an answer from its row: [] is no value, [[...]] several codes, [x] one value."""
    value = event.value[0] if event.value else None
    return GivenAnswer(tuple(value) if isinstance(value, list) else value, AnswerStatus(event.status))


def end_interview(session: Session, holding: Holding, outcome: str, *, now: datetime) -> bool:
    """Close or suspend the interview as the coded outcome says; returns whether it closed just now.

    A complete needs every relevant question asked: raises ConflictError otherwise.
    """
    interview = holding.interview
    if outcome == COMPLETE:
        _require_finished(session, holding)
        _require_level(session, holding)
    if interview is None or InterviewState(interview.state) in CLOSED:
        return False
    interview.state = _state_after(outcome, holding.case)
    is_closed = InterviewState(interview.state) in CLOSED
    if is_closed:
        interview.ended_at = now
    session.flush()
    return is_closed


def finished_as(sitting: Sitting) -> str | None:
    """Return the outcome a finished interview suggests, None while questions are left.

    One without a place in its quota is finished as well, unless its answers say something else by then.

    A questionnaire may say so itself by a calculation named `outcome`, which is how a screener tells
    who is not eligible; where it is empty or absent the interview is complete.
    """
    is_over_quota = sitting.interview.state == InterviewState.OVER_QUOTA
    if not is_finished(sitting.form, sitting.state):
        return OVER_QUOTA if is_over_quota else None
    said = relevant_answers(sitting.form, sitting.state).get(OUTCOME_ITEM)
    by_answers = str(said.value) if said is not None and said.value else COMPLETE
    return OVER_QUOTA if is_over_quota and by_answers == COMPLETE else by_answers


def _require_finished(session: Session, holding: Holding) -> None:
    if holding.interview is None:
        raise ConflictError("No interview was held with this case.")
    suggested = finished_as(sitting_of(session, holding.interview, time_zone=holding.time_zone))
    if suggested is None:
        raise ConflictError("The interview is not finished: some questions were not asked yet.")
    if suggested != COMPLETE:
        raise ConflictError("By its answers this interview ends with the outcome %(code)s.", code=suggested)


def _require_level(session: Session, holding: Holding) -> None:
    """Only who is certified to interview in the lect completes an interview in it, unless the rules allow less."""
    interview = holding.interview
    if interview is None:
        return
    rules = rules_of(session, session.get_one(Campaign, interview.campaign_id))
    level = skills_of(session, holding.presence.person_id).get(interview.lect)
    if level != Level.INTERVIEWS and not rules.language.complete_below_interviews:
        raise ConflictError(
            "You are not certified to interview in this lect. Go on in one that you are certified in, "
            "or book an appointment for somebody who is."
        )


def _state_after(outcome: str, case: Case) -> InterviewState:
    if outcome == COMPLETE:
        return InterviewState.COMPLETE
    if outcome == PARTIAL:
        return InterviewState.PARTIAL
    return InterviewState.BROKEN_OFF if case.state == CaseState.CLOSED else InterviewState.SUSPENDED


def _seed(campaign_seed: int, case_id: int) -> int:
    digest = hashlib.sha256(f"interview/{campaign_seed}/{case_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 2**31


def _uid(campaign_seed: int, case_id: int) -> UUID:
    digest = hashlib.sha256(f"response/{campaign_seed}/{case_id}".encode()).digest()
    return UUID(bytes=digest[:16], version=4)
