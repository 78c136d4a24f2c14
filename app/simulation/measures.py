"""What one run came to, as named figures: effort, misread calls, and the index beside the truth."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from app.campaigns.outcomes import COMPLETE
from app.dialing.treatment import History, tries_of
from app.interviewing.domain import MisreadKind, misread_kinds
from app.simulation.call import World
from app.simulation.fieldwork import Fieldwork
from app.simulation.queue import SimulatedCase
from app.simulation.sample import Sampled
from app.telephony.emulator.opinions import true_answer
from app.telephony.emulator.population import Line
from app.telephony.emulator.speech import SpokenAnswer

SECONDS_IN_HOUR: Final = 3600
STANDARD: Final = "group standard"  # first language is the standard one
OFFERED: Final = "group offered"  # another lect that the campaign offers
OTHER: Final = "group other"  # a lect in which the campaign holds no interviews
GROUPS: Final = (STANDARD, OFFERED, OTHER)

Figures = dict[str, float]


def measure(done: Fieldwork, world: World) -> Figures:
    """Return the run's figures by name; a figure that cannot be had, such as the index of nobody, is left out.

    A name after a slash is a group of true first languages, or one such lect. Shares are in percent.
    """
    return {
        **_effort(done),
        **_misread(done),
        **{f"outcome/{code}": float(times) for code, times in sorted(_outcomes(done).items())},
        **_by_part(done.cases, world),
    }


def group_of(one: Sampled, world: World) -> str:
    """Return the group of the person's true first language."""
    main = one.person.main_lect
    if main == world.population.standard_lect:
        return STANDARD
    return OFFERED if main in world.offered else OTHER


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


def _outcomes(done: Fieldwork) -> Counter[str]:
    return Counter(served.report.coded.code for served in done.served)


def _misread(done: Fieldwork) -> Figures:
    kinds = Counter(misread_kinds(served.report.coded.code for served in done.served))
    contacts = sum(served.report.answered for served in done.served)
    figures = {f"misread/{kind.value}": float(kinds[kind]) for kind in MisreadKind}
    if contacts:
        figures["misread per 100 contacts"] = 100 * kinds.total() / contacts
    return figures


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


def _of_part(suffix: str, cases: Sequence[SimulatedCase], world: World) -> Figures:
    form = world.form
    completes = [case for case in cases if case.outcome == COMPLETE]
    tries = sum(len(tries_of(History(tuple(case.dials)), world.rules)) for case in cases)
    index, valid = form.index_of(case.answers[form.index_item] for case in completes)
    truth, _ = form.index_of(_truth(cases, world))
    figures = {
        f"cases{suffix}": float(len(cases)),
        f"tries per case{suffix}": tries / len(cases),
        f"share completed{suffix}": 100 * len(completes) / len(cases),
        f"n of the index{suffix}": float(valid),
    }
    if truth is not None:
        figures[f"truth{suffix}"] = truth
    if index is not None:
        figures[f"index{suffix}"] = index
    if index is not None and truth is not None:
        figures[f"bias{suffix}"] = index - truth
    return figures


def _truth(cases: Iterable[SimulatedCase], world: World) -> Iterable[SpokenAnswer]:
    """Yield the true answers of everybody sampled whose number works and who is eligible."""
    item = world.form.item(world.form.index_item)
    for case in cases:
        person = case.sampled.person
        if person.line is Line.WORKS and world.form.is_truly_eligible(person, world.population):
            yield true_answer(person, item, population=world.population)
