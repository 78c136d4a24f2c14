"""Say what about an ended interview is worth hearing again. Pure: nothing here changes an interview."""

from collections.abc import Iterator
from itertools import groupby
from statistics import fmean

from app.campaigns.quality_rules import QualityRules
from app.quality.domain import Battery, Design, Flag, FlagKind, HeldInterview, Item, Pair
from app.quality.series import longest_run, spread
from app.questionnaires.answers import AnswerStatus

FEWEST_STEPS = 2  # of a scale that has any spread


def flags_of(held: HeldInterview, design: Design, rules: QualityRules) -> list[Flag]:
    """Return the flags of one interview, in the order of their kinds; the same again gives the same."""
    steps = {item.question: item.step for item in held.items if item.step is not None}
    found = [
        *(flag for battery in design.batteries for flag in _of_battery(battery, steps, rules)),
        *(flag for pair in design.pairs for flag in _of_pair(pair, steps, rules)),
        *_of_timing(held.items, rules),
        *_of_dont_knows(held.items, rules),
        *_of_break_off(held, rules),
        *_of_comprehension(held, rules),
    ]
    order = list(FlagKind)
    return sorted(found, key=lambda flag: order.index(flag.kind))


def _of_battery(battery: Battery, steps: dict[str, int], rules: QualityRules) -> Iterator[Flag]:
    answered = tuple(question for question in battery.questions if question in steps)
    if len(answered) < rules.battery_items or battery.steps < FEWEST_STEPS:
        return
    series = [steps[question] for question in answered]
    run, least_run = longest_run(series), rules.run_share * len(series)
    if run >= least_run:
        yield Flag(FlagKind.LONG_STRING, run, least_run, _members_of_run(answered, steps, run))
        if run == len(series):
            return  # no spread at all: the same thing in another word
    width = spread(series, battery.steps)
    if width < rules.least_spread:
        yield Flag(FlagKind.LOW_VARIATION, width, rules.least_spread, answered)


def _members_of_run(answered: tuple[str, ...], steps: dict[str, int], length: int) -> tuple[str, ...]:
    runs = (tuple(run) for _, run in groupby(answered, key=steps.__getitem__))
    return next(run for run in runs if len(run) == length)


def _of_pair(pair: Pair, steps: dict[str, int], rules: QualityRules) -> Iterator[Flag]:
    first, second = steps.get(pair.first), steps.get(pair.second)
    if first is None or second is None:
        return
    if pair.is_reversed:
        second = pair.steps + 1 - second
    kind = FlagKind.REVERSED_ITEM if pair.is_reversed else FlagKind.INCONSISTENT_PAIR
    limit = rules.reverse_steps if pair.is_reversed else rules.same_steps
    if abs(first - second) > limit:
        yield Flag(kind, abs(first - second), limit, (pair.first, pair.second))


def _of_timing(items: tuple[Item, ...], rules: QualityRules) -> Iterator[Flag]:
    timed = [(item.question, item.taken_ms, item.bounds) for item in items if item.taken_ms is not None and item.bounds]
    quick = tuple(name for name, taken, bounds in timed if bounds and taken is not None and taken < bounds.quickest)
    slow = tuple(name for name, taken, bounds in timed if bounds and taken is not None and taken > bounds.slowest)
    for kind, found in ((FlagKind.TOO_QUICK, quick), (FlagKind.TOO_SLOW, slow)):
        if len(timed) >= rules.least_answers and len(found) >= rules.timing_share * len(timed):
            yield Flag(kind, len(found) / len(timed), rules.timing_share, found)


def _of_dont_knows(items: tuple[Item, ...], rules: QualityRules) -> Iterator[Flag]:
    found = tuple(item.question for item in items if item.status is AnswerStatus.DONT_KNOW)
    if len(items) >= rules.least_answers and len(found) >= rules.dont_know_share * len(items):
        yield Flag(FlagKind.DONT_KNOW, len(found) / len(items), rules.dont_know_share, found)


def _of_break_off(held: HeldInterview, rules: QualityRules) -> Iterator[Flag]:
    """Flag it with the number of answers before it as the figure."""
    if held.left_at is not None and rules.flags_break_off:
        yield Flag(FlagKind.BROKE_OFF, len(held.items), 0, (held.left_at,))


def _of_comprehension(held: HeldInterview, rules: QualityRules) -> Iterator[Flag]:
    if held.ratings and fmean(held.ratings.values()) < rules.least_rating:
        yield Flag(FlagKind.COMPREHENSION, fmean(held.ratings.values()), rules.least_rating)
    number, troubles = len(held.items), sum(held.troubles.values())
    if number >= rules.least_answers and troubles >= rules.trouble_share * number:
        yield Flag(
            FlagKind.TROUBLE, troubles / number, rules.trouble_share, tuple(name for name in held.troubles if name)
        )
