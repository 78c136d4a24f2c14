"""Give live interviews their places and count the complete ones, so that no cell ever has more than it may."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.quotas.cells import dimensions_of
from app.quotas.domain import SEAT_LASTS, Closing, Ledger, Seat, SeatState, key_of
from app.quotas.models import Quota, QuotaCell, QuotaSeat

CELLS_AT_ONCE: Final = 500
# The weakest lock keeps a quota as it is while somebody takes a seat in it, and stands in nobody else's way.
_QUOTAS: Final = (
    select(Quota)
    .where(Quota.campaign_id == bindparam("campaign_id"))
    .order_by(Quota.id)
    .with_for_update(read=True, key_share=True)
    .execution_options(populate_existing=True)
)
_CELL: Final = select(QuotaCell.id).where(
    QuotaCell.quota_id == bindparam("quota_id"), QuotaCell.key == bindparam("key", type_=JSONB)
)
_OWN: Final = select(QuotaSeat.cell_id).where(QuotaSeat.interview_uid == bindparam("uid"))
# Every transaction locks its cells in the order of their ids, so that no two wait for each other.
_LOCK: Final = (
    select(QuotaCell)
    .where(QuotaCell.id.in_(bindparam("cells", expanding=True)))
    .order_by(QuotaCell.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_SITTING: Final = select(QuotaSeat.cell_id, QuotaSeat.interview_uid, QuotaSeat.state, QuotaSeat.expires_at).where(
    QuotaSeat.cell_id.in_(bindparam("cells", expanding=True)),
    (QuotaSeat.state == SeatState.HELD) | (QuotaSeat.interview_uid == bindparam("uid")),
)
_LAPSED: Final = (
    select(QuotaSeat.cell_id)
    .where(QuotaSeat.state == SeatState.HELD, QuotaSeat.expires_at <= bindparam("now"))
    .order_by(QuotaSeat.expires_at)
    .limit(CELLS_AT_ONCE)
)


class QuotaFullError(ConflictError):
    """The quota of this respondent is full by now: others took the last place. Code that the quota is full."""


@dataclass(frozen=True)
class _Locked:
    """Cells that stay as they are until this transaction ends, and who sits in them."""

    cells: Mapping[int, QuotaCell]
    ledgers: Mapping[int, Ledger]


def take_seat(
    session: Session, campaign_id: int, *, interview_uid: UUID, values: Mapping[str, str], now: datetime
) -> bool:
    """Take the interview's place in the cell of every quota whose dimensions are all known; False when one is full.

    `values` maps a dimension's name (area, phone, lect, answer:<question>) to what is known; a value that is not
    known yet is left out, one that is known to be missing is empty. An area is the whole code. Seats in other
    cells are given back, as after a corrected answer; after False nothing is held. An interview's own seat
    stands for room, also where the cell was closed meanwhile. A combination that no cell names is refused.
    """
    wanted = [_cell_of(session, *found) for found in _keys(session, campaign_id, values)]
    own = set(session.scalars(_OWN, {"uid": interview_uid}))
    named = {cell_id for cell_id in wanted if cell_id is not None}
    if not (own or wanted):
        return True
    locked = _lock(session, own | named, interview_uid)
    taken = {cell_id: locked.ledgers[cell_id].take(interview_uid, now=now) for cell_id in named}
    is_seated = None not in wanted and None not in taken.values()
    after = {cell_id: ledger for cell_id, ledger in taken.items() if is_seated and ledger is not None}
    left = {cell_id: locked.ledgers[cell_id].release(interview_uid) for cell_id in locked.cells if cell_id not in after}
    _save(session, locked, after | left)
    return is_seated


def complete_seat(session: Session, interview_uid: UUID) -> int:
    """Count a complete interview in every cell where it holds a seat; returns in how many.

    Take the seat again first, in the same transaction: one that ran out meanwhile is not counted.
    """
    locked = _lock(session, session.scalars(_OWN, {"uid": interview_uid}).all(), interview_uid)
    after = {cell_id: ledger.complete(interview_uid) for cell_id, ledger in locked.ledgers.items()}
    return _save(session, locked, {cell_id: ledger for cell_id, ledger in after.items() if ledger is not None})


def release_seat(session: Session, interview_uid: UUID) -> int:
    """Give back what the interview holds; returns how many seats that were. A complete stays counted."""
    locked = _lock(session, session.scalars(_OWN, {"uid": interview_uid}).all(), interview_uid)
    after = {cell_id: ledger.release(interview_uid) for cell_id, ledger in locked.ledgers.items()}
    return _save(session, locked, after)


def expire_seats(session: Session, *, now: datetime) -> int:
    """Release the seats that were not used for two hours, some hundred cells at a time; returns how many.

    Run it after everything in its transaction that locks cases, because whoever answers has locked the case before
    the cell. A cell that somebody holds just now waits for the next time.
    """
    lapsed = set(session.scalars(_LAPSED, {"now": now}))
    if not lapsed:
        return 0
    free = _LOCK.with_only_columns(QuotaCell.id).with_for_update(skip_locked=True)
    cells = session.scalars(free, {"cells": sorted(lapsed)}).all()
    released = (
        update(QuotaSeat)
        .where(QuotaSeat.cell_id.in_(cells), QuotaSeat.state == SeatState.HELD, QuotaSeat.expires_at <= now)
        .values(state=SeatState.RELEASED)
        .returning(QuotaSeat.interview_uid)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(released).all())


def _keys(session: Session, campaign_id: int, values: Mapping[str, str]) -> Iterable[tuple[int, tuple[str, ...]]]:
    for quota in session.scalars(_QUOTAS, {"campaign_id": campaign_id}).all():
        key = key_of(dimensions_of(quota), values)
        if key is not None:
            yield quota.id, key


def _cell_of(session: Session, quota_id: int, key: Sequence[str]) -> int | None:
    found: int | None = session.scalar(_CELL, {"quota_id": quota_id, "key": list(key)})
    return found


def _lock(session: Session, cell_ids: Collection[int], uid: UUID) -> _Locked:
    """Lock cells, then read who sits in them: read before, it could have changed until the lock was there."""
    if not cell_ids:
        return _Locked({}, {})
    cells = {cell.id: cell for cell in session.scalars(_LOCK, {"cells": sorted(cell_ids)})}
    seats: dict[int, dict[UUID, Seat]] = {cell_id: {} for cell_id in cells}
    for row in session.execute(_SITTING, {"cells": list(cells), "uid": uid}):
        seats[row.cell_id][row.interview_uid] = Seat(SeatState(row.state), row.expires_at)
    ledgers = {
        cell.id: Ledger(
            most=cell.most,
            completes=cell.completes,
            is_closed=cell.closing == Closing.HARD,
            seats=seats[cell.id],
        )
        for cell in cells.values()
    }
    return _Locked(cells, ledgers)


def _save(session: Session, locked: _Locked, after: Mapping[int, Ledger]) -> int:
    """Write what changed, and return how many seats did; the table itself refuses a complete too many."""
    changed: list[dict[str, Any]] = []
    for cell_id, ledger in after.items():
        before = locked.ledgers[cell_id]
        locked.cells[cell_id].completes = ledger.completes
        changed += [
            {"cell_id": cell_id, "interview_uid": uid, "state": seat.state, "expires_at": seat.expires_at}
            for uid, seat in ledger.seats.items()
            if before.seats.get(uid) != seat
        ]
    session.flush()
    if changed:
        _write_seats(session, changed)
    return len(changed)


def _write_seats(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write seats at once; the time of taking stays that of the first minute of an unbroken hold."""
    first = insert(QuotaSeat)
    began = case((QuotaSeat.state == SeatState.RELEASED, first.excluded.taken_at), else_=QuotaSeat.taken_at)
    fresh = {"state": first.excluded.state, "expires_at": first.excluded.expires_at, "taken_at": began}
    upsert = first.on_conflict_do_update(index_elements=["cell_id", "interview_uid"], set_=fresh)
    session.execute(upsert, [{**row, "taken_at": row["expires_at"] - SEAT_LASTS} for row in rows])
