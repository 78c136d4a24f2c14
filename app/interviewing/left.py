"""Close the interviews that nobody goes on with, because their case was closed otherwise than at a desk."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.interviewing.domain import InterviewState
from app.interviewing.models import Interview
from app.interviewing.snapshots import append_snapshot
from app.quotas.service import release_seat

BATCH: Final = 200  # each writes a response of its own
_LEFT: Final = (
    select(Interview, Case, Pool.time_zone)
    .join(Case, Case.id == Interview.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .join(Campaign, Campaign.id == Case.campaign_id)
    .where(
        Interview.ended_at.is_(None),
        Case.state == CaseState.CLOSED,
        # What was closed for want of staff may be opened again, as long as the field is.
        Case.closure_id.is_(None) | (Campaign.state == CampaignState.CLOSED),
    )
    .limit(BATCH)
    .with_for_update(of=Interview, skip_locked=True)
    .execution_options(populate_existing=True)
)


def close_left_interviews(session: Session, *, now: datetime) -> int:
    """Break off what was suspended, hand its answers out as a response, and free its place in the quota.

    A field that closes leaves such interviews behind, and so does a number that must not be called any more. Returns
    how many it closed.
    """
    rows = session.execute(_LEFT).all()
    for interview, case, time_zone in rows:
        interview.state, interview.ended_at = InterviewState.BROKEN_OFF, case.closed_at or now
        release_seat(session, interview.uid)
        session.flush()
        append_snapshot(session, interview, case, time_zone=time_zone, now=now)
    return len(rows)
