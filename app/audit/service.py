"""Write acts down beside their doing, and check that nobody touched the record since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.domain import INSTALLATION, Act, Link, SealedAct, check_chain, entry_hash, plain_details
from app.audit.models import AuditEntry
from app.core.db import append
from app.core.straight import rows, run

PAGE_ROWS: Final = 1000
# Two statements: what the head is must be asked once the lock is held, and not while waiting for it.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(chain)s, 0))"
_HEAD: Final = "SELECT position, hash FROM audit_entry WHERE chain = %(chain)s ORDER BY position DESC LIMIT 1"


@dataclass(frozen=True)
class ChainReport:
    """What a check of one chain found; `head` is worth writing down outside this database."""

    chain: int
    entries: int
    head: bytes
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """Every entry follows from the one before."""
        return self.broken_at is None


def record(
    session: Session,
    act: str,
    *,
    actor: str,
    subject: str,
    campaign_id: int | None = None,
    details: Mapping[str, object] | None = None,
    now: datetime,
) -> None:
    """Append one act to its campaign's chain, in the transaction of the act itself.

    The chain stays locked until that transaction ends, so record last, and where one
    transaction touches two campaigns, in the order of their ids. Never pass phone numbers,
    names or answers: the record cannot be erased.
    """
    chain = INSTALLATION if campaign_id is None else campaign_id
    run(session, _LOCK, chain=f"xiangyin audit {chain}")
    [link] = rows(session, Link, _HEAD, chain=chain) or [Link()]
    fields = Act(chain, link.position + 1, now, actor, act, subject, plain_details(details))
    sealed = {"previous_hash": link.hash, "hash": entry_hash(link.hash, fields)}
    append(session, AuditEntry, **vars(fields), **sealed)


def verify(session: Session) -> list[ChainReport]:
    """Recompute every chain, page by page, and say for each where it first breaks."""
    return [_verify_chain(session, chain) for chain in _chains(session)]


def _chains(session: Session) -> Iterator[int]:
    """Hop from chain to chain by the key; DISTINCT would read the whole table."""
    chain = session.scalar(select(func.min(AuditEntry.chain)))
    while chain is not None:
        yield chain
        chain = session.scalar(select(func.min(AuditEntry.chain)).where(AuditEntry.chain > chain))


def _verify_chain(session: Session, chain: int) -> ChainReport:
    link = Link()
    while page := _page(session, chain, link.position):
        broken_at = check_chain(page, after=link)
        if broken_at is not None:
            return ChainReport(chain, broken_at - 1, link.hash, broken_at)
        link = Link(page[-1].act.position, page[-1].hash)
    return ChainReport(chain, link.position, link.hash, None)


def _page(session: Session, chain: int, after: int) -> list[SealedAct]:
    rows = (
        select(AuditEntry)
        .where(AuditEntry.chain == chain, AuditEntry.position > after)
        .order_by(AuditEntry.position)
        .limit(PAGE_ROWS)
        # Rows changed behind the session's back must be seen as they are now.
        .execution_options(populate_existing=True)
    )
    return [_sealed(entry) for entry in session.scalars(rows)]


def _sealed(entry: AuditEntry) -> SealedAct:
    fields = Act(entry.chain, entry.position, entry.at, entry.actor, entry.act, entry.subject, entry.details)
    return SealedAct(fields, entry.previous_hash, entry.hash)
