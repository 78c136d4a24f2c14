"""The published functions of the expression language that need nothing but their arguments."""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.questionnaires.instants import decimal_date_time, decimal_time, number_of, read_date
from app.questionnaires.mathematics import NUMERIC, round_half_up
from app.questionnaires.values import Value, to_number, to_text, to_truth

_DIGESTS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


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


def substring(text: Value, start: Value, length: Value = math.inf) -> str:
    """Cut as XPath 1 does: places count from 1, and every place from `start` up to before `start + length` stays."""
    first = round_half_up(start)
    end = first + round_half_up(length)
    return "".join(character for place, character in enumerate(to_text(text), 1) if first <= place < end)


def substring_before(text: Value, part: Value) -> str:
    """Return what stands before the first occurrence; empty text where there is none."""
    before, found, _ = to_text(text).partition(to_text(part)) if part != "" else ("", "", "")
    return before if found else ""


def substring_after(text: Value, part: Value) -> str:
    """Return what stands behind the first occurrence; empty text where there is none."""
    return to_text(text).partition(to_text(part))[2] if part != "" else to_text(text)


def translate(text: Value, old: Value, new: Value) -> str:
    """Replace character by character; what has no counterpart is dropped, the first of a repeated one counts."""
    table: dict[int, str] = {}
    replacements = to_text(new)
    for place, character in enumerate(to_text(old)):
        table.setdefault(ord(character), replacements[place : place + 1])
    return to_text(text).translate(table)


def digest(text: Value, algorithm: Value, encoding: Value = "base64") -> str:
    """Hash a text's UTF-8 as XForms 1.1 says; empty text for an algorithm or encoding it does not name."""
    name, form = _DIGESTS.get(to_text(algorithm).upper()), to_text(encoding).lower()
    if name is None or form not in ("base64", "hex"):
        return ""
    hashed = hashlib.new(name, to_text(text).encode(), usedforsecurity=False).digest()
    return hashed.hex() if form == "hex" else base64.b64encode(hashed).decode()


def base64_decode(text: Value) -> str:
    """Decode base 64 into text; empty text for what is none."""
    try:
        return base64.b64decode(to_text(text), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


FUNCTIONS: Final[Mapping[str, Function]] = {
    "selected": Function(selected, 2, 2),
    "count-selected": Function(count_selected, 1, 1),
    "selected-at": Function(selected_at, 2, 2),
    "contains": Function(lambda text, part: to_text(part) in to_text(text), 2, 2),
    "starts-with": Function(lambda text, part: to_text(text).startswith(to_text(part)), 2, 2),
    "ends-with": Function(lambda text, part: to_text(text).endswith(to_text(part)), 2, 2),
    "substr": Function(substr, 2, 3),
    "substring": Function(substring, 2, 3),
    "substring-before": Function(substring_before, 2, 2),
    "substring-after": Function(substring_after, 2, 2),
    "translate": Function(translate, 3, 3),
    "string": Function(to_text, 1, 1),
    "string-length": Function(lambda text: float(len(to_text(text))), 1, 1),
    "normalize-space": Function(lambda text: " ".join(to_text(text).split()), 1, 1),
    "digest": Function(digest, 2, 3),
    "base64-decode": Function(base64_decode, 1, 1),
    "number": Function(number_of, 1, 1),
    "round": Function(round_half_up, 1, 2),
    "pi": Function(lambda: math.pi, 0, 0),
    "boolean": Function(to_truth, 1, 1),
    "boolean-from-string": Function(lambda value: to_text(value) in ("true", "1"), 1, 1),
    "not": Function(lambda value: not to_truth(value), 1, 1),
    "true": Function(lambda: True, 0, 0),
    "false": Function(lambda: False, 0, 0),
    "date": Function(read_date, 1, 1),
    "decimal-date-time": Function(decimal_date_time, 1, 1),
    "decimal-time": Function(decimal_time, 1, 1),
    **{name: Function(call, count, count) for name, (call, count) in NUMERIC.items()},
}
