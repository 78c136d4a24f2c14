"""What background work does about recordings beside fetching them: begin those that need no asking, end old ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.recording_rules import RecordingMode
from app.campaigns.rule_book import rules_of
from app.core.db import SessionFactory
from app.core.straight import rows
from app.dialing.models import Attempt
from app.interviewing.consents import may_record
from app.interviewing.models import Recording
from app.interviewing.recordings import ask_for, begin_recording
from app.interviewing.shelf import Shelf, delete_at_age
from app.telephony.gateway import Gateway

# Only those on the line now are looked at: as many rows as interviewers talk. Whoever has objected is passed over.
_UNRECORDED: Final = """
    SELECT attempt.id, attempt.campaign_id FROM presence
    JOIN attempt ON attempt.case_id = presence.case_id AND attempt.interviewer_id = presence.person_id
        AND attempt.state = 'talking'
    WHERE presence.state = 'talking'
        AND NOT EXISTS (SELECT FROM recording WHERE recording.attempt_id = attempt.id)
        AND coalesce((
            SELECT kind FROM recording_consent JOIN attempt AS said ON said.id = recording_consent.attempt_id
            WHERE said.case_id = attempt.case_id ORDER BY recording_consent.id DESC LIMIT 1
        ), 'given') <> 'withdrawn'
"""


@dataclass(frozen=True)
class _Unrecorded:
    id: int
    campaign_id: int


def begin_due_recordings(make_session: SessionFactory, gateway: Gateway, *, now: datetime) -> int:
    """Begin to record the calls of campaigns that record all; returns how many were begun, or tried."""
    with make_session() as session, session.begin():
        due = [row.id for row in rows(session, _Unrecorded, _UNRECORDED) if _records_all(session, row.campaign_id)]
    for attempt_id in due:
        with make_session() as session, session.begin():
            attempt = session.get_one(Attempt, attempt_id, with_for_update={"key_share": True})
            taken = session.scalar(select(Recording.id).where(Recording.attempt_id == attempt_id).limit(1))
            asked = ask_for(session, attempt, now=now) if taken is None and may_record(session, attempt) else None
        if asked is not None:
            begin_recording(make_session, gateway, asked, now=now)
    return len(due)


def _records_all(session: Session, campaign_id: int) -> bool:
    rules = rules_of(session, session.get_one(Campaign, campaign_id))
    return rules.recording.mode is RecordingMode.ALWAYS


def delete_old_recordings(make_session: SessionFactory, shelf: Shelf, *, now: datetime) -> int:
    """Delete what every campaign has kept for long enough, a campaign at a time; returns how many."""
    with make_session() as session:
        campaign_ids = session.scalars(select(Recording.campaign_id).distinct()).all()
    deleted = 0
    for campaign_id in sorted(campaign_ids):
        found = None
        while found != 0:
            with make_session() as session, session.begin():
                keep_days = rules_of(session, session.get_one(Campaign, campaign_id)).recording.keep_days
                found = delete_at_age(session, shelf, campaign_id=campaign_id, keep_days=keep_days, now=now)
            deleted += found
    return deleted
