"""Numbers of the change feed become visible in their own order, so that no reader overtakes a writer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.db import SessionFactory, make_engine, session_factory
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate
from app.interviewing.snapshots import next_sequence


@pytest.fixture
def engine(empty_database: DatabaseUrls) -> Iterator[Engine]:
    """A database of its own, so that what is committed harms no other test."""
    migrate(empty_database.owner)
    engine = make_engine(empty_database.application, pool_size=5)
    yield engine
    engine.dispose()


@pytest.fixture
def make_session(engine: Engine) -> SessionFactory:
    """Sessions with a transaction each."""
    return session_factory(engine)


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
