"""Processes die, clocks step, two workers do the same work: no case is lost and none has two holders."""

import time
from datetime import datetime, timedelta
from multiprocessing.queues import Queue

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.db import make_engine, session_factory
from app.dialing.domain import LEASE, CaseState
from app.dialing.models import Case
from app.dialing.queue import take_next_case
from app.dialing.tick import free_lapsed, promote_due, tick
from tests.callers import NUMBERS, Caller
from tests.integration.faults.conftest import Start
from tests.stage import Survey

FOR_EVER = 3_600
COMMITTED, UNCOMMITTED = "committed", "uncommitted"


def take_and_hang(url: str, said: "Queue[object]", *rest: object) -> None:
    """Take a case, commit it or do not, say which, and never go on."""
    campaign_id, person_id, now, ending = rest
    with session_factory(make_engine(url, pool_size=1))() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert isinstance(person_id, int)
        assert isinstance(now, datetime)
        case_id = take_next_case(session, campaign.id, person_id, now=now)
        if ending == COMMITTED:
            session.commit()
        said.put(case_id)
        time.sleep(FOR_EVER)


def promote_again_and_again(url: str, said: "Queue[object]", *rest: object) -> None:
    """Do a worker's work until nothing is left, and say how many cases it promoted."""
    [now] = rest
    assert isinstance(now, datetime)
    promoted = 0
    make_session = session_factory(make_engine(url, pool_size=1))
    for _ in range(5):
        with make_session() as session, session.begin():
            promoted += promote_due(session, now=now)
    said.put(promoted)


def test_who_is_killed_before_the_commit_holds_nothing(field: Survey, bao_calls: Caller, start: Start) -> None:
    other = start(take_and_hang, field.campaign.id, bao_calls.person.id, bao_calls.at, UNCOMMITTED)
    case_id = other.hear()
    other.kill()
    taken = {bao_calls.take().id for _ in NUMBERS}
    assert case_id in taken
    assert len(taken) == len(NUMBERS)


def test_who_is_killed_after_it_loses_the_case_with_the_lease(field: Survey, ana_calls: Caller, start: Start) -> None:
    other = start(take_and_hang, field.campaign.id, ana_calls.person.id, ana_calls.at, COMMITTED)
    case = field.session.get_one(Case, other.hear())
    other.kill()
    assert free_lapsed(field.session, now=ana_calls.at + LEASE / 2) == 0
    assert free_lapsed(field.session, now=ana_calls.at + LEASE * 2) == 1
    assert (case.state, case.holder_id) == (CaseState.READY, None)


def test_two_workers_promote_every_case_once(field: Survey, start: Start) -> None:
    due = field.now + timedelta(hours=1)
    field.session.execute(update(Case).values(state=CaseState.WAITING, due_at=due))
    field.session.commit()
    workers = [start(promote_again_and_again, due) for _ in range(2)]
    counts = [worker.hear() for worker in workers]
    assert sum(count for count in counts if isinstance(count, int)) == len(NUMBERS)


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_clock_that_steps_loses_no_case(field: Survey, ana_calls: Caller, step: timedelta) -> None:
    ana_calls.take()
    for at in (field.now, field.now + step, field.now):
        tick(field.session, now=at)
    assert held_or_ready(field.session) == len(NUMBERS)


def held_or_ready(session: Session) -> int:
    counted = select(func.count()).where(Case.state.in_((CaseState.HELD, CaseState.READY)))
    return session.scalar(counted) or 0
