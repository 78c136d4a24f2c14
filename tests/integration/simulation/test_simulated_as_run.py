"""The simulation beside the product: the same order of cases, and a campaign taken as it is."""

from datetime import datetime, timedelta

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
from app.dialing.tick import tick
from app.languages.service import load_understanding
from app.simulation.past import take_campaign
from app.simulation.plans import shipped_campaign
from app.simulation.queue import Queue, SimulatedCase, Worker
from tests.unit.simulation.runs import job, people_of

SOMEBODY = people_of(job())[0]
PATIENCE = timedelta(minutes=30)


@pytest.fixture
def demonstration(session: Session, vault: Vault, now: datetime) -> Demonstration:
    return seed_demonstration(session, vault, players=4, numbers=80, seed=3, now=now)


def simulated(session: Session, played: Demonstration) -> tuple[Queue, list[Worker]]:
    queue = Queue(rules_of(session, played.campaign).language, load_understanding(session))
    for case, pool in session.execute(select(Case, Pool).join(Pool, Pool.id == Case.pool_id)):
        arm, due = Arm(pool.arm), (case.due_at, case.partial_from)
        queue.put(SimulatedCase(case.id, SOMEBODY, [], pool.lect, arm, case.priority, *due))
    return queue, [Worker(person.id, REPERTOIRES[place]) for place, person in enumerate(played.players)]


def next_of(session: Session, played: Demonstration, worker: Worker, *, now: datetime) -> int | None:
    try:
        return take_next_case(session, played.campaign.id, worker.number, now=now)
    except NoCaseDueError:
        return None


@pytest.mark.parametrize("waited", [timedelta(0), PATIENCE])
def test_cases_are_served_in_the_order_of_the_product(
    session: Session, demonstration: Demonstration, now: datetime, waited: timedelta
) -> None:
    queue, workers = simulated(session, demonstration)
    at = now + waited
    tick(session, now=at)
    queue.advance(at)
    for turn in range(100):
        worker = workers[turn % len(workers)]
        ours = queue.take(worker)
        assert (ours.id if ours else None) == next_of(session, demonstration, worker, now=at)


def test_a_campaign_gives_its_areas_lects_and_rules(session: Session, demonstration: Demonstration) -> None:
    taken, shipped = take_campaign(session, demonstration.campaign.id), shipped_campaign()
    assert taken.numbers == 80
    assert taken.document == shipped.document
    # The demonstration and the synthetic sample have the same places, but one counts them.
    assert {code for code, _ in taken.ground.places} == {code for code, _ in shipped.ground.places}
    assert (taken.ground.shares, taken.ground.offered) == (shipped.ground.shares, shipped.ground.offered)
    assert taken.ground.time_zone == shipped.ground.time_zone
