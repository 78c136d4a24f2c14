"""The published functions of numbers, as IEEE 754 and XPath 3 have them: what cannot be worked out is NaN."""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from app.questionnaires.values import Value, to_number

MOST_DIGITS: Final = 15  # a double holds no more


def round_half_up(value: Value, digits: Value = 0.0) -> float:
    """Round as JavaRosa does: a half goes up, so -1.5 becomes -1."""
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number) or not abs(places) <= MOST_DIGITS:
        return number
    unit = Decimal(1).scaleb(-int(places))
    exact = Decimal(format(number, ".15g")) / unit
    return float((exact + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


def whole(rounding: Callable[[float], int]) -> Callable[[Value], float]:
    """Make a function that rounds; what is no finite number stays what it is."""

    def apply(value: Value) -> float:
        number = to_number(value)
        return float(rounding(number)) if math.isfinite(number) else number

    return apply


def extreme(choose: Callable[[list[float]], float]) -> Callable[[list[Value]], float]:
    """Ignore what is empty; a text that is no number makes the whole NaN."""

    def apply(values: list[Value]) -> float:
        numbers = [to_number(value) for value in values if value != ""]
        return math.nan if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return apply


def total(values: list[Value]) -> float:
    """Add up what is not empty; a text that is no number makes the whole NaN."""
    return math.fsum(to_number(value) for value in values if value != "")


def checklist(values: list[Value]) -> bool:
    """Tell whether at least and at most so many of the values count as true, -1 being no limit."""
    least, most, *answers = (to_number(value) for value in values)
    return _within(least, most, float(sum(answer > 0 for answer in answers)))


def weighted_checklist(values: list[Value]) -> bool:
    """Tell whether the weights of the values that count as true add up to within the limits."""
    least, most, *pairs = (to_number(value) for value in values)
    return _within(
        least, most, math.fsum(weight for answer, weight in zip(*[iter(pairs)] * 2, strict=False) if answer > 0)
    )


def _within(least: float, most: float, reached: float) -> bool:
    return (least < 0 or reached >= least) and (most < 0 or reached <= most)


def _of_numbers(function: Callable[..., float]) -> Callable[..., float]:
    """Answer NaN where the arithmetic of Python raises."""

    def apply(*values: Value) -> float:
        numbers = [to_number(value) for value in values]
        try:
            return function(*numbers)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return math.nan

    return apply


def _power(base: float, exponent: float) -> float:
    return math.inf if base == 0 and exponent < 0 else math.pow(base, exponent)


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else function(number)


NUMERIC: Final[Mapping[str, tuple[Callable[..., float], int]]] = {
    "pow": (_of_numbers(_power), 2),
    "sqrt": (_of_numbers(math.sqrt), 1),
    "exp": (_of_numbers(math.exp), 1),
    "exp10": (_of_numbers(lambda number: math.pow(10.0, number)), 1),
    "log": (_of_numbers(_logarithm(math.log)), 1),
    "log10": (_of_numbers(_logarithm(math.log10)), 1),
    "sin": (_of_numbers(math.sin), 1),
    "cos": (_of_numbers(math.cos), 1),
    "tan": (_of_numbers(math.tan), 1),
    "asin": (_of_numbers(math.asin), 1),
    "acos": (_of_numbers(math.acos), 1),
    "atan": (_of_numbers(math.atan), 1),
    "atan2": (_of_numbers(math.atan2), 2),
    "abs": (_of_numbers(abs), 1),
    "int": (whole(math.trunc), 1),
    "floor": (whole(math.floor), 1),
    "ceiling": (whole(math.ceil), 1),
}
