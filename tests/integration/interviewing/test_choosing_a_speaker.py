"""Two callers at the same moment get two interviewers: only the one who is chosen is locked."""

import pytest
from sqlalchemy import Engine

from app.accounts.models import Person
from app.core.db import SessionFactory, session_factory
from app.interviewing.desk import go_ready
from app.interviewing.speakers import free_speaker
from app.languages.domain import PUTONGHUA
from tests.stage import Survey


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


def test_a_second_caller_finds_the_second_speaker(
    survey: Survey, ana: Person, bao: Person, make_session: SessionFactory
) -> None:
    for person in (ana, bao):
        go_ready(survey.session, person.id, survey.campaign.id, now=survey.now)
    survey.session.commit()
    campaign_id, people = survey.campaign.id, {ana.id, bao.id}
    with make_session() as one, one.begin(), make_session() as other, other.begin():
        found = [free_speaker(session, campaign_id, PUTONGHUA, needs_line=False) for session in (one, other)]
        assert {desk.person_id for desk in found if desk is not None} == people
        with make_session() as third, third.begin():
            assert free_speaker(third, campaign_id, PUTONGHUA, needs_line=False) is None
