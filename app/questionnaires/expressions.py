"""Compile the expressions of a questionnaire once, into functions of the answers given so far."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Final

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from app.questionnaires import nodesets
from app.questionnaires.expression import DEEPEST, Call, Expression, ExpressionError, Scope, combined, constant
from app.questionnaires.functions import FUNCTIONS, Function
from app.questionnaires.special import SPECIAL
from app.questionnaires.values import Value, are_equal, comparable, to_number

__all__ = [
    "DEEPEST",
    "PUBLISHED",
    "Expression",
    "ExpressionError",
    "authored",
    "compile_expression",
    "compile_filter",
    "constant",
]

LONGEST: Final = 20_000
PUBLISHED: Final = frozenset({*FUNCTIONS, *SPECIAL})
# The compiler below knows pulldata() by name and would ask for a file that is attached elsewhere.
ALIASES: Final = {"pull-data": "pulldata"}
_NEEDS_A_PLACE: Final = frozenset({"area", "distance", "geofence", "intersects"})
_PATH: Final = re.compile(r"[ ]?(?<![\w.'\")\]])(?:current\(\)/)?(?:\.\.)?(?:/\.\.)*(?:/\w[\w.-]*)+[ ]?")


def authored(text: str) -> str:
    """Write pyxform's paths back as the ${name} of the author."""
    return _PATH.sub(lambda path: "${" + path[0].strip().rsplit("/", 1)[1] + "}", text)


def _divide(left: float, right: float) -> float:
    """Divide as IEEE 754 says: by zero is infinite, zero by zero is NaN."""
    if right != 0:
        return left / right
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)


_ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": lambda left, right: math.nan if right == 0 or math.isinf(left) else math.fmod(left, right),
}
_RELATIONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _apply(sign: str, left: Value, right: Value) -> Value:
    if sign in _ARITHMETIC:
        return _ARITHMETIC[sign](to_number(left), to_number(right))
    if sign in _RELATIONS:
        return _RELATIONS[sign](*comparable(left, right))
    return are_equal(left, right) == (sign == "=")


class _Compiler(Transformer[Token, Expression]):
    """Build the functions while the parser runs, bottom up and without recursion."""

    def number(self, tokens: list[Token]) -> Expression:
        return constant(float(tokens[0]))

    def string(self, tokens: list[Token]) -> Expression:
        return constant(str(tokens[0])[1:-1])

    def reference(self, tokens: list[Token]) -> Expression:
        return nodesets.reference(str(tokens[0]).rsplit("/", 1)[-1].strip("${} \t\n"))

    def current(self, tokens: list[Token]) -> Expression:
        return nodesets.reference(str(tokens[0]).rsplit("/", 1)[-1], from_current=True)

    def items(self, tokens: list[Token]) -> Expression:
        return nodesets.items(re.split("['\"]", str(tokens[0]))[1])

    def field(self, tokens: list[Token]) -> Expression:
        return nodesets.field(str(tokens[0]).removeprefix("./"))

    def own(self, _tokens: list[Token]) -> Expression:
        return Expression(lambda scope: scope.own(), reads_own=True)

    def parent(self, tokens: list[Token]) -> Expression:
        return Expression(lambda _: "", above=str(tokens[0]).count(".."))

    def predicate(self, parts: list[Expression]) -> Expression:
        return parts[0]

    def filtered(self, parts: list[Expression]) -> Expression:
        return nodesets.filtered(*parts)

    def child(self, parts: list[Expression | Token]) -> Expression:
        nodes, steps = parts
        if not isinstance(nodes, Expression):  # pragma: no cover  the grammar puts an expression first
            raise TypeError(nodes)
        return nodesets.child(nodes, str(steps).rsplit("/", 1)[-1])

    def union(self, parts: list[Expression]) -> Expression:
        return nodesets.union(parts)

    def negative(self, parts: list[Expression]) -> Expression:
        evaluate = parts[1].evaluate
        return combined(lambda scope: -to_number(evaluate(scope)), parts[1:])

    def disjunction(self, parts: list[Expression]) -> Expression:
        return combined(lambda scope: any(part.truth(scope) for part in parts), parts)

    def conjunction(self, parts: list[Expression]) -> Expression:
        made = combined(lambda scope: all(part.truth(scope) for part in parts), parts)
        return replace(made, narrowing=next((part.narrowing for part in parts if part.narrowing), None))

    def _chain(self, parts: list[Expression | Token]) -> Expression:
        """Fold `a + b - c` from the left in one function, however long it is."""
        operands = [part for part in parts if isinstance(part, Expression)]
        first, rest = operands[0].evaluate, operands[1:]
        steps = [(str(sign), part.evaluate) for sign, part in zip(parts[1::2], rest, strict=True)]

        def evaluate(scope: Scope) -> Value:
            return reduce(lambda value, step: _apply(step[0], value, step[1](scope)), steps, first(scope))

        return replace(combined(evaluate, operands), narrowing=_narrowing(operands, [sign for sign, _ in steps]))

    equality = relation = addition = product = _chain

    def call(self, parts: list[Expression | Token | None]) -> Expression:
        token = parts[0]
        name = ALIASES.get(str(token), str(token))
        arguments = tuple(part for part in parts[1:] if isinstance(part, Expression))
        if name in SPECIAL:
            special = SPECIAL[name]
            _check_count(name, arguments, special.least, most=special.most)
            return special.build(Call(name, arguments, str(getattr(token, "start_pos", 0))))
        if name in FUNCTIONS:
            return _strict(name, FUNCTIONS[name], arguments)
        if name in _NEEDS_A_PLACE:
            raise ExpressionError(
                "The function %(name)s() needs places, which nobody can give by telephone.", name=name
            )
        raise ExpressionError("The function %(name)s() is not supported. Use one of: %(known)s.", **_known(name))


