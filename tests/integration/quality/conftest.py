"""Ended interviews of Ana's with a recording each, and somebody who listens."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.interviewing.models import Interview, Recording
from app.interviewing.recordings import RecordingState
from app.languages.domain import PUTONGHUA, Level
from app.quality.checking import check_campaign
from app.quality.models import RelistenItem
from app.staffing.service import certify
from tests.integration.conftest import MakePerson
from tests.stage import Desk, Survey

HoldInterview = Callable[[], Interview]
RecordCall = Callable[..., Recording]


@pytest.fixture
def lin(session: Session, make_person: MakePerson, survey: Survey, now: datetime) -> Person:
    """Listens to recordings in 普通话."""
    person = make_person("lin")
    grant_role(session, person, Role.LISTENER, now=now)
    certify(session, person.id, {PUTONGHUA: Level.UNDERSTANDS})
    return person


@pytest.fixture
def record(session: Session, now: datetime) -> RecordCall:
    """Have the last call of an interview recorded."""

    def make(attempt_id: int, campaign_id: int, *, state: str = RecordingState.STORED) -> Recording:
        recording = Recording(campaign_id=campaign_id, attempt_id=attempt_id, state=state, asked_at=now, made_at=now)
        session.add(recording)
        session.flush()
        return recording

    return make


@pytest.fixture
def hold_interview(survey: Survey, desk: Desk, session: Session, record: RecordCall) -> HoldInterview:
    """Let Ana hold a whole interview in 普通话 with the first choice of every question, recorded."""
    numbers = iter(f"1397711{number:04d}" for number in range(2345, 2400))

    def hold() -> Interview:
        survey.add_numbers((next(numbers), "450100", "普通话"))
        attempt = desk.reach()
        desk.interview(PUTONGHUA)
        desk.post("hang-up")
        desk.post("outcome", {"code": "complete"})
        record(attempt, survey.campaign.id)
        return session.scalars(select(Interview).order_by(Interview.id.desc()).limit(1)).one()

    return hold


@pytest.fixture
def queued(hold_interview: HoldInterview, survey: Survey, session: Session) -> RelistenItem:
    """One interview of Ana's that waits in the queue because of its flags."""
    hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    return session.scalars(select(RelistenItem)).one()
