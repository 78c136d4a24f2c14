"""Run several ways of calling on the same people, seed by seed, and set their figures side by side."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from app.core.errors import InvalidInputError
from app.languages.domain import Level
from app.simulation.call import World
from app.simulation.fieldwork import Fieldwork, do_fieldwork
from app.simulation.intervals import Estimate, estimate
from app.simulation.interview import short_form
from app.simulation.measures import Figures, measure
from app.simulation.plans import Ground, Policy, figures
from app.simulation.queue import Worker
from app.simulation.sample import Sampled, draw_people
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
class Extent:
    """How much is simulated; `first_seed` and the following `seeds - 1` are used."""

    seeds: int = 20
    numbers: int = 2_000
    interviewers: int = 8
    days: int = 5
    first_seed: int = 1


@dataclass(frozen=True)
class Job:
    """One run."""

    way: Way
    ground: Ground
    population: str
    extent: Extent
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
    ground: Ground,
    populations: Sequence[str],
    *,
    extent: Extent,
    processes: int = PROCESSES,
    show: Callable[[], object] = lambda: None,
) -> list[Comparison]:
    """Run everything, and call `show` after each run; raises InvalidInputError when a way's rules cannot be used."""
    names = [way.name for way in ways]
    for way in ways:
        way.policy.over(way.document)
        if names.count(way.name) > 1:
            raise InvalidInputError(TWICE, name=way.name)
    seeds = range(extent.first_seed, extent.first_seed + extent.seeds)
    jobs = [Job(way, ground, name, extent, seed) for name in populations for seed in seeds for way in ways]
    found = dict(_run_all(jobs, processes=processes, show=show))
    return [
        Comparison(name, {way.name: tuple(found[name, way.name, seed] for seed in seeds) for way in ways})
        for name in populations
    ]


def _run_all(
    jobs: Sequence[Job], *, processes: int, show: Callable[[], object]
) -> Iterator[tuple[tuple[str, str, int], Figures]]:
    if processes == 1:
        for job in jobs:
            yield _key(job), run_job(job)
            show()
        return
    with _processes(processes) as pool:
        waiting = {pool.submit(run_job, job): _key(job) for job in jobs}
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


def _key(job: Job) -> tuple[str, str, int]:
    return job.population, job.way.name, job.seed


def run_job(job: Job) -> Figures:
    """Do one run and measure it."""
    world = world_of(job)
    people = draw_people(job.ground, world.population, numbers=job.extent.numbers, seed=job.seed)
    return measure(work(job, world, people), world)


def world_of(job: Job) -> World:
    """Put together what stays the same during a run."""
    return World(
        population=load_population(job.population),
        understanding=job.ground.understanding,
        form=short_form(),
        rules=job.way.policy.over(job.way.document),
        policy=job.way.policy,
        offered=job.ground.offered,
        time_zone=job.ground.time_zone,
        ring_seconds=figures().ring_seconds,
        seed=job.seed,
    )


def work(job: Job, world: World, people: Sequence[Sampled]) -> Fieldwork:
    """Let the job's interviewers work a sample."""
    repertoires: Sequence[Mapping[str, Level]] = figures().repertoires
    workers = [
        Worker(number, job.way.policy.skills_of(repertoires[(number - 1) % len(repertoires)]))
        for number in range(1, job.extent.interviewers + 1)
    ]
    return do_fieldwork(people, workers, world, starts_at=figures().starts_at, days=job.extent.days)