def _known(name: str) -> dict[str, str]:
    return {"name": name, "known": ", ".join(sorted(PUBLISHED))}


def _narrowing(operands: list[Expression], signs: list[str]) -> tuple[str, Expression] | None:
    """Recognise `column = …`, which a list can be looked up by."""
    if signs != ["="]:
        return None
    for column, other in (operands, operands[::-1]):
        named = column.fields and column.depth == 0 and not column.references
        if named and not (other.fields or other.reads_own or other.reads_place):
            return next(iter(column.fields)), other
    return None


def _check_count(name: str, arguments: tuple[Expression, ...], least: int, *, most: int | None) -> None:
    if len(arguments) < least or (most is not None and len(arguments) > most):
        wanted = str(least) if least == most else f"{least}–{most}" if most is not None else f"≥ {least}"
        raise ExpressionError("%(name)s() takes %(wanted)s arguments.", name=name, wanted=wanted)


def _strict(name: str, function: Function, arguments: tuple[Expression, ...]) -> Expression:
    _check_count(name, arguments, function.least, most=function.most)
    call, evaluations = function.call, [argument.evaluate for argument in arguments]
    return combined(lambda scope: call(*[evaluate(scope) for evaluate in evaluations]), arguments)


_GRAMMAR: Final = Lark(
    Path(__file__).with_name("expressions.lark").read_text(encoding="utf-8"),
    parser="lalr",
    transformer=_Compiler(),
    propagate_positions=False,
)


def compile_filter(text: str, listed: str) -> Expression:
    """Compile a choice filter, in which bare names are columns of the list; raises ExpressionError."""
    return nodesets.filtered(nodesets.items(listed), _parse(text))


def compile_expression(text: str) -> Expression:
    """Compile XPath as XLSForm writes it; raises ExpressionError with words for the author."""
    compiled = _parse(text)
    if compiled.fields:
        raise ExpressionError(
            "Write ${%(name)s}: a bare name has a meaning in square brackets only.", name=min(compiled.fields)
        )
    if compiled.reads_place:
        raise ExpressionError("position() without a question and last() have a meaning in square brackets only.")
    return replace(compiled, text=authored(text))


def _parse(text: str) -> Expression:
    if len(text) > LONGEST:
        raise ExpressionError("The expression is longer than %(most)s characters. Split it.", most=str(LONGEST))
    try:
        compiled = _GRAMMAR.parse(text)
    except VisitError as error:  # pragma: no cover  an embedded transformer raises its own errors
        raise error.orig_exc from error
    except UnexpectedInput as error:
        if isinstance(error, UnexpectedToken) and error.token.type == "$END":
            raise ExpressionError("The expression ends too early. Complete it.") from error
        place = error.pos_in_stream or 0
        rest = text[place : place + 20]
        raise ExpressionError(
            "The expression cannot be read from character %(place)s on: %(rest)s", place=str(place + 1), rest=rest
        ) from error
    if not isinstance(compiled, Expression):  # pragma: no cover  the embedded transformer returns nothing else
        raise TypeError(type(compiled))
    return compiled
