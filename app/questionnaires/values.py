"""The values of XPath 1 with the dates of the ODK XForms specification, and how one turns into another."""

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

Value = str | float | bool | date

EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
SECONDS_PER_DAY: Final = 86_400
_NUMBER: Final = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def to_number(value: Value) -> float:
    """Turn a value into a number; what is none becomes NaN, a date the days since 1970-01-01."""
    if isinstance(value, bool | float | int):
        return float(value)
    if isinstance(value, date):
        return days_of(value)
    text = value.strip()
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def to_text(value: Value) -> str:
    """Turn a value into text; whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return number_text(value)


def number_text(number: float) -> str:
    """Write a number without exponent; 15 digits hide what binary fractions add (0.1 + 0.2 is 0.3)."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    plain = format(Decimal(format(number, ".15g")), "f")
    trimmed = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if trimmed == "-0" else trimmed


def to_truth(value: Value) -> bool:
    """Turn a value into true or false: empty text, zero and NaN are false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return value != 0 and not math.isnan(value)
    return bool(value)


def to_date(value: Value) -> date | None:
    """Read ISO text or days since 1970-01-01 as a date; None when it is neither."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.match(value.strip()):
        return _read_date(value.strip())
    days = to_number(value)
    if not math.isfinite(days) or not 1 <= days + EPOCH_ORDINAL <= date.max.toordinal():
        return None
    return date.fromordinal(math.floor(days) + EPOCH_ORDINAL)


def are_equal(left: Value, right: Value) -> bool:
    """Compare as XPath 1 does: truth before number before text; a date with text compares as dates."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_truth(left) == to_truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    first, second = comparable(left, right)
    return first == second


def comparable(left: Value, right: Value) -> tuple[float, float]:
    """Bring two values onto one number line; ISO text beside a date counts as a date."""
    return _beside(left, right), _beside(right, left)


def _beside(value: Value, other: Value) -> float:
    if isinstance(other, date) and isinstance(value, str):
        found = to_date(value)
        return math.nan if found is None else days_of(found)
    return to_number(value)


def days_of(value: date) -> float:
    """Count the days since 1970-01-01 on the wall clock of the value's own zone."""
    days = float(value.toordinal() - EPOCH_ORDINAL)
    if isinstance(value, datetime):
        days += (value.hour * 3600 + value.minute * 60 + value.second) / SECONDS_PER_DAY
    return days


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
