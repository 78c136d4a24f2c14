"""Small simulated campaigns for tests."""

from collections.abc import Sequence
from dataclasses import replace

from app.languages.domain import PUTONGHUA
from app.simulation.comparison import Comparison, Extent, Job, Way, compare, work, world_of
from app.simulation.fieldwork import Fieldwork
from app.simulation.plans import Ground, find_policy, policies, shipped_campaign
from app.simulation.sample import Sampled, draw_people
from app.telephony.emulator.figures import BASE, load_population

SMALL = Extent(seeds=8, numbers=150, interviewers=4, days=3)


def way(key: str) -> Way:
    policy = find_policy(key)
    return Way(policy.key, policy, shipped_campaign().document)


def job(key: str = "this_one", *, population: str = BASE, seed: int = 1, ground: Ground | None = None) -> Job:
    return Job(way(key), ground or shipped_campaign().ground, population, SMALL, seed)


def people_of(one: Job) -> tuple[Sampled, ...]:
    population = load_population(one.population)
    return draw_people(one.ground, population, numbers=one.extent.numbers, seed=one.seed)


def worked(one: Job, people: Sequence[Sampled] | None = None) -> Fieldwork:
    return work(one, world_of(one), people or people_of(one))


def one_lect_everywhere() -> Ground:
    ground = shipped_campaign().ground
    return replace(ground, shares={area: ((PUTONGHUA, 1.0),) for area, _share in ground.places})


def all_policies(population: str, *, seeds: int = SMALL.seeds) -> Comparison:
    ways = [way(key) for key in policies()]
    extent = replace(SMALL, seeds=seeds)
    [found] = compare(ways, shipped_campaign().ground, [population], extent=extent, processes=1)
    return found
