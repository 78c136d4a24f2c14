"""The published functions of the expression language that need nothing but their arguments."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from app.questionnaires.values import Value, to_date, to_number, to_text, to_truth


@dataclass(frozen=True)
class Function:
    """A function with the number of arguments it takes; `most` is None where there is no end."""

    call: Callable[..., Value]
    least: int
    most: int | None


def _codes(value: Value) -> list[str]:
    return to_text(value).split()


def selected(answer: Value, code: Value) -> bool:
    """Tell whether a code is among the chosen ones."""
    return to_text(code).strip() in _codes(answer)


def count_selected(answer: Value) -> float:
    """Count the chosen codes."""
    return float(len(_codes(answer)))


def selected_at(answer: Value, index: Value) -> str:
    """Return the chosen code at a place counted from 0; empty text beyond the end."""
    codes, place = _codes(answer), to_number(index)
    return codes[int(place)] if 0 <= place < len(codes) else ""


def concat(*parts: Value) -> str:
    """Join texts."""
    return "".join(to_text(part) for part in parts)


def substr(text: Value, start: Value, end: Value = math.inf) -> str:
    """Cut from `start` (from 0) up to before `end`; a negative place counts from the end."""
    whole = to_text(text)
    first, last = (_place(value, len(whole)) for value in (start, end))
    return whole[first:last] if first < last else ""


def _place(value: Value, length: int) -> int:
    number = to_number(value)
    if math.isnan(number):
        return 0
    bounded = int(max(min(number, length), -length))
    return bounded if bounded >= 0 else length + bounded


def round_half_up(value: Value, digits: Value = 0.0) -> float:
    """Round as JavaRosa does: a half goes up, so -1.5 becomes -1."""
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number) or not abs(places) <= 15:  # noqa: PLR2004  a double holds 15 digits
        return number
    unit = Decimal(1).scaleb(-int(places))
    exact = Decimal(format(number, ".15g")) / unit
    return float((exact + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


def truncate(value: Value) -> float:
    """Drop the digits behind the point; what is no number stays NaN."""
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def _whole(rounding: Callable[[float], int]) -> Callable[[Value], float]:
    def apply(value: Value) -> float:
        number = to_number(value)
        return float(rounding(number)) if math.isfinite(number) else number

    return apply


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    """Ignore what is empty; a text that is no number makes the whole NaN."""

    def apply(*values: Value) -> float:
        numbers = [to_number(value) for value in values if value != ""]
        return math.nan if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return apply


def read_date(value: Value) -> Value:
    """Read ISO text or days since 1970-01-01 as a date; empty text when it is neither."""
    found = to_date(value)
    return "" if found is None else found


FUNCTIONS: Final[Mapping[str, Function]] = {
    "selected": Function(selected, 2, 2),
    "count-selected": Function(count_selected, 1, 1),
    "selected-at": Function(selected_at, 2, 2),
    "concat": Function(concat, 1, None),
    "contains": Function(lambda text, part: to_text(part) in to_text(text), 2, 2),
    "starts-with": Function(lambda text, part: to_text(text).startswith(to_text(part)), 2, 2),
    "ends-with": Function(lambda text, part: to_text(text).endswith(to_text(part)), 2, 2),
    "substr": Function(substr, 2, 3),
    "string": Function(to_text, 1, 1),
    "string-length": Function(lambda text: float(len(to_text(text))), 1, 1),
    "normalize-space": Function(lambda text: " ".join(to_text(text).split()), 1, 1),
    "number": Function(to_number, 1, 1),
    "int": Function(truncate, 1, 1),
    "round": Function(round_half_up, 1, 2),
    "floor": Function(_whole(math.floor), 1, 1),
    "ceiling": Function(_whole(math.ceil), 1, 1),
    "abs": Function(lambda value: abs(to_number(value)), 1, 1),
    "min": Function(_extreme(min), 1, None),
    "max": Function(_extreme(max), 1, None),
    "boolean": Function(to_truth, 1, 1),
    "not": Function(lambda value: not to_truth(value), 1, 1),
    "true": Function(lambda: True, 0, 0),
    "false": Function(lambda: False, 0, 0),
    "date": Function(read_date, 1, 1),
}
