"""What an expression sees from where it stands: the instances around it, and everything else of the interview."""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from app.questionnaires.expression import Scope
from app.questionnaires.form import Form, QuestionKind
from app.questionnaires.nodesets import Focus
from app.questionnaires.values import Value

_PRECISION: Final = 53  # bits of a double


class Known(Protocol):
    """What has been worked out so far."""

    form: Form
    started_at: datetime
    seed: int
    tag: str

    def known_value(self, address: str) -> Value:
        """Return a value; empty text when it does not apply or has none."""

    def applies(self, address: str) -> bool:
        """Tell whether a question or group is relevant."""

    def instances(self, repeats: tuple[str, ...]) -> Sequence[tuple[int, ...]]:
        """Return the instances of nested repeats, in order."""

    def label_of(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen."""


class Place:
    """Where an expression stands: a question in its instances."""

    __slots__ = ("_known", "_own", "here", "indexes", "position", "repeats", "size", "started_at", "tag")

    def __init__(self, known: Known, here: str, *, repeats: tuple[str, ...], indexes: tuple[int, ...]) -> None:
        self._known = known
        self.here = here  # the address that draws belong to
        self.repeats, self.indexes = repeats, indexes
        self.started_at, self.tag = known.started_at, known.tag
        self.position = self.size = 1
        self._own: Value = ""

    def with_own(self, own: Value) -> "Place":
        """Return the same place with an answer that is being checked."""
        place = Place(self._known, self.here, repeats=self.repeats, indexes=self.indexes)
        place._own = own
        return place

    def own(self) -> Value:
        """Return the answer being checked."""
        return self._own

    def field(self, name: str) -> Value:
        """Return a question of the instance."""
        return self.value(name)

    def current(self) -> Scope:
        """Return itself: no predicate is around."""
        return self

    def value(self, name: str) -> Value:
        """Return a question's value in the instance around here; from elsewhere, in the first one."""
        shared = self._shared(name)
        if len(shared) == len(self._known.form.repeats_of[name]):
            return self._known.known_value(self._known.form.address(name, shared))
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> Sequence[Value]:
        """Return a question's values in every instance around here to which it applies."""
        if self._known.form.by_name[name].kind is QuestionKind.REPEAT:
            return [""] * len(self._within(name))
        addresses = (self._known.form.address(name, indexes) for indexes in self._within(name))
        return [self._known.known_value(address) for address in addresses if self._known.applies(address)]

    def nodes(self, name: str) -> Sequence[Scope]:
        """Return a repeat's instances, or a question in every instance around here to which it applies."""
        form = self._known.form
        is_repeat = form.by_name[name].kind is QuestionKind.REPEAT
        repeats = (*form.repeats_of[name], name) if is_repeat else form.repeats_of[name]
        found: list[Scope] = []
        for indexes in self._within(name):
            place = Place(self._known, self.here, repeats=repeats, indexes=indexes)
            address = form.address(name, indexes)
            if is_repeat or self._known.applies(address):
                found.append(Focus(place, "" if is_repeat else self._known.known_value(address)))
        return found

    def items(self, name: str, narrowed: tuple[str, str] | None = None) -> Sequence[Scope]:
        """Return a list's items, or only those with this text in this column."""
        listed = self._known.form.lists[name]
        rows = listed.rows if narrowed is None else listed.rows_with(*narrowed)
        return [Focus(self, row=row) for row in rows]

    def instance(self, repeat: str | None, above: int) -> int:
        """Count from 1 in which instance this is; 1 outside of any repeat."""
        if repeat is None:
            groups = self._known.form.by_name[self.here.rpartition("/")[2]].group
            around = [name for name in groups[: max(len(groups) - above + 1, 0)] if name in self.repeats]
            repeat = around[-1] if around else ""
        return self.indexes[self.repeats.index(repeat)] if repeat in self.repeats else 1

    def at(self, repeats: Sequence[tuple[str, int]]) -> Scope:
        """Return the scope of other instances of these repeats, those around them as they are here."""
        wanted = dict(repeats)
        innermost = repeats[-1][0]
        path = (*self._known.form.repeats_of[innermost], innermost)
        mine = dict(zip(self.repeats, self.indexes, strict=True))
        indexes = tuple(wanted.get(name, mine.get(name, 1)) for name in path)
        return Place(self._known, self.here, repeats=path, indexes=indexes)

    def random(self, place: str) -> float:
        """Draw from 0 up to 1 by the seed, the question and the place in its expression."""
        drawn = hashlib.sha256(f"{self._known.seed}/{self.here}/{place}".encode()).digest()
        return math.ldexp(int.from_bytes(drawn[:8], "big") >> (64 - _PRECISION), -_PRECISION)

    def choice_label(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen."""
        return self._known.label_of(name, code)

    def _shared(self, name: str) -> tuple[int, ...]:
        """Return the instances that are around both this place and a question."""
        count = 0
        for mine, other in zip(self.repeats, self._known.form.repeats_of[name], strict=False):
            if mine != other:
                break
            count += 1
        return self.indexes[:count]

    def _within(self, name: str) -> list[tuple[int, ...]]:
        """Return the instances of a question, or those a repeat has, that stand in the same ones as this place."""
        form = self._known.form
        path = form.repeats_of[name]
        if form.by_name[name].kind is QuestionKind.REPEAT:
            path = (*path, name)
        shared = self._shared(name)
        return [indexes for indexes in self._known.instances(path) if indexes[: len(shared)] == shared]
