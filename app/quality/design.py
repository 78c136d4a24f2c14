"""Find in a questionnaire which questions belong together: by its author's word, else by what is plain to see."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from app.campaigns.quality_rules import FEWEST_ITEMS
from app.quality.domain import Battery, Design, Pair
from app.questionnaires.form import Form
from app.questionnaires.items import NO_BATTERY, Question, QuestionKind


def design_of(form: Form) -> Design:
    """Return the batteries and pairs of a questionnaire; what stands in a repeat belongs to none."""
    scales = [q for q in form.asked if q.kind is QuestionKind.SELECT_ONE and not form.repeats_of[q.name]]
    return Design((*_named(scales), *_in_a_row(form)), tuple(_pairs(scales)))


def _named(scales: list[Question]) -> Iterator[Battery]:
    names = dict.fromkeys(q.checks.battery for q in scales if q.checks.battery not in ("", NO_BATTERY))
    for name in names:
        members = [q for q in scales if q.checks.battery == name]
        yield Battery(tuple(q.name for q in members), len(members[0].in_order))


def _in_a_row(form: Form) -> Iterator[Battery]:
    """Find what follows one another with the same choices; the rules say how much of it has to be answered."""
    for _choices, found in groupby(form.asked, key=lambda question: _list_of(form, question)):
        members = list(found)
        if _choices is not None and len(members) >= FEWEST_ITEMS:
            yield Battery(tuple(q.name for q in members), len(members[0].in_order))


# Codes and labels of the choices, by which two lists are the same.
_List = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _list_of(form: Form, question: Question) -> _List | None:
    is_open = question.kind is QuestionKind.SELECT_ONE and not question.checks.battery
    if not is_open or form.repeats_of[question.name]:
        return None
    return tuple(
        (choice.code, tuple((tag, template.plain) for tag, template in sorted(choice.label.items())))
        for choice in question.choices
    )


def _pairs(scales: list[Question]) -> Iterator[Pair]:
    """Find the pairs; two that name each other are one."""
    seen: set[tuple[frozenset[str], bool]] = set()
    for question in scales:
        for other, is_reversed in ((question.checks.same_as, False), (question.checks.reverse_of, True)):
            key = (frozenset((other, question.name)), is_reversed)
            if other and key not in seen:
                seen.add(key)
                yield Pair(other, question.name, len(question.in_order), is_reversed)


@lru_cache(maxsize=64)
def _step_table(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes, start=1)}


def step_of(question: Question, value: object) -> int | None:
    """Return the place of a choice on the scale of its question; None for a reserved code and other kinds."""
    if question.kind is not QuestionKind.SELECT_ONE or not isinstance(value, str):
        return None
    return _step_table(question.in_order).get(value)
