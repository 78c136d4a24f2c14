"""The simulation beside the product: the same order of cases, and the same places in the quotas."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.rule_book import rules_of
from app.core.privacy import Vault
from app.demo.cast import REPERTOIRES
from app.demo.seed import Demonstration, seed_demonstration
from app.dialing.domain import Arm
from app.dialing.models import Case, Pool
from app.dialing.queue import NoCaseDueError, take_next_case
from app.dialing.quota_pools import follow_quotas
from app.dialing.tick import tick
from app.interviewing.quota_changes import HELD_BEFORE
from app.languages.domain import PUTONGHUA
from app.languages.service import load_understanding
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.service import (
    CellPlan,
    Editor,
    QuotaPlan,
    complete_seat,
    expire_seats,
    list_quotas,
    release_seat,
    set_quota,
    set_quotas,
    take_seat,
)
from app.simulation.cases import SimulatedCase
from app.simulation.comparison import people_of
from app.simulation.past import take_campaign
from app.simulation.plans import read_plan_of
from app.simulation.queue import Queue
from app.simulation.seats import SeatBook
from app.simulation.workers import Worker
from tests.stage import Survey
from tests.unit.simulation.runs import job, shipped_campaign

SOMEBODY = people_of(job())[0]
ZONE = SOMEBODY.unit.time_zone
PATIENCE = timedelta(minutes=30)
CITY = Dimension(DimensionKind.AREA, digits=4)
LECT = Dimension(DimensionKind.LECT)
# Baise is full from the start, Liuzhou is wanted most.
CITIES = QuotaPlan(
    "cities", (CITY,), (CellPlan(("4501",), 40, 50), CellPlan(("4502",), 90, 90), CellPlan(("4510",), 0, 0))
)
LECTS = QuotaPlan("lects", (LECT, CITY), (CellPlan((PUTONGHUA, "4501"), 2, 3), CellPlan(("yue", "4501"), 1, 1)))


@pytest.fixture
def demonstration(session: Session, vault: Vault, now: datetime) -> Demonstration:
    return seed_demonstration(session, vault, players=4, numbers=80, seed=3, now=now)


def simulated(session: Session, played: Demonstration, quotas: list[QuotaPlan]) -> tuple[Queue, list[Worker]]:
    rules = rules_of(session, played.campaign)
    queue = Queue(rules.language, load_understanding(session))
    for case, pool in session.execute(select(Case, Pool).join(Pool, Pool.id == Case.pool_id)):
        arm, due = Arm(pool.arm), (case.due_at, case.partial_from)
        queue.put(SimulatedCase(case.id, SOMEBODY, [], pool.lect, arm, case.priority, *due, cell=pool.cell))
    queue.set_pools(is_open={ZONE: True}, need_of=SeatBook(quotas).needs(rules.weights).of)
    workers = [Worker(person.id, REPERTOIRES[place], does_triage=False) for place, person in enumerate(played.players)]
    return queue, workers


def next_of(session: Session, played: Demonstration, worker: Worker, *, now: datetime) -> int | None:
    try:
        return take_next_case(session, played.campaign.id, worker.number, now=now)
    except NoCaseDueError:
        return None


@pytest.mark.parametrize("quotas", [[], [CITIES]], ids=["without quotas", "with quotas"])
@pytest.mark.parametrize("waited", [timedelta(0), PATIENCE])
def test_cases_are_served_in_the_order_of_the_product(
    session: Session, demonstration: Demonstration, now: datetime, waited: timedelta, quotas: list[QuotaPlan]
) -> None:
    campaign = demonstration.campaign
    set_quotas(session, campaign, quotas, earlier=HELD_BEFORE, editor=Editor("person:1"), now=now)
    follow_quotas(session, campaign)
    at = now + waited
    tick(session, now=at)
    queue, workers = simulated(session, demonstration, quotas)
    queue.advance(at)
    for turn in range(100):
        worker = workers[turn % len(workers)]
        ours = queue.take(worker)
        assert (ours.id if ours else None) == next_of(session, demonstration, worker, now=at)


def test_the_demonstration_is_taken_as_the_shipped_plan_describes_it(
    session: Session, demonstration: Demonstration, now: datetime
) -> None:
    taken = take_campaign(session, demonstration.campaign.id, read_plan_of(), now=now)
    shipped = shipped_campaign()
    assert (taken.numbers, taken.document, taken.index) == (80, shipped.document, shipped.index)
    assert (taken.ground.shares, taken.ground.offered) == (shipped.ground.shares, shipped.ground.offered)
    assert (taken.time_zone, taken.ring_seconds) == (shipped.time_zone, shipped.ring_seconds)
    assert taken.xform == shipped.xform


Act = Callable[[int, datetime], object]


def in_the_product(survey: Survey, values: dict[int, dict[str, str]]) -> dict[str, Act]:
    session, campaign_id = survey.session, survey.campaign.id

    def take(one: int, now: datetime) -> bool:
        return take_seat(session, campaign_id, interview_uid=UUID(int=one), values=values[one], now=now)

    return {
        "take": take,
        "complete": lambda one, _: complete_seat(session, UUID(int=one)),
        "release": lambda one, _: release_seat(session, UUID(int=one)),
        "expire": lambda _, now: expire_seats(session, now=now),
    }


def in_memory(book: SeatBook, values: dict[int, dict[str, str]]) -> dict[str, Act]:
    return {
        "take": lambda one, now: book.take(one, values[one], now=now),
        "complete": lambda one, _: book.complete(one),
        "release": lambda one, _: book.release(one),
        "expire": lambda _, now: book.expire(now=now),
    }


def counts(survey: Survey) -> list[tuple[str, int, int]]:
    quotas = list_quotas(survey.session, survey.campaign.id)
    return [(quota.name, cell.count.completes, cell.count.held) for quota in quotas for cell in quota.cells]


@pytest.mark.parametrize("seed", range(4))
def test_places_are_given_and_counted_as_in_the_product(survey: Survey, seed: int) -> None:
    for quota in (CITIES, LECTS):
        set_quota(
            survey.session, survey.campaign, quota, earlier=HELD_BEFORE, editor=Editor("person:1"), now=survey.now
        )
    chance, book, at = Random(seed), SeatBook([CITIES, LECTS]), survey.now  # noqa: S311  a play that can be repeated
    values: dict[int, dict[str, str]] = {one: {} for one in range(8)}
    ours, theirs = in_memory(book, values), in_the_product(survey, values)
    for _ in range(60):
        one, act = chance.randrange(8), chance.choice(["take", "take", "take", "complete", "release", "expire"])
        at += timedelta(minutes=chance.choice([1, 1, 90]))
        values[one] = {"area": chance.choice(["450100", "450201"]), "lect": chance.choice([PUTONGHUA, "yue"])}
        same = ours[act](one, at), theirs[act](one, at)
        assert act != "take" or same[0] == same[1]
        assert [(book.name_of(n), count.completes, count.held) for n, count in book.counts()] == counts(survey)
