"""The change feed that clients pull: every closed interview, in the order it was committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interviewing.models import ResponseSnapshot


@dataclass(frozen=True)
class FeedPage:
    """One page; `next_after` is the change sequence to go on from, also when nothing more is there yet."""

    records: tuple[dict[str, Any], ...]
    next_after: int
    has_more: bool


def read_feed(session: Session, campaign_id: int, *, after: int, limit: int) -> FeedPage:
    """Return up to `limit` response versions with a change sequence above `after`, in its order.

    A response that changed later appears again with a higher sequence and version; the client keeps
    the highest. Sequences are given under a lock, so a page never hides an earlier, later-committed row.
    """
    wanted = (
        select(ResponseSnapshot)
        .where(ResponseSnapshot.campaign_id == campaign_id, ResponseSnapshot.change_sequence > after)
        .order_by(ResponseSnapshot.change_sequence)
        .limit(limit + 1)
    )
    rows: Sequence[ResponseSnapshot] = session.scalars(wanted).all()
    page = rows[:limit]
    return FeedPage(
        records=tuple(_outward(row) for row in page),
        next_after=page[-1].change_sequence if page else after,
        has_more=len(rows) > limit,
    )


def _outward(row: ResponseSnapshot) -> dict[str, Any]:
    return {
        **row.record,
        "version": row.version,
        "change_sequence": row.change_sequence,
        "closed_at": row.closed_at.isoformat(),
    }
