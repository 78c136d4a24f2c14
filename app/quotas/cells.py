"""Set a campaign's quotas, close and open their cells, and tell how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from app.quotas.domain import CellCount, Dimension, SeatState
from app.quotas.models import Quota, QuotaCell, QuotaSeat
from app.quotas.plans import REFUSED, CellPlan, QuotaPlan, check_plan, references_of

_SITTING: Final = (
    select(func.count())
    .where(QuotaSeat.cell_id == QuotaCell.id, QuotaSeat.state == SeatState.HELD)
    .correlate(QuotaCell)
    .scalar_subquery()
)
_QUOTAS: Final = select(Quota).where(Quota.campaign_id == bindparam("campaign_id")).order_by(Quota.name)
_CELLS: Final = (
    select(QuotaCell, _SITTING)
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
    """Return the dimensions of each quota of a campaign."""
    return [dimensions_of(quota) for quota in session.scalars(_QUOTAS, {"campaign_id": campaign_id})]


def dimensions_of(quota: Quota) -> tuple[Dimension, ...]:
    """Read a stored quota's dimensions."""
    return tuple(Dimension.read(stored) for stored in quota.dimensions)


def _count(cell: QuotaCell, held: int) -> CellCount:
    return CellCount(tuple(cell.key), cell.target, cell.most, cell.completes, held, cell.is_closed)


def set_quota(session: Session, campaign: Campaign, plan: QuotaPlan, *, actor: str, now: datetime) -> Quota:
    """Create the quota of this name, or replace it; cells that stay keep their completes, seats and closing.

    It counts from now on: what was complete before belongs to no cell. Raises InvalidInputError with every fault,
    as `check_plan` names them, also where interviews were counted that would lose their cell, and ConflictError
    once the campaign is closed.
    """
    _lock(session, campaign)
    checked = check_plan(plan, references_of(session, campaign))
    _record(session, campaign, checked, actor=actor, now=now)
    quota = session.scalar(_named(campaign.id, checked.name))
    if quota is None:
        quota = Quota(campaign_id=campaign.id, name=checked.name, dimensions=_written(checked))
        session.add(quota)
        session.flush()
    present = _locked_cells(session, quota.id)
    is_same = quota.dimensions == _written(checked)
    _require_counted_stays(present, checked, is_same=is_same)
    if not is_same:  # the same key says something else now
        _delete(session, [cell for cell, _held in present.values()])
        quota.dimensions, present = _written(checked), {}
    _write_cells(session, quota, checked.cells, present={key: cell for key, (cell, _held) in present.items()})
    return quota


def set_quotas(session: Session, campaign: Campaign, plans: Sequence[QuotaPlan], *, actor: str, now: datetime) -> None:
    """Make these the campaign's quotas and remove all others; all or, by the exception, nothing.

    Raises as `set_quota` does, with the place of the quota in front: `quotas[1].cells[3].area`.
    """
    names = [plan.name.strip() for plan in plans]
    for place, plan in enumerate(plans):
        if names[place] in names[:place]:
            fault = Fault(f"quotas[{place}].name", "Another quota of this list has this name.")
            raise InvalidInputError(REFUSED, (fault,))
        try:
            set_quota(session, campaign, plan, actor=actor, now=now)
        except InvalidInputError as error:
            faults = tuple(replace(fault, where=f"quotas[{place}].{fault.where}") for fault in error.faults)
            raise InvalidInputError(error.message, faults, **error.values) from error
    for name in session.scalars(select(Quota.name).where(Quota.campaign_id == campaign.id)).all():
        if name not in names:
            remove_quota(session, campaign, name, actor=actor, now=now)


def remove_quota(session: Session, campaign: Campaign, name: str, *, actor: str, now: datetime) -> None:
    """Remove a quota in which nobody was counted; raises ConflictError otherwise, NotFoundError without one."""
    _lock(session, campaign)
    if name not in session.scalars(select(Quota.name).where(Quota.campaign_id == campaign.id)).all():
        raise NotFoundError("There is no quota %(name)s in this campaign.", name=name)
    _audit(session, campaign.id, "quota.removed", actor=actor, details={"name": name}, now=now)
    quota = session.scalars(_named(campaign.id, name)).one()
    present = _locked_cells(session, quota.id)
    if any(cell.completes or held for cell, held in present.values()):
        raise ConflictError("Interviews were counted in the quota %(name)s, so it stays. Close its cells.", name=name)
    _delete(session, [cell for cell, _held in present.values()])
    session.delete(quota)
    session.flush()


def close_cell(session: Session, campaign_id: int, cell_id: int, *, actor: str, now: datetime) -> None:
    """Let nobody new into a cell, whatever its numbers are; whoever has a seat in it may finish."""
    _shut(session, campaign_id, cell_id, is_closed=True, actor=actor, now=now)


