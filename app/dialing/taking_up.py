"""A case that was given up because nobody was reached or followed is taken up when its respondent calls back."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import OutcomeGroup
from app.campaigns.models import Outcome
from app.core.live import announce, campaign_topic
from app.dialing.domain import RESPONDENT, CaseState
from app.dialing.life import Move
from app.dialing.models import Attempt, Case
from app.dialing.release import step_on
from app.dialing.trace import note_step
from app.sampling.contacts import units_not_to_call

# Nobody said no, nobody was interviewed, and nobody was found to be none of those who are asked.
GIVEN_UP: Final = (OutcomeGroup.NO_CONTACT, OutcomeGroup.LANGUAGE, OutcomeGroup.TRUST, OutcomeGroup.TECHNICAL)
CALLED_BACK: Final = "It had been given up, and is taken up again because the respondent called back."
_WAS_GIVEN_UP: Final = select(Outcome.id).where(
    Outcome.campaign_id == bindparam("campaign_id"), Outcome.code == bindparam("code"), Outcome.group.in_(GIVEN_UP)
)
_LAST_OUTCOME: Final = (
    select(Attempt.outcome).where(Attempt.case_id == bindparam("case_id")).order_by(Attempt.id.desc()).limit(1)
)


def may_be_taken_up(session: Session, case: Case) -> bool:
    """Tell whether a closed case was only given up, and none of its numbers is on the do-not-call list."""
    if case.state != CaseState.CLOSED:
        return False
    given_up = session.scalar(_WAS_GIVEN_UP, {"campaign_id": case.campaign_id, "code": case.outcome})
    return given_up is not None and not units_not_to_call(session, [case.sample_unit_id])


def take_up(session: Session, case: Case, *, now: datetime) -> None:
    """Let a locked case that was given up wait again, due at once; any other stays as it is."""
    if not may_be_taken_up(session, case):
        return
    step_on(case, Move.REOPEN)
    case.closed_at, case.closure_id = None, None
    case.outcome = session.scalar(_LAST_OUTCOME, {"case_id": case.id})
    case.due_at = now
    note_step(session, case, "reopened", actor=RESPONDENT, reason=CALLED_BACK, now=now)
    announce(session, campaign_topic(case.campaign_id))
