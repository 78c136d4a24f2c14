"""The published functions that look further than at the values of their arguments."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final
from uuid import UUID

from app.questionnaires import nodesets
from app.questionnaires.expression import Call, Evaluate, Expression, ExpressionError, Scope, combined
from app.questionnaires.instants import format_instant
from app.questionnaires.mathematics import checklist, extreme, total, weighted_checklist
from app.questionnaires.patterns import LONGEST_PATTERN, PatternError, compile_pattern
from app.questionnaires.values import Value, to_number, to_text

LONGEST_UUID: Final = 100
_CHOICE_OF: Final = re.compile(r"\s*(?:\$\{\s*([\w.-]+)\s*\}|(?:\.\.|/|current\(\)|[\w.-]+)*/([\w.-]+))\s*")
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Special:
    """How to compile a call, with the number of arguments it takes; `most` is None where there is no end."""

    build: Callable[[Call], Expression]
    least: int
    most: int | None


def _if(call: Call) -> Expression:
    condition, then, otherwise = call.arguments
    return combined(
        lambda scope: then.evaluate(scope) if condition.truth(scope) else otherwise.evaluate(scope), call.arguments
    )


def _coalesce(call: Call) -> Expression:
    def evaluate(scope: Scope) -> Value:
        found = (value for part in call.arguments if (value := part.evaluate(scope)) != "")
        return next(found, "")

    return combined(evaluate, call.arguments)


def _once(call: Call) -> Expression:
    [first] = call.arguments
    if first.references or first.reads_own:
        raise ExpressionError("once() keeps a first value, so it cannot depend on an answer. Leave once() out.")
    return first


def _regex(call: Call) -> Expression:
    text, pattern = call.arguments
    if pattern.literal is None:
        raise ExpressionError("The second argument of regex() must be a text in quotes.")
    try:
        machine = compile_pattern(pattern.literal)
    except PatternError as error:
        raise ExpressionError(
            "The pattern in regex() cannot be used here: %(part)s. Patterns have at most %(most)s characters and no "
            "look-around, back-references or word boundaries.",
            part=str(error),
            most=str(LONGEST_PATTERN),
        ) from error
    return combined(lambda scope: machine.matches(to_text(text.evaluate(scope))), [text])


def _choice_name(call: Call) -> Expression:
    code, path = call.arguments
    found = _CHOICE_OF.fullmatch(path.literal or "")
    if found is None:
        raise ExpressionError("The second argument of jr:choice-name() must be a question in quotes, like '${x}'.")
    name = found[1] or found[2]
    made = combined(lambda scope: scope.choice_label(name, to_text(code.evaluate(scope))), [code])
    return replace(made, labels_of=made.labels_of | {name})


def _format_date(call: Call) -> Expression:
    instant, pattern = call.arguments

    def evaluate(scope: Scope) -> Value:
        return format_instant(instant.evaluate(scope), to_text(pattern.evaluate(scope)), tag=scope.tag)

    return combined(evaluate, call.arguments)


def _random(call: Call) -> Expression:
    return Expression(lambda scope: scope.random(call.place))


def _uuid(call: Call) -> Expression:
    def evaluate(scope: Scope) -> Value:
        chance = Random(scope.random(call.place))  # noqa: S311  an identifier, no secret
        if not call.arguments:
            return str(UUID(int=chance.getrandbits(128), version=4))
        length = to_number(call.arguments[0].evaluate(scope))
        return "".join(chance.choices(_LETTERS, k=int(min(max(length, 0), LONGEST_UUID)) if length == length else 0))  # noqa: PLR0124  only NaN differs from itself

    return combined(evaluate, call.arguments)


def _instant(evaluate: Evaluate) -> Callable[[Call], Expression]:
    return lambda _: Expression(evaluate)


def _many(evaluate: Callable[[list[Value]], Value], *, one_by_one: int = 0) -> Callable[[Call], Expression]:
    return lambda call: nodesets.many(call, evaluate, one_by_one=one_by_one)


def _of_nodes(evaluate: Callable[[list[Value]], Value]) -> Callable[[Call], Expression]:
    return lambda call: nodesets.of_nodes(call, evaluate)


def _weighted(call: Call) -> Expression:
    if len(call.arguments) % 2:
        raise ExpressionError("weighted-checklist() takes two limits, and then a weight behind every value.")
    return nodesets.many(call, weighted_checklist, one_by_one=2)


SPECIAL: Final[Mapping[str, Special]] = {
    "if": Special(_if, 3, 3),
    "coalesce": Special(_coalesce, 2, None),
    "once": Special(_once, 1, 1),
    "regex": Special(_regex, 2, 2),
    "jr:choice-name": Special(_choice_name, 2, 2),
    "today": Special(_instant(lambda scope: scope.started_at.date()), 0, 0),
    "now": Special(_instant(lambda scope: scope.started_at), 0, 0),
    "format-date": Special(_format_date, 2, 2),
    "format-date-time": Special(_format_date, 2, 2),
    "random": Special(_random, 0, 0),
    "uuid": Special(_uuid, 0, 1),
    "concat": Special(_many(lambda values: "".join(to_text(value) for value in values)), 1, None),
    "join": Special(_many(lambda values: to_text(values[0]).join(map(to_text, values[1:])), one_by_one=1), 2, None),
    "min": Special(_many(extreme(min)), 1, None),
    "max": Special(_many(extreme(max)), 1, None),
    "checklist": Special(_many(checklist, one_by_one=2), 3, None),
    "weighted-checklist": Special(_weighted, 4, None),
    "sum": Special(_of_nodes(total), 1, 1),
    "count": Special(_of_nodes(lambda values: float(len(values))), 1, 1),
    "count-non-empty": Special(_of_nodes(lambda values: float(sum(value != "" for value in values))), 1, 1),
    "position": Special(nodesets.position, 0, 1),
    "last": Special(nodesets.last, 0, 0),
    "indexed-repeat": Special(nodesets.indexed_repeat, 3, 7),
    "randomize": Special(nodesets.randomize, 1, 2),
    "pulldata": Special(nodesets.pulldata, 4, 4),
}
