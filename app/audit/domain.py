"""Chain audit entries by hash, so that a changed, removed or inserted one shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

INSTALLATION: Final = 0  # the chain of acts that belong to no campaign
GENESIS: Final = bytes(32)  # stands before the first entry of every chain


@dataclass(frozen=True)
class Act:
    """What happened, as it goes under the hash."""

    chain: int
    position: int
    at: datetime
    actor: str
    act: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class SealedAct:
    """An act with its own hash and the one it was chained to."""

    act: Act
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True)
class Link:
    """The end of the part of a chain already checked."""

    position: int = 0
    hash: bytes = GENESIS


def plain_details(details: Mapping[str, object] | None) -> dict[str, Any]:
    """Reduce details to what a JSONB column gives back unchanged.

    PostgreSQL rewrites the spelling of fractions (1e3 becomes 1000), which would break the
    hash of an honest row; they are therefore kept as text, as are dates and other objects.
    """
    text = json.dumps(dict(details or {}), default=str)
    plain: dict[str, Any] = json.loads(text, parse_float=str, parse_constant=str)
    return plain


def entry_hash(previous: bytes, act: Act) -> bytes:
    """Return the SHA-256 over the previous hash and the act as canonical JSON."""
    fields = {
        "chain": act.chain,
        "position": act.position,
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": act.actor,
        "act": act.act,
        "subject": act.subject,
        "details": dict(act.details),
    }
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def check_chain(entries: Iterable[SealedAct], *, after: Link | None = None) -> int | None:
    """Return the first position that does not follow from what came before it, or None.

    A missing entry is reported at the position where it should stand. Entries cut off at the
    very end leave no trace here: compare the head with one written down elsewhere.
    """
    link = after or Link()
    for entry in entries:
        expected = link.position + 1
        if entry.act.position != expected or not _follows(entry, link):
            return expected
        link = Link(expected, entry.hash)
    return None


def _follows(entry: SealedAct, link: Link) -> bool:
    return entry.previous_hash == link.hash and entry.hash == entry_hash(link.hash, entry.act)
