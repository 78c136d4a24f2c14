"""Chance that can be repeated: the same seed and the same question give the same draw on every machine."""

import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")


def keyed_number(seed: int, *parts: str | int) -> int:
    """Return 63 bits by a hash of the parts, keyed by the seed; Python's own hash() differs between processes."""
    return int.from_bytes(keyed_digest(seed, *parts)[:8]) >> 1


def keyed_digest(seed: int, *parts: str | int) -> bytes:
    """Return 32 bytes by a hash of the parts, keyed by the seed."""
    text = "\x1f".join(str(part) for part in parts).encode()
    return hashlib.blake2b(text, digest_size=32, key=str(seed).encode()[:64]).digest()


def keyed_random(seed: int, *parts: str | int) -> Random:
    """Return a generator of its own for one decision, so that decisions never disturb each other."""
    return Random(keyed_number(seed, *parts))  # noqa: S311  simulated people are no secret


def pick_weighted(position: float, weights: Mapping[Choice, float] | Sequence[tuple[Choice, float]]) -> Choice:
    """Return the entry in whose share of the whole `position` (0 to 1) falls; weights need not sum to 1."""
    entries = list(weights.items()) if isinstance(weights, Mapping) else list(weights)
    rest = position * sum(weight for _, weight in entries)
    for entry, weight in entries:
        rest -= weight
        if rest < 0:
            return entry
    return entries[-1][0]
