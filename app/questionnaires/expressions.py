"""Compile the expressions of a questionnaire once, into functions of the answers given so far."""

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

from app.questionnaires.functions import FUNCTIONS, Function
from app.questionnaires.patterns import LONGEST_PATTERN, PatternError, compile_pattern
from app.questionnaires.values import Value, are_equal, comparable, to_number, to_text, to_truth

DEEPEST: Final = 40
LONGEST: Final = 20_000
_PATH: Final = re.compile(r"[ ]?(?<![\w.])(?:/\w[\w.-]*)+[ ]?")


class Scope(Protocol):
    """What an expression can see: the answers, the answer being checked, the frozen clock, the labels."""

    started_at: datetime

    def value(self, name: str) -> Value:
        """Return a question's value; empty text when it is not asked or not answered."""

    def own(self) -> Value:
        """Return the answer being checked."""

    def applies(self, name: str) -> bool:
        """Tell whether a question is relevant."""

    def choice_label(self, name: str, code: str) -> str:
        """Return the label of a choice in the language of the screen."""


Evaluate = Callable[[Scope], Value]


class ExpressionError(ValueError):
    """An expression that cannot be published; `message` is a gettext id with slots for `values`."""

    def __init__(self, message: str, **values: str) -> None:
        self.message = message
        self.values = tuple(values.items())
        super().__init__(message % values if values else message)


@dataclass(frozen=True)
class Expression:
    """A compiled expression, and what it reads."""

    evaluate: Evaluate
    references: frozenset[str] = frozenset()
    labels_of: frozenset[str] = frozenset()
    reads_own: bool = False
    depth: int = 0
    literal: str | None = None
    reference: str | None = None
    text: str = ""

    def truth(self, scope: Scope) -> bool:
        """Evaluate as a condition."""
        return to_truth(self.evaluate(scope))


def constant(value: Value) -> Expression:
    """Make an expression that is always this value."""
    return Expression(lambda _: value, literal=to_text(value), text=to_text(value))


def authored(text: str) -> str:
    """Write pyxform's absolute paths back as the ${name} of the author."""
    return _PATH.sub(lambda path: "${" + path[0].strip().rsplit("/", 1)[1] + "}", text)


def _combined(evaluate: Evaluate, parts: Iterable[Expression]) -> Expression:
    parts = tuple(parts)
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise ExpressionError("The expression is nested more than %(most)s levels deep. Split it.", most=str(DEEPEST))
    return Expression(
        evaluate,
        references=frozenset().union(*(part.references for part in parts)),
        labels_of=frozenset().union(*(part.labels_of for part in parts)),
        reads_own=any(part.reads_own for part in parts),
        depth=depth,
    )


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
        value = float(tokens[0])
        return Expression(lambda _: value)

    def string(self, tokens: list[Token]) -> Expression:
        return constant(str(tokens[0])[1:-1])

    def reference(self, tokens: list[Token]) -> Expression:
        name = str(tokens[0]).rsplit("/", 1)[-1].strip("${} \t\n")
        return Expression(lambda scope: scope.value(name), references=frozenset({name}), reference=name)

    def own(self, _tokens: list[Token]) -> Expression:
        return Expression(lambda scope: scope.own(), reads_own=True)

    def negative(self, parts: list[Expression]) -> Expression:
        evaluate = parts[1].evaluate
        return _combined(lambda scope: -to_number(evaluate(scope)), parts[1:])

    def disjunction(self, parts: list[Expression]) -> Expression:
        return _combined(lambda scope: any(part.truth(scope) for part in parts), parts)

    def conjunction(self, parts: list[Expression]) -> Expression:
        return _combined(lambda scope: all(part.truth(scope) for part in parts), parts)

    def _chain(self, parts: list[Expression | Token]) -> Expression:
        """Fold `a + b - c` from the left in one function, however long it is."""
        operands = [part for part in parts if isinstance(part, Expression)]
        first, rest = operands[0].evaluate, operands[1:]
        steps = [(str(sign), part.evaluate) for sign, part in zip(parts[1::2], rest, strict=True)]

        def evaluate(scope: Scope) -> Value:
            value = first(scope)
            for sign, operand in steps:
                value = _apply(sign, value, operand(scope))
            return value

        return _combined(evaluate, operands)

    equality = relation = addition = product = _chain

    def call(self, parts: list[Expression | Token | None]) -> Expression:
        name = str(parts[0])
        arguments = [part for part in parts[1:] if isinstance(part, Expression)]
        if name in _SPECIAL:
            build, least, most = _SPECIAL[name]
            _check_count(name, arguments, least, most=most)
            return build(arguments)
        if name not in FUNCTIONS:
            raise ExpressionError("The function %(name)s() is not supported. Use one of: %(known)s.", **_known(name))
        return _strict(name, FUNCTIONS[name], arguments)


