"""Node-sets: what a path leads to, what predicates leave of it, and the functions that take many values."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.questionnaires.expression import Call, Expression, ExpressionError, Scope, combined, node_set
from app.questionnaires.shuffling import numeric_seed, shuffled
from app.questionnaires.values import Value, are_equal, to_number, to_text, to_truth


class Focus:
    """One node while a predicate looks at it: an item of a list, or a repeat or question in one instance."""

    __slots__ = ("_own", "around", "origin", "position", "row", "size")

    def __init__(self, around: Scope, own: Value = "", *, row: Mapping[str, str] | None = None) -> None:
        self.around = self.origin = around
        self.row = row
        self.position = self.size = 0
        self._own = own

    @property
    def started_at(self) -> datetime:
        """The frozen clock."""
        return self.around.started_at

    @property
    def tag(self) -> str:
        """The language of the screen."""
        return self.around.tag

    def field(self, name: str) -> Value:
        """Return what the item has in a column, or the question of this name in the instance."""
        return self.around.value(name) if self.row is None else self.row.get(name, "")

    def own(self) -> Value:
        """Return the node's value."""
        return self._own

    def current(self) -> Scope:
        """Return the scope that the predicate was read in."""
        return self.origin.current()

    def value(self, name: str) -> Value:
        """Read a question as the instance sees it."""
        return self.around.value(name)

    def values(self, name: str) -> Sequence[Value]:
        """Read a question in every instance around."""
        return self.around.values(name)

    def nodes(self, name: str) -> Sequence[Scope]:
        """Return the nodes of a repeat or a question."""
        return self.around.nodes(name)

    def items(self, name: str, narrowed: tuple[str, str] | None = None) -> Sequence[Scope]:
        """Return the items of a list."""
        return self.around.items(name, narrowed)

    def instance(self, repeat: str | None, above: int) -> int:
        """Count in which instance of a repeat the node stands."""
        return self.around.instance(repeat, above)

    def at(self, repeats: Sequence[tuple[str, int]]) -> Scope:
        """Return the scope of other instances."""
        return self.around.at(repeats)

    def random(self, place: str) -> float:
        """Draw by the seed of the interview, for this node alone."""
        return self.around.random(f"{place}/{self.position}")

    def choice_label(self, name: str, code: str) -> str:
        """Return the label of a choice."""
        return self.around.choice_label(name, code)


def reference(name: str, *, from_current: bool = False) -> Expression:
    """Read a question; from elsewhere than its repeat, in every instance."""

    def seen_from(scope: Scope) -> Scope:
        return scope.current() if from_current else scope

    return Expression(
        lambda scope: seen_from(scope).value(name),
        references=frozenset({name}),
        singles=frozenset({(name, "")}),
        reference=name,
        gather=lambda scope: seen_from(scope).values(name),
        select=lambda scope: seen_from(scope).nodes(name),
    )


def field(name: str) -> Expression:
    """Read a column of the item, or a question of the instance, that a predicate is about."""
    return Expression(lambda scope: scope.field(name), fields=frozenset({name}))


def items(name: str) -> Expression:
    """Read a list of choices."""
    return replace(node_set(lambda scope: scope.items(name), (), listed=name), columns=frozenset({(name, "")}))


def filtered(nodes: Expression, predicate: Expression) -> Expression:
    """Keep the nodes for which a predicate holds; a number keeps the one at that place."""
    if nodes.select is None:
        raise ExpressionError("Square brackets stand behind a repeat, a question or instance('…')/root/item only.")
    select = _narrowed(nodes, predicate)
    is_place = predicate.number is not None

    def keep(scope: Scope) -> list[Scope]:
        found = list(select(scope))
        kept: list[Scope] = []
        for place, node in enumerate(found, 1):
            if isinstance(node, Focus):
                node.position, node.size, node.origin = place, len(found), scope
            if place == predicate.number if is_place else _holds(predicate.evaluate(node), place):
                kept.append(node)
        return kept

    return replace(node_set(keep, [nodes.as_nodes, _resolved(predicate, nodes)], listed=nodes.listed), reference=None)


def _holds(value: Value, place: int) -> bool:
    """Read a predicate's value as XPath does: a number is a place, anything else true or false."""
    return value == place if isinstance(value, float) else to_truth(value)


def _resolved(predicate: Expression, nodes: Expression) -> Expression:
    """Give the bare names of a predicate their meaning: columns of a list, or questions of a repeat."""
    if nodes.listed is not None:
        columns = frozenset((nodes.listed, name) for name in predicate.fields)
        known = replace(predicate, columns=predicate.columns | columns)
    else:
        owner = next(iter(nodes.references), "")
        inside = frozenset((name, opened or owner) for name, opened in predicate.singles)
        inside |= frozenset((name, owner) for name in predicate.fields)
        known = replace(predicate, references=predicate.references | predicate.fields, singles=inside)
    return replace(known, fields=frozenset(), reads_own=False, reads_place=False)


