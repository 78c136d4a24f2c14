"""Small simulated campaigns for tests."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from app.languages.domain import PUTONGHUA
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.plans import CellPlan, QuotaPlan
from app.simulation.campaign import SimulatedCampaign, synthetic_campaign
from app.simulation.comparison import Comparison, Job, Seeds, Way, compare, people_of, work
from app.simulation.fieldwork import Fieldwork
from app.simulation.plans import read_plan_of
from app.simulation.policies import find_policy, policies, shipped_rules
from app.simulation.sample import Sampled
from app.telephony.emulator.figures import BASE

AREA = Dimension(DimensionKind.AREA, digits=4)
PHONE = Dimension(DimensionKind.PHONE)
LECT = Dimension(DimensionKind.LECT)
VICTIM = Dimension(DimensionKind.ANSWER, question="victim")
CITIES = ("4501", "4502", "4510")


@cache
def shipped_campaign() -> SimulatedCampaign:
    return synthetic_campaign(read_plan_of())


def small(**options: Any) -> SimulatedCampaign:
    return synthetic_campaign(read_plan_of(options={"numbers": 150, "interviewers": 4, "days": 3, **options}))


@cache
def small_campaign() -> SimulatedCampaign:
    return small()


def way(key: str = "this_one") -> Way:
    policy = find_policy(key)
    return Way(policy.key, policy, shipped_rules())


def job(campaign: SimulatedCampaign | None = None, *, population: str = BASE, seed: int = 1) -> Job:
    ways = tuple(way(key) for key in policies())
    return Job(ways, campaign or small_campaign(), population, seed)


def worked(one: Job, people: Sequence[Sampled] | None = None, *, policy: str = "this_one") -> Fieldwork:
    return work(one, way(policy), people or people_of(one))


def one_lect_everywhere() -> SimulatedCampaign:
    campaign = small_campaign()
    shares = dict.fromkeys(campaign.ground.shares, ((PUTONGHUA, 1.0),))
    return replace(campaign, ground=replace(campaign.ground, shares=shares))


def all_policies(population: str, *, seeds: int = 8) -> Comparison:
    ways = [way(key) for key in policies()]
    [found] = compare(ways, small_campaign(), [population], seeds=Seeds(seeds), processes=1)
    return found


def by_area(most: int, *, target: int | None = None, cities: Sequence[str] = CITIES) -> QuotaPlan:
    cells = tuple(CellPlan((city,), most if target is None else target, most) for city in cities)
    return QuotaPlan("cities", (AREA,), cells)
