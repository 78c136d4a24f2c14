"""Give a case whose respondent calls back to the interviewer who takes the call."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError
from app.dialing.calls import last_attempt
from app.dialing.domain import LEASE, CaseState
from app.dialing.facts import guess_of
from app.dialing.life import Move
from app.dialing.measures import draw_at_first_call
from app.dialing.models import Attempt, Case, Pool
from app.dialing.release import step_on
from app.dialing.routing import match_with
from app.dialing.trace import note_step
from app.telephony.domain import CallState

TAKEN: Final = "The respondent called back and was connected to an interviewer of the chosen lect."


class Direction(StrEnum):
    """Who called whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


def take_call(session: Session, case: Case, person_id: int, *, phone_number_id: int, now: datetime) -> Attempt:
    """Put a locked case into an interviewer's hands, with the attempt that the respondent began by calling.

    It costs the case no try, and calling hours do not bind whoever calls themselves. Raises ConflictError while
    somebody else holds the case, or a call of it is not coded yet.
    """
    campaign = session.get_one(Campaign, case.campaign_id)
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    earlier = last_attempt(session, case.id)
    if earlier is not None and earlier.outcome is None:
        raise ConflictError("The last call of this case has no outcome yet.")
    if case.state != CaseState.HELD or case.holder_id != person_id:
        step_on(case, Move.CALL_IN, to=person_id)
    case.lease_until = now + LEASE
    attempt = _attempt(session, campaign, case, person_id=person_id, phone_number_id=phone_number_id, now=now)
    if earlier is None:
        draw_at_first_call(session, campaign, case, now=now)
    actor, details = f"person:{person_id}", {"attempt": attempt.id}
    note_step(session, case, "took_call", actor=actor, reason=TAKEN, details=details, now=now)
    subject = f"case:{case.id}"
    audit.record(
        session, "call.taken", actor=actor, subject=subject, campaign_id=campaign.id, details=details, now=now
    )  # fmt: skip
    return attempt


def _attempt(
    session: Session, campaign: Campaign, case: Case, *, person_id: int, phone_number_id: int, now: datetime
) -> Attempt:
    pool = session.get_one(Pool, case.pool_id)
    match, _level = match_with(session, person_id, guess_of(session, case).lect)
    attempt = Attempt(
        case_id=case.id,
        campaign_id=campaign.id,
        interviewer_id=person_id,
        phone_number_id=phone_number_id,
        direction=Direction.INBOUND,
        state=CallState.REQUESTED,
        requested_at=now,
        match=match,
        arm=pool.arm,
        time_slice=rules_of(session, campaign).slice_at(now, pool.time_zone),
    )
    session.add(attempt)
    session.flush()
    return attempt