def _narrowed(nodes: Expression, predicate: Expression) -> Callable[[Scope], Sequence[Scope]]:
    """Look items up by a column where the predicate says what it is equal to; a list may have thousands."""
    select, narrowing, listed = nodes.select, predicate.narrowing, nodes.listed
    if (
        select is None
        or narrowing is None
        or listed is None
        or predicate.reads_place
        or nodes.columns != {(listed, "")}
    ):
        return select or (lambda _: ())
    column, wanted = narrowing

    def look_up(scope: Scope) -> Sequence[Scope]:
        value = wanted.evaluate(scope)
        return scope.items(listed, (column, value)) if isinstance(value, str) else select(scope)

    return look_up


def child(nodes: Expression, name: str) -> Expression:
    """Step from items to one of their columns, or from a repeat's instances to one of its questions."""
    select = nodes.select
    if select is None:
        raise ExpressionError("A path goes on behind a repeat or instance('…')/root/item only.")
    stepped = node_set(lambda scope: [Focus(node, node.field(name)) for node in select(scope)], [nodes.as_nodes])
    if nodes.listed is not None:
        return replace(stepped, columns=stepped.columns | {(nodes.listed, name)})
    owner = next(iter(nodes.references), "")
    return replace(stepped, references=stepped.references | {name}, singles=stepped.singles | {(name, owner)})


def union(parts: Sequence[Expression]) -> Expression:
    """Put node-sets behind one another."""
    if any(part.select is None for part in parts):
        raise ExpressionError("A bar stands between questions, repeats or items of a list only.")
    return node_set(
        lambda scope: [node for part in parts if part.select for node in part.select(scope)],
        [part.as_nodes for part in parts],
    )


def many(call: Call, evaluate: Callable[[list[Value]], Value], *, one_by_one: int = 0) -> Expression:
    """Make a function of all values of all its arguments, of which the first few count as one value each."""
    single, gathered = call.arguments[:one_by_one], call.arguments[one_by_one:]

    def work_out(scope: Scope) -> Value:
        values = [part.evaluate(scope) for part in single]
        for part in gathered:
            values += part.all_values(scope)
        return evaluate(values)

    return combined(work_out, [*single, *(part.as_nodes for part in gathered)])


def of_nodes(call: Call, evaluate: Callable[[list[Value]], Value]) -> Expression:
    """Make a function of one node-set."""
    if call.arguments[0].gather is None:
        raise ExpressionError("%(name)s() takes a question, like ${x}.", name=call.name)
    return many(call, evaluate)


def position(call: Call) -> Expression:
    """Count in which instance of a repeat this is, or inside a predicate the place among the nodes."""
    if not call.arguments:
        return Expression(lambda scope: float(scope.position), reads_place=True)
    [node] = call.arguments
    above, name = node.above, node.reference
    if above is None and name is None:
        raise ExpressionError("position() takes .. or a repeat, like position(..).")
    reads = frozenset({name}) if name else frozenset()
    return Expression(lambda scope: float(scope.instance(name, above or 0)), references=reads)


def last(_call: Call) -> Expression:
    """Count the nodes that a predicate looks at."""
    return Expression(lambda scope: float(scope.size), reads_place=True)


def indexed_repeat(call: Call) -> Expression:
    """Read a question in the instances of its repeats that are numbered from 1, up to three levels deep."""
    question, *pairs = call.arguments
    name, repeats = question.reference, [part.reference for part in pairs[::2]]
    if len(pairs) % 2 or name is None or None in repeats:
        raise ExpressionError("indexed-repeat() takes a question, then a repeat and a number, up to three times.")
    indexes = pairs[1::2]

    def evaluate(scope: Scope) -> Value:
        numbers = [to_number(index.evaluate(scope)) for index in indexes]
        if not all(math.isfinite(number) for number in numbers):
            return ""
        wanted = [(str(repeat), int(number)) for repeat, number in zip(repeats, numbers, strict=True)]
        return scope.at(wanted).value(name)

    return combined(evaluate, [question.as_nodes, *(part.as_nodes for part in pairs[::2]), *indexes])


def pulldata(call: Call) -> Expression:
    """Look one cell of a list up: the list, the column wanted, the column searched, the text to find there."""
    listed, wanted, searched = (part.literal for part in call.arguments[:3])
    if not listed or not wanted or not searched:
        raise ExpressionError("The first three arguments of pulldata() must be texts in quotes.")
    key = call.arguments[3]

    def evaluate(scope: Scope) -> Value:
        value = key.evaluate(scope)
        found = scope.items(listed, (searched, value)) if isinstance(value, str) else scope.items(listed)
        return next((item.field(wanted) for item in found if are_equal(item.field(searched), value)), "")

    made = combined(evaluate, [key])
    return replace(made, columns=made.columns | {(listed, wanted), (listed, searched)})


def randomize(call: Call) -> Expression:
    """Shuffle nodes; without a seed, by that of the interview and of the question."""
    nodes, *seed = call.arguments
    select = nodes.select
    if select is None:
        raise ExpressionError("randomize() takes a list, a repeat or a question in a repeat.")

    def shuffle(scope: Scope) -> list[Scope]:
        drawn = to_text(seed[0].evaluate(scope)) if seed else str(int(scope.random(call.place) * 2**31))
        return shuffled(select(scope), numeric_seed(drawn))

    return node_set(shuffle, [nodes.as_nodes, *seed], listed=nodes.listed)
