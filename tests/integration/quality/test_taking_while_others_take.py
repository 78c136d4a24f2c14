"""Listeners take at the same moment, each in a transaction that is really committed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import SessionFactory, session_factory
from app.languages.domain import PUTONGHUA, Level
from app.quality.checking import campaigns_due, check_campaign
from app.quality.queue import close_item, take_item
from app.staffing.service import certify
from tests.integration.conftest import MakePerson
from tests.integration.quality.conftest import HoldInterview
from tests.stage import Survey

INTERVIEWS = 5


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


@pytest.fixture
def session(own_engine: Engine) -> Iterator[Session]:
    """What a test lays down is committed at once, for the requests of other connections to see."""
    with Session(own_engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as session:
        yield session


def take_all(make_session: SessionFactory, survey: Survey, listener: Person) -> list[int]:
    """Take one after the other and finish it, a transaction each, until there is none."""
    taken: list[int] = []
    while True:
        with make_session() as session, session.begin():
            item = take_item(session, survey.campaign.id, listener.id, now=survey.now)
            if item is None:
                return taken
            taken.append(item.id)
            close_item(session, item, now=survey.now)


def test_no_interview_is_heard_twice_and_none_is_left(
    hold_interview: HoldInterview, survey: Survey, lin: Person, *, make_person: MakePerson, make_session: SessionFactory
) -> None:
    mei = make_person("mei")
    certify(survey.session, mei.id, {PUTONGHUA: Level.CONVERSES})
    for _ in range(INTERVIEWS):
        hold_interview()
    with make_session() as checking, checking.begin():
        check_campaign(checking, survey.campaign.id, now=survey.now)
    with ThreadPoolExecutor(4) as listeners:
        given = list(listeners.map(lambda person: take_all(make_session, survey, person), [lin, mei] * 2))
    everything = [item_id for taken in given for item_id in taken]
    assert len(everything) == len({*everything}) == INTERVIEWS


def test_trouble_of_the_database_is_not_taken_for_a_fault_of_the_interview(
    hold_interview: HoldInterview, survey: Survey
) -> None:
    """A connection that commits everything at once can keep no savepoint."""
    hold_interview()
    with pytest.raises(InternalError):
        check_campaign(survey.session, survey.campaign.id, now=survey.now)
    assert campaigns_due(survey.session) == [survey.campaign.id]
