"""The course of a questionnaire: every item in order, those of a repeat instance by instance."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from app.questionnaires.form import Form, Parts, Section
from app.questionnaires.items import Question

MOST_INSTANCES: Final = 50


class Stop(NamedTuple):
    """An item where it stands: `indexes` number the instances around it.

    A repeat with one index more than there are repeats around it is the question whether there is another instance.
    """

    address: str
    question: Question
    indexes: tuple[int, ...]


CountOf = Callable[[str], int]


def screens(form: Form, count_of: CountOf) -> list[Stop]:
    """List what comes up on the screen if it applies."""
    if not form.has_repeats:
        return [Stop(question.name, question, ()) for question in form.asked]
    return [stop for stop in _walk(form, form.parts, (), count_of=count_of) if stop.question.is_asked or _asks(stop)]


def variables(form: Form, count_of: CountOf) -> list[Stop]:
    """List what holds data; a repeat holds the number of its instances."""
    stops = _walk(form, form.parts, (), count_of=count_of)
    return [stop for stop in stops if stop.question.holds_data and not _asks(stop)]


def _asks(stop: Stop) -> bool:
    return stop.address.endswith("]")


def _walk(form: Form, parts: Parts, indexes: tuple[int, ...], *, count_of: CountOf) -> Iterator[Stop]:
    for part in parts:
        if isinstance(part, Section):
            yield from _walk_section(form, part, indexes, count_of=count_of)
        else:
            yield Stop(form.address(part.name, indexes), part, indexes)


def _walk_section(form: Form, section: Section, indexes: tuple[int, ...], *, count_of: CountOf) -> Iterator[Stop]:
    """Go through the instances; before each but the first, and behind the last, stands the question for another."""
    repeat = section.repeat
    own = form.address(repeat.name, indexes)
    count = count_of(own)
    yield Stop(own, repeat, indexes)
    for instance in range(1, min(count + 1, MOST_INSTANCES) + 1 if count else 1):
        here = (*indexes, instance)
        if instance > 1 and repeat.is_open_ended:
            yield Stop(form.address(repeat.name, here), repeat, here)
        if instance <= count:
            yield from _walk(form, section.parts, here, count_of=count_of)
