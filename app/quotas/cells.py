"""Tell how a campaign's quota cells stand, and close and open them by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.errors import NotFoundError
from app.quotas.changing import Editor, begin_change, note_change
from app.quotas.domain import CellCount, Closing, Dimension, SeatState
from app.quotas.models import Quota, QuotaCell, QuotaSeat

SITTING: Final = (
    select(func.count())
    .where(QuotaSeat.cell_id == QuotaCell.id, QuotaSeat.state == SeatState.HELD)
    .correlate(QuotaCell)
    .scalar_subquery()
)
_QUOTAS: Final = select(Quota).where(Quota.campaign_id == bindparam("campaign_id")).order_by(Quota.name)
_CELLS: Final = (
    select(QuotaCell, SITTING)
    .join(Quota, Quota.id == QuotaCell.quota_id)
    .where(Quota.campaign_id == bindparam("campaign_id"))
    .order_by(QuotaCell.id)
    .execution_options(populate_existing=True)
)


class UnknownCellError(NotFoundError):
    """This campaign has no such quota cell."""


@dataclass(frozen=True)
class StandingCell:
    """A cell by its id, and how it stands."""

    id: int
    count: CellCount


@dataclass(frozen=True)
class StandingQuota:
    """A quota and how its cells stand, in the order in which they were written down."""

    name: str
    dimensions: tuple[Dimension, ...]
    cells: tuple[StandingCell, ...]

    @property
    def total(self) -> CellCount:
        """All cells taken together."""
        counts = [cell.count for cell in self.cells]
        return CellCount(
            (),
            target=sum(count.target for count in counts),
            most=sum(count.most for count in counts),
            completes=sum(count.completes for count in counts),
            held=sum(count.held for count in counts),
        )


def list_quotas(session: Session, campaign_id: int) -> list[StandingQuota]:
    """Return a campaign's quotas by name, with their numbers."""
    cells: dict[int, list[StandingCell]] = {}
    for cell, held in session.execute(_CELLS, {"campaign_id": campaign_id}):
        cells.setdefault(cell.quota_id, []).append(StandingCell(cell.id, _count(cell, held)))
    return [
        StandingQuota(quota.name, dimensions_of(quota), tuple(cells.get(quota.id, ())))
        for quota in session.scalars(_QUOTAS, {"campaign_id": campaign_id})
    ]


def dimensions_in_use(session: Session, campaign_id: int) -> list[tuple[Dimension, ...]]:
    """Return the dimensions of each quota of a campaign, as they are stored at this moment."""
    wanted = select(Quota.dimensions).where(Quota.campaign_id == campaign_id).order_by(Quota.id)
    return [read_dimensions(stored) for stored in session.scalars(wanted)]


def dimensions_of(quota: Quota) -> tuple[Dimension, ...]:
    """Read a stored quota's dimensions."""
    return read_dimensions(quota.dimensions)


def read_dimensions(stored: list[dict[str, object]]) -> tuple[Dimension, ...]:
    """Read dimensions from how a quota stores them."""
    return tuple(Dimension.read(one) for one in stored)


def _count(cell: QuotaCell, held: int) -> CellCount:
    closing = Closing(cell.closing) if cell.closing else None
    return CellCount(tuple(cell.key), cell.target, cell.most, cell.completes, held, closing)


def standing_cell(session: Session, campaign_id: int, cell_id: int) -> StandingCell:
    """Return one cell with its numbers; raises UnknownCellError."""
    row = session.execute(_CELLS.where(QuotaCell.id == cell_id), {"campaign_id": campaign_id}).one_or_none()
    if row is None:
        raise UnknownCellError
    return StandingCell(row[0].id, _count(*row))


def set_closing(
    session: Session, campaign: Campaign, cell_id: int, *, closing: Closing | None, editor: Editor, now: datetime
) -> None:
    """Close a cell by hand, whatever its numbers are; with None its numbers decide again. Once more is nothing.

    Closed hard, it lets nobody new in, and whoever has a seat may finish; closed softly, nobody new is called for
    it. Raises UnknownCellError, and as `begin_change` does.
    """
    begin_change(session, campaign, editor)
    belongs = select(QuotaCell).join(Quota).where(QuotaCell.id == cell_id, Quota.campaign_id == campaign.id)
    cell = session.scalar(belongs.execution_options(populate_existing=True))
    if cell is None:
        raise UnknownCellError
    if cell.closing == closing:
        return
    act = "quota.cell_closed" if closing else "quota.cell_opened"
    details = {"cell": cell_id, "key": cell.key} | ({"closing": closing.value} if closing else {})
    note_change(session, campaign, act, editor=editor, details=details, now=now)
    session.refresh(cell, with_for_update=True)
    cell.closing = closing
    session.flush()
