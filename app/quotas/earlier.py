"""Give the interviews that were held before a quota was set their places in it, at the moment it is set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.quotas.cells import dimensions_of
from app.quotas.domain import SEAT_LASTS, Closing, Dimension, SeatState, key_of
from app.quotas.models import Quota, QuotaCell, QuotaSeat

_ONE_SEAT: Final = ("cell_id", "interview_uid")


@dataclass(frozen=True)
class UnderWay:
    """An interview that is being held, or was broken off not long ago, with what is known of its values."""

    uid: UUID
    values: Mapping[str, str]
    used_at: datetime


class Earlier(Protocol):
    """What was held before. Interviews live on a higher floor, so whoever sets a quota brings this along."""

    def completes(self, campaign_id: int, dimensions: Sequence[Dimension]) -> Select[UUID, list[Any], datetime]:
        """Return the statement that reads, for each complete interview whose values are all known, uid, key, end."""

    def under_way(
        self, session: Session, campaign_id: int, dimensions: Sequence[Dimension], *, now: datetime
    ) -> Iterable[UnderWay]:
        """Return the interviews that would hold a seat by now, had the quota been there when they began."""


def seat_completes(session: Session, quota: Quota, earlier: Earlier) -> dict[int, int]:
    """Write a seat for every complete interview that is not counted yet; returns how many by cell.

    One statement, whatever their number; the cells' own counts are left to the caller. Nothing can become complete
    meanwhile, see `changing`.
    """
    past = earlier.completes(quota.campaign_id, dimensions_of(quota)).subquery("past")
    uid, key, ended_at = past.c
    found = (
        select(QuotaCell.id, uid, literal(SeatState.COMPLETE.value), ended_at, ended_at)
        .join_from(past, QuotaCell, QuotaCell.key == cast(key, JSONB))
        .where(QuotaCell.quota_id == quota.id)
    )
    columns = ["cell_id", "interview_uid", "state", "taken_at", "expires_at"]
    written = upsert(QuotaSeat).from_select(columns, found)
    counted = (
        written.on_conflict_do_update(
            index_elements=_ONE_SEAT,
            set_={"state": SeatState.COMPLETE},
            where=QuotaSeat.state != SeatState.COMPLETE,
        )
        .returning(QuotaSeat.cell_id)
        .cte("counted")
    )
    return dict(session.execute(select(counted.c.cell_id, func.count()).group_by(counted.c.cell_id)).all())


def seat_under_way(
    session: Session, quota: Quota, cells: Mapping[tuple[str, ...], QuotaCell], *, earlier: Earlier, now: datetime
) -> None:
    """Give every interview under way its seat, whether there is room or not: the caller refuses what overflows."""
    dimensions = dimensions_of(quota)
    seats = []
    for interview in earlier.under_way(session, quota.campaign_id, dimensions, now=now):
        cell = cells.get(key_of(dimensions, interview.values) or ())
        if cell is not None and cell.closing != Closing.HARD:
            place = {"cell_id": cell.id, "interview_uid": interview.uid, "state": SeatState.HELD}
            used = {"taken_at": interview.used_at, "expires_at": interview.used_at + SEAT_LASTS}
            seats.append({**place, **used})
    if not seats:
        return
    first = upsert(QuotaSeat)
    again = {
        "state": first.excluded.state,
        "taken_at": first.excluded.taken_at,
        "expires_at": first.excluded.expires_at,
    }
    released = QuotaSeat.state == SeatState.RELEASED
    session.execute(first.on_conflict_do_update(index_elements=_ONE_SEAT, set_=again, where=released), seats)