def _known(name: str) -> dict[str, str]:
    return {"name": name, "known": ", ".join(sorted({*FUNCTIONS, *_SPECIAL}))}


def _check_count(name: str, arguments: list[Expression], least: int, *, most: int | None) -> None:
    if len(arguments) < least or (most is not None and len(arguments) > most):
        wanted = str(least) if least == most else f"{least}–{most}" if most is not None else f"≥ {least}"
        raise ExpressionError("%(name)s() takes %(wanted)s arguments.", name=name, wanted=wanted)


def _strict(name: str, function: Function, arguments: list[Expression]) -> Expression:
    _check_count(name, arguments, function.least, most=function.most)
    call, evaluations = function.call, [argument.evaluate for argument in arguments]
    return _combined(lambda scope: call(*[evaluate(scope) for evaluate in evaluations]), arguments)


def _if(arguments: list[Expression]) -> Expression:
    condition, then, otherwise = arguments
    return _combined(
        lambda scope: then.evaluate(scope) if condition.truth(scope) else otherwise.evaluate(scope), arguments
    )


def _coalesce(arguments: list[Expression]) -> Expression:
    def evaluate(scope: Scope) -> Value:
        found = (value for part in arguments if (value := part.evaluate(scope)) != "")
        return next(found, "")

    return _combined(evaluate, arguments)


def _once(arguments: list[Expression]) -> Expression:
    if arguments[0].references or arguments[0].reads_own:
        raise ExpressionError("once() keeps a first value, so it cannot depend on an answer. Leave once() out.")
    return arguments[0]


def _regex(arguments: list[Expression]) -> Expression:
    text, pattern = arguments
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
    return _combined(lambda scope: machine.matches(to_text(text.evaluate(scope))), [text])


def _choice_name(arguments: list[Expression]) -> Expression:
    code, path = arguments
    found = re.fullmatch(r"\s*(?:\$\{\s*([\w.-]+)\s*\}|(?:/[\w.-]+)*/([\w.-]+))\s*", path.literal or "")
    if found is None:
        raise ExpressionError("The second argument of jr:choice-name() must be a question in quotes, like '${x}'.")
    name = found[1] or found[2]
    combined = _combined(lambda scope: scope.choice_label(name, to_text(code.evaluate(scope))), [code])
    return Expression(combined.evaluate, combined.references, frozenset({name}), combined.reads_own, combined.depth)


def _of_question(name: str, evaluate: Callable[[Scope, str], Value]) -> Callable[[list[Expression]], Expression]:
    def build(arguments: list[Expression]) -> Expression:
        question = arguments[0].reference
        if question is None:
            raise ExpressionError("%(name)s() takes a question, like ${x}.", name=name)
        return _combined(lambda scope: evaluate(scope, question), arguments)

    return build


def _instant(evaluate: Evaluate) -> Callable[[list[Expression]], Expression]:
    return lambda _: Expression(evaluate)


_SPECIAL: Final[Mapping[str, tuple[Callable[[list[Expression]], Expression], int, int | None]]] = {
    "if": (_if, 3, 3),
    "coalesce": (_coalesce, 2, None),
    "once": (_once, 1, 1),
    "regex": (_regex, 2, 2),
    "jr:choice-name": (_choice_name, 2, 2),
    "today": (_instant(lambda scope: scope.started_at.date()), 0, 0),
    "now": (_instant(lambda scope: scope.started_at), 0, 0),
    "sum": (_of_question("sum", lambda scope, name: to_number(scope.value(name))), 1, 1),
    "count": (_of_question("count", lambda scope, name: float(scope.applies(name))), 1, 1),
    "count-non-empty": (_of_question("count-non-empty", lambda scope, name: float(scope.value(name) != "")), 1, 1),
}
PUBLISHED: Final = frozenset({*FUNCTIONS, *_SPECIAL})

_GRAMMAR: Final = Lark(
    Path(__file__).with_name("expressions.lark").read_text(encoding="utf-8"), parser="lalr", transformer=_Compiler()
)


def compile_expression(text: str) -> Expression:
    """Compile XPath as XLSForm writes it; raises ExpressionError with words for the author."""
    if len(text) > LONGEST:
        raise ExpressionError("The expression is longer than %(most)s characters. Split it.", most=str(LONGEST))
    try:
        compiled = _GRAMMAR.parse(text)
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
    return Expression(**{**vars(compiled), "text": authored(text)})
