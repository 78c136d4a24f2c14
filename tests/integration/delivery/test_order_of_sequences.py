"""Numbers of the change feed become visible in their own order, so that no reader overtakes a writer."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.db import SessionFactory, session_factory
from app.interviewing.snapshots import next_sequence


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


def test_a_later_number_waits_for_the_earlier_ones_commit(
    session: Session, make_session: SessionFactory, other_campaign: Campaign
) -> None:
    session.commit()
    assert next_sequence(session, other_campaign.id) == 1
    with make_session() as other:
        other.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError):
            next_sequence(other, other_campaign.id)
    session.commit()
    with make_session() as other, other.begin():
        assert next_sequence(other, other_campaign.id) == 2


def test_a_number_that_is_rolled_back_is_given_again(session: Session, other_campaign: Campaign) -> None:
    session.commit()
    next_sequence(session, other_campaign.id)
    session.rollback()
    assert next_sequence(session, other_campaign.id) == 1
