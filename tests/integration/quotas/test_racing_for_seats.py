"""Interviews and supervisors reach for the same cells at the same moment, in transactions really committed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.campaigns.models import Campaign
from app.core.db import SessionFactory, session_factory
from app.dialing.models import Case, Pool
from app.dialing.quota_pools import follow_quotas
from app.dialing.tick import tick
from app.interviewing.quota_changes import put_quotas
from app.languages.domain import PUTONGHUA, Level
from app.quotas.domain import SEAT_LASTS, Dimension, DimensionKind
from app.quotas.models import QuotaSeat
from app.quotas.service import complete_seat, expire_seats, release_seat, take_seat
from app.staffing.service import certify
from app.telephony.scripted import ScriptedNetwork
from tests.callers import NUMBERS
from tests.integration.conftest import PASSWORD, MakePerson
from tests.integration.quotas.conftest import CITY, LIVES_HERE, NANNING, PHONE, SUE, Seats, SetQuota, cell, plan
from tests.stage import Desk, SetClock, Survey

INTERVIEWS = 8
CODERS = 4


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


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


@pytest.fixture
def desks(
    survey: Survey, client: TestClient, make_person: MakePerson, network: ScriptedNetwork, *, clock: SetClock
) -> list[Desk]:
    """Interviewers who have each held an interview to its end and have only to code it."""
    survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS))
    people = [make_person(f"desk{number}") for number in range(CODERS)]
    for person in people:
        grant_role(survey.session, person, Role.INTERVIEWER, now=survey.now)
        certify(survey.session, person.id, {PUTONGHUA: Level.INTERVIEWS})
    survey.session.commit()
    return [ready_to_code(client, person, network, clock=clock, campaign_id=survey.campaign.id) for person in people]


def ready_to_code(
    client: TestClient, person: Person, network: ScriptedNetwork, *, clock: SetClock, campaign_id: int
) -> Desk:
    browser = TestClient(client.app, base_url=str(client.base_url))
    browser.post("/api/v1/sessions", json={"login": person.login, "password": PASSWORD})
    desk = Desk(browser, network, clock)
    desk.post("ready", {"campaign_id": campaign_id})
    desk.reach()
    assert desk.interview(PUTONGHUA)["finished_as"] == "complete"
    desk.post("hang-up")
    desk.deliver()
    return desk


def set_while(make_session: SessionFactory, survey: Survey, *, start: Barrier) -> None:
    """Set quotas that look closer and closer at the place, so that every case changes its pool each time."""
    wanted = [plan(cell("mobile", most=20), over=(PHONE,), name="phones")]
    start.wait()
    for digits in (0, 2, 4, 6):
        if digits:
            area = Dimension(DimensionKind.AREA, digits)
            wanted.append(plan(cell(NANNING[:digits], most=20), over=(area,), name=f"places {digits}"))
        with make_session() as session, session.begin():
            campaign = session.get_one(Campaign, survey.campaign.id)
            put_quotas(session, campaign, wanted, editor=SUE, now=survey.now)


def test_what_becomes_complete_while_quotas_are_set_is_counted_once(
    make_session: SessionFactory, survey: Survey, desks: list[Desk], seats: Seats
) -> None:
    start = Barrier(CODERS + 1)

    def code(desk: Desk) -> None:
        start.wait()
        desk.post("outcome", {"code": "complete"})

    with ThreadPoolExecutor(CODERS + 1) as threads:
        done = [threads.submit(code, desk) for desk in desks]
        done.append(threads.submit(set_while, make_session, survey, start=start))
        for one in done:
            one.result()
    assert set(seats.counts().values()) == {(CODERS, 0)}


def test_an_outcome_that_waited_for_the_supervisor_finds_the_new_quota(
    make_session: SessionFactory, survey: Survey, desks: list[Desk], seats: Seats
) -> None:
    wanted = [plan(cell("mobile", most=20), over=(PHONE,))]
    with ThreadPoolExecutor(1) as thread, make_session() as supervisor:
        campaign = supervisor.get_one(Campaign, survey.campaign.id)
        put_quotas(supervisor, campaign, wanted, editor=SUE, now=survey.now)
        coded = thread.submit(desks[0].post, "outcome", {"code": "complete"})
        while not (coded.done() or somebody_waits(supervisor)):
            pass
        supervisor.commit()
        coded.result()
    assert seats.counts() == {"mobile": (1, CODERS - 1)}


def somebody_waits(session: Session) -> bool:
    """Tell whether somebody waits for a lock."""
    return bool(session.scalar(text("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")))


def test_a_case_that_somebody_is_at_work_on_is_moved_afterwards(
    make_session: SessionFactory, survey: Survey, quota: SetQuota
) -> None:
    survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS[:3]))
    survey.session.commit()
    with make_session() as desk:
        desk.scalars(select(Case).order_by(Case.id).limit(1).with_for_update()).one()
        quota(cell("4501", most=20), over=(CITY,))
        follow_quotas(survey.session, survey.campaign)
        survey.session.commit()
        assert sorted(labels(survey)) == ["", "area=4501", "area=4501"]
    tick(survey.session, now=survey.now)
    assert set(labels(survey)) == {"area=4501"}
    assert survey.campaign.cases_to_move == []


def labels(survey: Survey) -> list[str]:
    return list(survey.session.scalars(select(Pool.cell).join(Case, Case.pool_id == Pool.id)))
