"""Many interviews reach for the last places at the same moment, each in transactions that are really committed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.core.db import SessionFactory, make_engine, session_factory
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate
from app.languages.service import sync_reference_data
from app.quotas.domain import SEAT_LASTS
from app.quotas.models import QuotaSeat
from app.quotas.service import complete_seat, expire_seats, release_seat, take_seat
from tests.integration.quotas.conftest import LIVES_HERE, PHONE, Seats, SetQuota, cell
from tests.stage import Survey

INTERVIEWS = 8


@pytest.fixture
def engine(empty_database: DatabaseUrls) -> Iterator[Engine]:
    """A database of its own, so that what is committed harms no other test."""
    migrate(empty_database.owner)
    engine = make_engine(empty_database.application, pool_size=INTERVIEWS + 2)
    with Session(engine) as session, session.begin():
        sync_reference_data(session)
    yield engine
    engine.dispose()


@pytest.fixture
def make_session(engine: Engine) -> SessionFactory:
    """Sessions with a transaction each."""
    return session_factory(engine)


@pytest.fixture
def three_places(survey: Survey, quota: SetQuota, seats: Seats) -> Seats:
    """Two quotas over the same people; in each, two of five are complete already."""
    quota(cell("mobile", most=5), over=(PHONE,), name="phones")
    quota(cell("1", most=5), over=(LIVES_HERE,), name="people")
    for number in (101, 102):
        seats.take(number, phone="mobile", answer__residence="1")
        complete_seat(survey.session, UUID(int=number))
    survey.session.commit()
    return seats


def hold(make_session: SessionFactory, seats: Seats, number: int, *, start: Barrier) -> bool:
    """Hold one interview: a seat at its first answers, another at the next, and the end, a transaction each."""
    uid, now = UUID(int=number), seats.now
    start.wait()
    for values in ({"phone": "mobile"}, {"phone": "mobile", "answer:residence": "1"}):
        with make_session() as session, session.begin():
            if not take_seat(session, seats.campaign_id, interview_uid=uid, values=values, now=now):
                return False
    with make_session() as session, session.begin():
        return complete_seat(session, uid) == 2


def test_of_eight_interviews_exactly_three_get_the_last_three_places(
    make_session: SessionFactory, three_places: Seats
) -> None:
    start = Barrier(INTERVIEWS)
    with ThreadPoolExecutor(INTERVIEWS) as desks:
        done = list(desks.map(lambda n: hold(make_session, three_places, n, start=start), range(INTERVIEWS)))
    assert done.count(True) == 3
    assert three_places.counts() == {"mobile": (5, 0), "1": (5, 0)}


def wander(make_session: SessionFactory, seats: Seats, number: int, *, start: Barrier) -> None:
    """Take, give back and let run out, over and over, in an order that differs from desk to desk."""
    start.wait()
    for turn in range(12):
        now: datetime = seats.now + SEAT_LASTS * (turn % 3)
        uid = UUID(int=number * 100 + turn % 4)
        values = {"phone": "mobile", "answer:residence": "1"} if (turn + number) % 2 else {"answer:residence": "1"}
        with make_session() as session, session.begin():
            if take_seat(session, seats.campaign_id, interview_uid=uid, values=values, now=now) and turn % 5 == 0:
                complete_seat(session, uid)
        with make_session() as session, session.begin():
            release_seat(session, uid) if turn % 2 else expire_seats(session, now=now)


def test_whatever_desks_and_background_do_at_once_no_cell_overflows(
    make_session: SessionFactory, three_places: Seats
) -> None:
    start = Barrier(INTERVIEWS)
    with ThreadPoolExecutor(INTERVIEWS) as desks:
        list(desks.map(lambda n: wander(make_session, three_places, n, start=start), range(INTERVIEWS)))
    counted = select(QuotaSeat.cell_id, func.count()).where(QuotaSeat.state == "complete").group_by(QuotaSeat.cell_id)
    assert all(completes + held <= 5 for completes, held in three_places.counts().values())
    assert sorted(n for _cell, n in three_places.session.execute(counted)) == sorted(
        completes for completes, _held in three_places.counts().values()
    )
