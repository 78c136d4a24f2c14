"""What one run came to, as named figures: effort, misread calls, quotas, and the index beside the truth."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.campaigns.outcomes import COMPLETE
from app.dialing.domain import CaseState
from app.dialing.treatment import tries_of
from app.interviewing.domain import MisreadKind, misread_kinds
from app.simulation.call import World
from app.simulation.cases import SimulatedCase
from app.simulation.fieldwork import Fieldwork
from app.simulation.index import mean_score
from app.simulation.sample import Sampled

SECONDS_IN_HOUR: Final = 3600
SECONDS_IN_MINUTE: Final = 60
GROUP: Final = "group "
STANDARD: Final = f"{GROUP}standard"  # first language is the standard one
OFFERED: Final = f"{GROUP}offered"  # another lect that the campaign offers
OTHER: Final = f"{GROUP}other"  # a lect in which the campaign holds no interviews
GROUPS: Final = (STANDARD, OFFERED, OTHER)
STILL_OPEN: Final = "still open"

Figures = dict[str, float]


def measure(done: Fieldwork, world: World) -> Figures:
    """Return the run's figures by name; a figure that cannot be had, such as the index of nobody, is left out.

    A name after a slash is a group of true first languages, or one such lect. Shares are in percent.
    """
    return {
        **_effort(done),
        **_misread(done),
        **_quotas(done),
        **_ends(done, world),
        **_by_part(done.cases, world),
    }


def group_of(one: Sampled, world: World) -> str:
    """Return the group of the person's true first language."""
    main = one.person.main_lect
    if main == world.population.standard_lect:
        return STANDARD
    return OFFERED if main in world.ground.offered else OTHER


def _effort(done: Fieldwork) -> Figures:
    completes = sum(case.outcome == COMPLETE for case in done.cases)
    hours, on_calls = done.desk_seconds / SECONDS_IN_HOUR, done.call_seconds / SECONDS_IN_HOUR
    figures = {
        "dials": float(len(done.served)),
        "contacts": float(sum(served.report.answered for served in done.served)),
        "completes": float(completes),
        "hours at the desk": hours,
        "hours on cases": on_calls,
    }
    if on_calls:
        figures["completes per hour at the desk"] = completes / hours
        figures["completes per hour on cases"] = completes / on_calls
        figures["idle share"] = 100 * (1 - on_calls / hours)
    return figures


def _ends(done: Fieldwork, world: World) -> Figures:
    """Count what calls were coded as, and what the cases have come to: a closed one's final code, or still open."""
    codes = sorted(world.rules.treatments)
    calls = Counter(served.report.coded.code for served in done.served)
    cases = Counter(case.outcome if case.state == CaseState.CLOSED else STILL_OPEN for case in done.cases)
    return {
        **{f"outcome/{code}": float(calls[code]) for code in codes},
        **{f"case/{code}": float(cases[code]) for code in (*codes, STILL_OPEN)},
    }


def _misread(done: Fieldwork) -> Figures:
    kinds = Counter(misread_kinds(served.report.coded.code for served in done.served))
    contacts = sum(served.report.answered for served in done.served)
    figures = {f"misread/{kind.value}": float(kinds[kind]) for kind in MisreadKind}
    if contacts:
        figures["misread per 100 contacts"] = 100 * kinds.total() / contacts
    return figures


def _quotas(done: Fieldwork) -> Figures:
    if not done.cells:
        return {}
    wanted = sum(cell.count.target for cell in done.cells)
    figures = {
        "quota cells": float(len(done.cells)),
        "quota cells reached": float(sum(cell.count.completes >= cell.count.target for cell in done.cells)),
        "quota missing": float(sum(max(cell.count.target - cell.count.completes, 0) for cell in done.cells)),
    }
    if wanted:
        figures["quota filled"] = 100 * (1 - figures["quota missing"] / wanted)
    return figures | {
        f"cell/{cell.quota}: {' '.join(cell.count.key)}": float(cell.count.completes) for cell in done.cells
    }


def _by_part(cases: Sequence[SimulatedCase], world: World) -> Figures:
    figures = _of_part("", cases, world)
    for part_of in (lambda case: group_of(case.sampled, world), lambda case: case.sampled.person.main_lect):
        for part, members in sorted(_divided(cases, part_of).items()):
            figures |= _of_part(f"/{part}", members, world)
    return figures


def _divided(
    cases: Iterable[SimulatedCase], part_of: Callable[[SimulatedCase], str]
) -> Mapping[str, list[SimulatedCase]]:
    parts: defaultdict[str, list[SimulatedCase]] = defaultdict(list)
    for case in cases:
        parts[part_of(case)].append(case)
    return parts


@dataclass(frozen=True)
class _Sums:
    """What was spent on some cases."""

    tries: int
    contacts: int
    misread: int
    minutes: float

    @classmethod
    def of(cls, cases: Sequence[SimulatedCase], world: World) -> "_Sums":
        dials = [dial for case in cases for dial in case.dials]
        return cls(
            tries=sum(len(tries_of(case.history(), world.rules)) for case in cases),
            contacts=sum(dial.answered for dial in dials),
            misread=len(misread_kinds(dial.outcome for dial in dials)),
            minutes=sum(case.seconds for case in cases) / SECONDS_IN_MINUTE,
        )


def _of_part(suffix: str, cases: Sequence[SimulatedCase], world: World) -> Figures:
    sums = _Sums.of(cases, world)
    completes = [case for case in cases if case.outcome == COMPLETE]
    figures = {
        f"cases{suffix}": float(len(cases)),
        f"tries per case{suffix}": sums.tries / len(cases),
        f"minutes per case{suffix}": sums.minutes / len(cases),
        f"share completed{suffix}": 100 * len(completes) / len(cases),
    }
    if suffix and sums.contacts:
        figures[f"misread per 100 contacts{suffix}"] = 100 * sums.misread / sums.contacts
    return figures | _index(suffix, cases, completes)


def _index(suffix: str, cases: Iterable[SimulatedCase], completes: Iterable[SimulatedCase]) -> Figures:
    """Set the index of those interviewed beside that of everybody whom the survey is about, answered truly."""
    index, valid = mean_score(case.interview.score for case in completes if case.interview is not None)
    truth, _ = mean_score(case.sampled.truth for case in cases)
    figures: Figures = {}
    if truth is not None:
        figures |= {f"n of the index{suffix}": float(valid), f"truth{suffix}": truth}
    if index is not None:
        figures[f"index{suffix}"] = index
    if index is not None and truth is not None:
        figures[f"bias{suffix}"] = index - truth
    return figures
