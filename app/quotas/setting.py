"""Set a campaign's quotas, also in the field: what was held before is counted at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from app.quotas.cells import SITTING
from app.quotas.changing import Editor, begin_change, note_change
from app.quotas.earlier import Earlier, seat_completes, seat_under_way
from app.quotas.models import Quota, QuotaCell, QuotaSeat
from app.quotas.plans import REFUSED, CellPlan, QuotaPlan, check_plan, references_of

Key = tuple[str, ...]
NO_ROOM: Final = "%(taken)s places are taken by now. Allow at least as many."
LOST: Final = "Interviews were counted in the cell %(cell)s. Keep it, and close it."
OTHER_DIMENSIONS: Final = "Interviews were counted by the dimensions before. Keep them, or add a second quota."


@dataclass(frozen=True)
class _Present:
    """A cell that is locked, with what is taken of it."""

    cell: QuotaCell
    completes: int
    held: int

    @property
    def taken(self) -> int:
        return self.completes + self.held


def set_quota(
    session: Session,
    campaign: Campaign,
    plan: QuotaPlan,
    *,
    earlier: Earlier,
    editor: Editor,
    now: datetime,
) -> None:
    """Create the quota of this name, or replace it; cells that stay keep their completes, seats and closing.

    Every interview that was complete before is counted in its cell, and every one under way gets its seat, within
    this transaction. Raises InvalidInputError with every fault, as `check_plan` names them, also where interviews
    that were counted would lose their cell or a cell has less room than is taken; and as `begin_change` does.
    After an exception the transaction is to be rolled back.
    """
    begin_change(session, campaign, editor)
    _set(session, campaign, plan, earlier=earlier, editor=editor, now=now)


def set_quotas(
    session: Session,
    campaign: Campaign,
    plans: Sequence[QuotaPlan],
    *,
    earlier: Earlier,
    editor: Editor,
    now: datetime,
) -> None:
    """Make these the campaign's quotas and remove all others; all or, by the exception, nothing.

    Raises as `set_quota` does, with the place of the quota in front: `quotas[1].cells[3].area`.
    """
    begin_change(session, campaign, editor)
    names = [plan.name.strip() for plan in plans]
    for place, plan in enumerate(plans):
        if names[place] in names[:place]:
            fault = Fault(f"quotas[{place}].name", "Another quota of this list has this name.")
            raise InvalidInputError(REFUSED, (fault,))
        try:
            _set(session, campaign, plan, earlier=earlier, editor=editor, now=now)
        except InvalidInputError as error:
            faults = tuple(replace(fault, where=f"quotas[{place}].{fault.where}") for fault in error.faults)
            raise InvalidInputError(error.message, faults, **error.values) from error
    for name in _names(session, campaign):
        if name not in names:
            _remove(session, campaign, name, editor=editor, now=now)


def remove_quota(
    session: Session,
    campaign: Campaign,
    name: str,
    *,
    editor: Editor,
    now: datetime,
) -> None:
    """Remove a quota in which nobody was counted; raises ConflictError otherwise, NotFoundError without one."""
    begin_change(session, campaign, editor)
    if name not in _names(session, campaign):
        raise NotFoundError("There is no quota %(name)s in this campaign.", name=name)
    _remove(session, campaign, name, editor=editor, now=now)


def _names(session: Session, campaign: Campaign) -> Sequence[str]:
    return session.scalars(select(Quota.name).where(Quota.campaign_id == campaign.id)).all()


def _remove(session: Session, campaign: Campaign, name: str, *, editor: Editor, now: datetime) -> None:
    note_change(session, campaign, "quota.removed", editor=editor, details={"name": name}, now=now)
    quota = _locked(session, campaign)[name]
    present = _present(session, quota.id)
    if any(one.taken for one in present.values()):
        raise ConflictError("Interviews were counted in the quota %(name)s, so it stays. Close its cells.", name=name)
    _delete(session, [one.cell for one in present.values()])
    session.delete(quota)
    session.flush()


def _set(
    session: Session, campaign: Campaign, plan: QuotaPlan, *, earlier: Earlier, editor: Editor, now: datetime
) -> None:
    checked = check_plan(plan, references_of(session, campaign))
    note_change(session, campaign, "quota.set", editor=editor, details=_told(checked), now=now)
    quota = _locked(session, campaign).get(checked.name) or _new(session, campaign, checked)
    _change_dimensions(session, quota, checked)
    _add_missing_cells(session, quota, checked.cells)
    newly = seat_completes(session, quota, earlier)
    cells = {key: one.cell for key, one in _present(session, quota.id).items()}
    seat_under_way(session, quota, cells, earlier=earlier, now=now)
    present = _present(session, quota.id, newly=newly)
    faults = [*_faults(checked, present)]
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    _delete(session, [present.pop(key).cell for key in set(present) - {cell.key for cell in checked.cells}])
    for wanted in checked.cells:
        one = present[wanted.key]
        one.cell.target, one.cell.most, one.cell.completes = wanted.target, wanted.most, one.completes
    session.flush()


def _told(plan: QuotaPlan) -> Mapping[str, object]:
    return {
        "name": plan.name,
        "dimensions": [dimension.name for dimension in plan.dimensions],
        "cells": [[*cell.key, cell.target, cell.most] for cell in plan.cells],
    }


def _locked(session: Session, campaign: Campaign) -> dict[str, Quota]:
    """Lock every quota of the campaign in the order of their ids, as whoever takes a seat does."""
    wanted = select(Quota).where(Quota.campaign_id == campaign.id).order_by(Quota.id).with_for_update()
    return {quota.name: quota for quota in session.scalars(wanted.execution_options(populate_existing=True))}


def _new(session: Session, campaign: Campaign, plan: QuotaPlan) -> Quota:
    quota = Quota(campaign_id=campaign.id, name=plan.name, dimensions=_written(plan))
    session.add(quota)
    session.flush()
    return quota


def _written(plan: QuotaPlan) -> list[object]:
    return [dimension.as_json() for dimension in plan.dimensions]


def _change_dimensions(session: Session, quota: Quota, plan: QuotaPlan) -> None:
    """Where the dimensions are others the same key says something else, so no cell stays; refused once one counts."""
    if quota.dimensions == _written(plan):
        return
    present = _present(session, quota.id)
    if any(one.taken for one in present.values()):
        raise InvalidInputError(REFUSED, (Fault("dimensions", OTHER_DIMENSIONS),))
    _delete(session, [one.cell for one in present.values()])
    quota.dimensions = _written(plan)
    session.flush()


def _add_missing_cells(session: Session, quota: Quota, cells: Sequence[CellPlan]) -> None:
    present = _present(session, quota.id)
    rows = [
        {"quota_id": quota.id, "key": list(cell.key), "target": cell.target, "most": cell.most, "completes": 0}
        for cell in cells
        if cell.key not in present
    ]
    if rows:
        session.execute(insert(QuotaCell), rows)


def _present(session: Session, quota_id: int, *, newly: Mapping[int, int] | None = None) -> dict[Key, _Present]:
    """Lock a quota's cells in the order of their ids, then count who sits in them; `newly` are completes on top."""
    more = newly or {}
    wanted = select(QuotaCell).where(QuotaCell.quota_id == quota_id).order_by(QuotaCell.id)
    cells = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
    counted = select(QuotaCell.id, SITTING).where(QuotaCell.quota_id == quota_id)
    held: dict[int, int] = dict(session.execute(counted).all())
    return {tuple(cell.key): _Present(cell, cell.completes + more.get(cell.id, 0), held[cell.id]) for cell in cells}


def _faults(plan: QuotaPlan, present: Mapping[Key, _Present]) -> Iterator[Fault]:
    """Name every cell that would have less room than is taken of it, and every one that would be lost."""
    for place, cell in enumerate(plan.cells):
        taken = present[cell.key].taken
        if cell.most < taken:
            yield Fault(f"cells[{place}].most", NO_ROOM, (("taken", str(taken)),))
    kept = {cell.key for cell in plan.cells}
    for key in sorted(key for key, one in present.items() if one.taken and key not in kept):
        yield Fault("cells", LOST, (("cell", " ".join(key)),))


def _delete(session: Session, cells: Sequence[QuotaCell]) -> None:
    """Delete cells in which nobody sits or was counted, with the seats that were given back."""
    ids = [cell.id for cell in cells]
    session.execute(delete(QuotaSeat).where(QuotaSeat.cell_id.in_(ids)))
    session.execute(delete(QuotaCell).where(QuotaCell.id.in_(ids)))
