"""What a supervisor decides about one case by hand: to have it called now."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError
from app.core.live import announce, campaign_topic
from app.dialing.domain import CaseState, Priority
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.release import patience_ends
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import note_step
from app.sampling.contacts import is_do_not_call

ASKED_NOW: Final = "A supervisor asked for it to be called now."


def call_now(session: Session, campaign: Campaign, case_id: int, *, actor: str, now: datetime) -> Case:
    """Put an open case before all others of its pool, at once; the pool still keeps the calling hours.

    A case that was kept for one interviewer goes to anybody of its lect. Raises ConflictError when the case is held
    or closed, when its number may not be called any more, or when the campaign is not in the field.
    """
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    _require_callable(session, campaign, case)
    was = case.state
    case.priority = Priority.SUPERVISOR * LEVEL_STEP + case.priority % LEVEL_STEP
    if case.state == CaseState.WAITING:
        case.state, case.takes_partial = CaseState.READY, False
        case.partial_from = patience_ends(now, rules_of(session, campaign))
    case.due_at = min(case.due_at, now)
    if case.ready_until is not None and case.ready_until <= now:
        case.ready_until = None
    _share(session, case)
    details = {"was": was, "due_at": case.due_at.isoformat()}
    note_step(session, case, "called_now", actor=actor, reason=ASKED_NOW, details=details, now=now)
    session.flush()
    subject = f"case:{case.id}"
    audit.record(session, "case.called_now", actor=actor, subject=subject, campaign_id=campaign.id,
                 details=details, now=now)  # fmt: skip
    announce(session, campaign_topic(campaign.id))
    return case


def _require_callable(session: Session, campaign: Campaign, case: Case) -> None:
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    if case.state == CaseState.HELD:
        raise ConflictError("An interviewer has this case already.")
    if case.state == CaseState.CLOSED:
        raise ConflictError("This case is closed and is not called again.")
    if is_do_not_call(session, case.sample_unit_id):
        raise ConflictError("This number is on the do-not-call list and is not called again.")


def _share(session: Session, case: Case) -> None:
    """Move a case that is kept for one interviewer to the pool of all who serve its lect."""
    here = conditions_of(session.get_one(Pool, case.pool_id))
    if here.person_id is not None:
        case.pool_id = pool_for(session, replace(here, person_id=None))
