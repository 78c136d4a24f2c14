"""Run several ways of calling on the same people, seed by seed, and set their figures side by side."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from app.core.errors import InvalidInputError
from app.simulation.call import World
from app.simulation.campaign import SimulatedCampaign
from app.simulation.fieldwork import Fieldwork, do_fieldwork
from app.simulation.intervals import Estimate, estimate
from app.simulation.measures import Figures, measure
from app.simulation.policies import Policy
from app.simulation.sample import Crowd, Sampled
from app.simulation.survey import survey_of
from app.telephony.emulator.figures import BASE, VARIANTS, load_population

PROCESSES: Final = 2
BASE_NAME: Final = "base"
ALL: Final = "all"
UNKNOWN_POPULATION: Final = "There is no population %(name)s. Choose one of %(names)s."
TWICE: Final = "Two ways of calling have the same name: %(name)s."


@dataclass(frozen=True)
class Way:
    """A way of calling: a policy laid over a rules document, under a name that the tables show."""

    name: str
    policy: Policy
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Seeds:
    """Which seeds are run: `first` and those that follow it."""

    number: int = 20
    first: int = 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.number))


@dataclass(frozen=True)
class Job:
    """All ways of one seed, so that they share its people."""

    ways: tuple[Way, ...]
    campaign: SimulatedCampaign
    population: str
    seed: int


@dataclass(frozen=True)
class Comparison:
    """The figures of every run of one population: way -> one set of figures a seed, in the order of the seeds."""

    population: str
    runs: Mapping[str, tuple[Figures, ...]]

    def names(self) -> list[str]:
        """Return every figure that any run has, in the order they were measured."""
        return list(dict.fromkeys(name for runs in self.runs.values() for run in runs for name in run))

    def of(self, way: str, name: str) -> Estimate | None:
        """Return a figure's mean over the seeds that have it, None where none has."""
        values = [run[name] for run in self.runs[way] if name in run]
        return estimate(values) if values else None

    def difference(self, way: str, other: str, name: str) -> Estimate | None:
        """Return how far `way` lies above `other`, paired by seed: same seeds, same people."""
        pairs = zip(self.runs[way], self.runs[other], strict=True)
        values = [run[name] - against[name] for run, against in pairs if name in run and name in against]
        return estimate(values) if values else None


def populations_named(name: str) -> tuple[str, ...]:
    """Return the names of the population files meant by `base`, a variant's name, or `all`."""
    known = {BASE_NAME: BASE, **{variant: variant for variant in VARIANTS}}
    if name == ALL:
        return tuple(known.values())
    if name not in known:
        raise InvalidInputError(UNKNOWN_POPULATION, name=name, names=", ".join([*known, ALL]))
    return (known[name],)


def compare(
    ways: Sequence[Way],
    campaign: SimulatedCampaign,
    populations: Sequence[str],
    *,
    seeds: Seeds,
    processes: int = PROCESSES,
    show: Callable[[], object] = lambda: None,
) -> list[Comparison]:
    """Run everything, and call `show` after each seed; raises InvalidInputError when a way's rules cannot be used."""
    names = [way.name for way in ways]
    for way in ways:
        way.policy.over(way.document)
        if names.count(way.name) > 1:
            raise InvalidInputError(TWICE, name=way.name)
    jobs = [Job(tuple(ways), campaign, name, seed) for name in populations for seed in seeds]
    found = dict(_run_all(jobs, processes=processes, show=show))
    return [
        Comparison(name, {way: tuple(found[name, seed][way] for seed in seeds) for way in names})
        for name in populations
    ]


_Done = tuple[tuple[str, int], dict[str, Figures]]


def _run_all(jobs: Sequence[Job], *, processes: int, show: Callable[[], object]) -> Iterator[_Done]:
    if processes == 1:
        for job in jobs:
            yield (job.population, job.seed), run_job(job)
            show()
        return
    with _processes(processes) as pool:
        waiting = {pool.submit(run_job, job): (job.population, job.seed) for job in jobs}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
            show()


@contextmanager
def _processes(number: int) -> Iterator[Executor]:
    # Spawned, not forked: the command's terminal has threads, which a fork would copy in an unknown state.
    pool = ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def run_job(job: Job) -> dict[str, Figures]:
    """Let each way work the same people, and measure it."""
    people = people_of(job)
    return {way.name: measure(work(job, way, people), world_of(job, way)) for way in job.ways}


def people_of(job: Job) -> tuple[Sampled, ...]:
    """Draw the people of a job's sample."""
    campaign = job.campaign
    survey = survey_of(campaign.xform, campaign.index)
    crowd = Crowd(load_population(job.population), campaign.ground, survey, job.seed)
    return crowd.behind(campaign.units(seed=job.seed))


def world_of(job: Job, way: Way) -> World:
    """Put together what stays the same during a run."""
    campaign = job.campaign
    return World(
        population=load_population(job.population),
        ground=campaign.ground,
        survey=survey_of(campaign.xform, campaign.index),
        rules=way.policy.over(way.document),
        policy=way.policy,
        ring_seconds=campaign.ring_seconds,
        seed=job.seed,
        deciding=tuple(dimension for quota in campaign.quotas for dimension in quota.dimensions),
    )


def work(job: Job, way: Way, people: Sequence[Sampled]) -> Fieldwork:
    """Let the campaign's staff work a sample."""
    campaign, world = job.campaign, world_of(job, way)
    workers = campaign.workers(way.policy, world.rules)
    return do_fieldwork(people, workers, world, quotas=campaign.quotas, starts_at=campaign.starts_at)
