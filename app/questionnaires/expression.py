"""What an expression is once it is compiled, and what it can see while it is worked out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from app.questionnaires.values import Value, to_text, to_truth

DEEPEST: Final = 40


class Scope(Protocol):
    """What an expression can see: the answers, the answer being checked, lists, the frozen clock, the seed.

    A node of a node-set is a scope as well: that of the repeat's instance it stands in, or of an item of a list.
    """

    position: int  # among the nodes of a predicate, from 1
    size: int

    @property
    def started_at(self) -> datetime:
        """The frozen clock, in the respondent's own zone."""

    @property
    def tag(self) -> str:
        """The language of the screen."""

    def value(self, name: str) -> Value:
        """Return a question's value; empty text when it is not asked or not answered."""

    def values(self, name: str) -> Sequence[Value]:
        """Return a question's values in every instance that is around here and to which it applies."""

    def nodes(self, name: str) -> Sequence["Scope"]:
        """Return a repeat's instances, or a question in every instance, each as the scope it stands in."""

    def items(self, name: str, narrowed: tuple[str, str] | None = None) -> Sequence["Scope"]:
        """Return a list's items, or only those with this text in this column."""

    def field(self, name: str) -> Value:
        """Return what an item has in a column; a repeat's instance has its questions for columns."""

    def own(self) -> Value:
        """Return the answer being checked, or the value of the node that a predicate is about."""

    def instance(self, repeat: str | None, above: int) -> int:
        """Count from 1 in which instance this is: of a repeat, or of the nearest one `above` levels up or higher."""

    def at(self, repeats: Sequence[tuple[str, int]]) -> "Scope":
        """Return the scope of other instances of these repeats."""

    def current(self) -> "Scope":
        """Return the scope of the question that the whole expression belongs to."""

    def random(self, place: str) -> float:
        """Draw from 0 up to 1: always the same for one interview, one question and one place in its expression."""

    def choice_label(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen."""


Evaluate = Callable[[Scope], Value]
Gather = Callable[[Scope], Sequence[Value]]
Select = Callable[[Scope], Sequence[Scope]]


class ExpressionError(ValueError):
    """An expression that cannot be published; `message` is a gettext id with slots for `values`."""

    def __init__(self, message: str, **values: str) -> None:
        self.message = message
        self.values = tuple(values.items())
        super().__init__(message % values if values else message)


@dataclass(frozen=True)
class Expression:
    """A compiled expression, and what it reads.

    `singles` are the questions read as one value, each with the node-set whose predicate reads it, if one does;
    `columns` are what is read of lists; `fields` are bare names, which a predicate has not given a meaning yet.
    Only a node-set has `gather` and `select`. `narrowing` is a column and what it is held to be equal to.
    """

    evaluate: Evaluate
    references: frozenset[str] = frozenset()
    singles: frozenset[tuple[str, str]] = frozenset()
    labels_of: frozenset[str] = frozenset()
    columns: frozenset[tuple[str, str]] = frozenset()
    fields: frozenset[str] = frozenset()
    reads_own: bool = False
    reads_place: bool = False
    depth: int = 0
    literal: str | None = None
    number: float | None = None
    reference: str | None = None
    listed: str | None = None
    above: int | None = None
    gather: Gather | None = None
    select: Select | None = None
    narrowing: tuple[str, "Expression"] | None = None
    text: str = ""

    def truth(self, scope: Scope) -> bool:
        """Evaluate as a condition."""
        return to_truth(self.evaluate(scope))

    def all_values(self, scope: Scope) -> Sequence[Value]:
        """Return the values of a node-set, or the one value of anything else."""
        return (self.evaluate(scope),) if self.gather is None else self.gather(scope)

    @property
    def as_nodes(self) -> "Expression":
        """Return it as an argument of which every node is read."""
        return self if self.gather is None else replace(self, singles=self.singles - {(self.reference or "", "")})


@dataclass(frozen=True)
class Call:
    """A function as it was written: `place` tells two calls in one expression apart."""

    name: str
    arguments: tuple[Expression, ...]
    place: str


def constant(value: Value) -> Expression:
    """Make an expression that is always this value."""
    number = value if isinstance(value, float) else None
    text = to_text(value)
    return Expression(lambda _: value, literal=text if number is None else None, number=number, text=text)


def combined(evaluate: Evaluate, parts: Iterable[Expression]) -> Expression:
    """Make an expression that is worked out of others."""
    parts = tuple(parts)
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise ExpressionError("The expression is nested more than %(most)s levels deep. Split it.", most=str(DEEPEST))
    return Expression(
        evaluate,
        references=frozenset().union(*(part.references for part in parts)),
        singles=frozenset().union(*(part.singles for part in parts)),
        labels_of=frozenset().union(*(part.labels_of for part in parts)),
        columns=frozenset().union(*(part.columns for part in parts)),
        fields=frozenset().union(*(part.fields for part in parts)),
        reads_own=any(part.reads_own for part in parts),
        reads_place=any(part.reads_place for part in parts),
        depth=depth,
    )


def node_set(select: Select, parts: Iterable[Expression], *, listed: str | None = None) -> Expression:
    """Make an expression that comes to nodes; as one value it is that of the first."""

    def gather(scope: Scope) -> list[Value]:
        return [node.own() for node in select(scope)]

    def evaluate(scope: Scope) -> Value:
        return next((node.own() for node in select(scope)), "")

    return replace(combined(evaluate, parts), gather=gather, select=select, listed=listed)
