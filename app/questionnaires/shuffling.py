"""Shuffle by a seed exactly as the ODK XForms specification says, so that every client shows the same order."""

import hashlib
import math
from collections.abc import Sequence
from typing import Final, TypeVar

from app.questionnaires.values import to_number

T = TypeVar("T")
_MODULUS: Final = 2_147_483_647
_MULTIPLIER: Final = 16_807
_LONGEST: Final = 2**63


def shuffled(nodes: Sequence[T], seed: int) -> list[T]:
    """Return the nodes in another order: the inside-out Fisher-Yates shuffle over Park and Miller's generator."""
    # As JavaRosa and Enketo do, a double divided towards zero: beyond 53 bits digits are lost, and have to be.
    drawn = int(math.fmod(seed, _MODULUS))
    drawn = drawn if drawn > 0 else drawn + _MODULUS - 1
    order: list[T] = []
    for place, node in enumerate(nodes):
        drawn = drawn * _MULTIPLIER % _MODULUS
        other = math.floor((drawn - 1) / (_MODULUS - 1) * (place + 1))
        if other == place:
            order.append(node)
        else:
            order.append(order[other])
            order[other] = node
    return order


def numeric_seed(text: str) -> int:
    """Turn a seed into a whole number as JavaRosa does: a number is cut off, a text hashed."""
    number = to_number(text)
    if math.isnan(number):
        return _hash(text)
    if abs(number) >= _LONGEST:
        return _LONGEST - 1 if number > 0 else -_LONGEST
    return int(number)


def _hash(text: str) -> int:
    """Return the first eight bytes of the SHA-256 of a text as a signed number; 0 for no text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True) if text else 0