def open_cell(session: Session, campaign_id: int, cell_id: int, *, actor: str, now: datetime) -> None:
    """Take a closing by hand back; the numbers decide again."""
    _shut(session, campaign_id, cell_id, is_closed=False, actor=actor, now=now)


def _shut(
    session: Session, campaign_id: int, cell_id: int, *, is_closed: bool, actor: str, now: datetime
) -> None:  # fmt: skip
    belongs = select(QuotaCell).join(Quota).where(QuotaCell.id == cell_id, Quota.campaign_id == campaign_id)
    cell = session.scalar(belongs)
    if cell is None:
        raise UnknownCellError
    act = "quota.cell_closed" if is_closed else "quota.cell_opened"
    _audit(session, campaign_id, act, actor=actor, details={"cell": cell_id, "key": cell.key}, now=now)
    session.refresh(cell, with_for_update=True)
    cell.is_closed = is_closed
    session.flush()


def _lock(session: Session, campaign: Campaign) -> None:
    """Let one supervisor at a time change a campaign; calls go on, because they only refer to its row."""
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.state == CampaignState.CLOSED:
        raise ConflictError("The campaign is closed; its quotas stay as they are.")


def _audit(
    session: Session, campaign_id: int, act: str, *, actor: str, details: Mapping[str, object], now: datetime
) -> None:
    """Write the act down before any cell is locked: coding an outcome takes the same two locks in this order."""
    subject = f"campaign:{campaign_id}"
    audit.record(session, act, actor=actor, subject=subject, campaign_id=campaign_id, details=details, now=now)


def _record(session: Session, campaign: Campaign, plan: QuotaPlan, *, actor: str, now: datetime) -> None:
    details = {
        "name": plan.name,
        "dimensions": [dimension.name for dimension in plan.dimensions],
        "cells": [[*cell.key, cell.target, cell.most] for cell in plan.cells],
    }
    _audit(session, campaign.id, "quota.set", actor=actor, details=details, now=now)


def _named(campaign_id: int, name: str) -> Select[Quota]:
    return select(Quota).where(Quota.campaign_id == campaign_id, Quota.name == name).with_for_update()


def _written(plan: QuotaPlan) -> list[object]:
    return [dimension.as_json() for dimension in plan.dimensions]


_Present = dict[tuple[str, ...], tuple[QuotaCell, int]]


def _locked_cells(session: Session, quota_id: int) -> _Present:
    """Lock a quota's cells in the order of their ids, then count who sits in them."""
    wanted = select(QuotaCell).where(QuotaCell.quota_id == quota_id).order_by(QuotaCell.id)
    cells = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
    counted = select(QuotaCell.id, _SITTING).where(QuotaCell.quota_id == quota_id)
    held: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
    return {tuple(cell.key): (cell, held[cell.id]) for cell in cells}


def _require_counted_stays(present: _Present, plan: QuotaPlan, *, is_same: bool) -> None:
    """Refuse a change by which an interview that was counted would lose its cell or its cell its room."""
    taken = {key: cell.completes + held for key, (cell, held) in present.items() if cell.completes + held}
    if taken and not is_same:
        message = "Interviews were counted by the dimensions before. Keep them, or add a second quota."
        raise InvalidInputError(REFUSED, (Fault("dimensions", message),))
    faults = [
        Fault(
            f"cells[{place}].most",
            "%(taken)s places are taken by now. Allow at least as many.",
            (("taken", str(taken[cell.key])),),
        )
        for place, cell in enumerate(plan.cells)
        if cell.most < taken.get(cell.key, 0)
    ]
    lost = set(taken) - {cell.key for cell in plan.cells}
    faults += [
        Fault(
            "cells", "Interviews were counted in the cell %(cell)s. Keep it, and close it.", (("cell", " ".join(key)),)
        )
        for key in sorted(lost)
    ]
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))


def _write_cells(
    session: Session, quota: Quota, cells: Sequence[CellPlan], *, present: Mapping[tuple[str, ...], QuotaCell]
) -> None:
    wanted = {cell.key for cell in cells}
    _delete(session, [cell for key, cell in present.items() if key not in wanted])
    session.flush()
    kept = [{"id": present[c.key].id, "target": c.target, "most": c.most} for c in cells if c.key in present]
    new = [
        {"quota_id": quota.id, "key": list(c.key), "target": c.target, "most": c.most, "completes": 0,
         "is_closed": False}
        for c in cells
        if c.key not in present
    ]  # fmt: skip
    if kept:
        session.execute(update(QuotaCell), kept)
    if new:
        session.execute(insert(QuotaCell), new)


def _delete(session: Session, cells: Sequence[QuotaCell]) -> None:
    """Delete cells in which nobody sits or was counted, with the seats that were given back."""
    ids = [cell.id for cell in cells]
    session.execute(delete(QuotaSeat).where(QuotaSeat.cell_id.in_(ids)))
    session.execute(delete(QuotaCell).where(QuotaCell.id.in_(ids)))
