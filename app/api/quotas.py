"""A campaign's quotas, for programs that plan and watch a sample."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.interviewing.quota_changes import put_quotas, shut_cell
from app.quotas.domain import CellState, Closing, Dimension, DimensionKind
from app.quotas.service import CellPlan, Editor, QuotaPlan, StandingCell, StandingQuota, list_quotas, standing_cell

router = Router(prefix="/campaigns/{campaign_id}/quotas", tags=["campaigns"])
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
CellId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
SeenRevision = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**31 - 1,
        description="the `revision` this was made from: 409 where somebody has changed the quotas since",
    ),
]
MOST_QUOTAS = 20


class DimensionModel(BaseModel):
    """What a quota tells respondents apart by."""

    model_config = ConfigDict(extra="forbid")

    kind: DimensionKind
    digits: int = Field(0, ge=0, le=6, description="how many digits of the area code count: 2, 4 or 6; 0 elsewhere")
    question: str = Field("", max_length=200, description="a question of the type select_one, for `answer` only")


class CellIn(BaseModel):
    """One combination of values, in the order of the dimensions."""

    model_config = ConfigDict(extra="forbid")

    key: tuple[str, ...] = Field(max_length=10)
    target: int = Field(ge=0, le=10_000_000, description="completes wanted; once reached, nobody new is called for it")
    most: int | None = Field(None, ge=0, le=10_000_000, description="completes allowed; the target where left out")


class QuotaIn(BaseModel):
    """One table of interlocking cells."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=100)
    dimensions: tuple[DimensionModel, ...] = Field(max_length=10)
    cells: tuple[CellIn, ...] = Field(max_length=20_000)


class QuotasIn(BaseModel):
    """Every quota of the campaign."""

    model_config = ConfigDict(extra="forbid")

    quotas: tuple[QuotaIn, ...] = Field(max_length=MOST_QUOTAS)
    expected_revision: SeenRevision = None


class ClosingIn(BaseModel):
    """How to close a cell by hand.

    `soft`: nobody new is called for it; whoever is on the line and lands there is interviewed. `hard`: an interview
    that lands there ends over quota; whoever has a seat may finish.
    """

    model_config = ConfigDict(extra="forbid")

    closing: Closing = Closing.HARD
    expected_revision: SeenRevision = None


class OpeningIn(BaseModel):
    """Let a cell's numbers decide again."""

    model_config = ConfigDict(extra="forbid")

    expected_revision: SeenRevision = None


class CellOut(BaseModel):
    """A cell as it stands; `held` counts interviews under way, `need` is 1 - completes / target.

    `closing` is how a supervisor has closed it by hand, null where its numbers decide.
    """

    id: int
    key: tuple[str, ...]
    target: int
    most: int
    completes: int
    held: int
    need: float
    state: CellState
    closing: Closing | None


class QuotaOut(BaseModel):
    """One quota as it stands."""

    name: str
    dimensions: list[DimensionModel]
    cells: list[CellOut]


class QuotasOut(BaseModel):
    """Every quota of the campaign by name; none means that everybody in the sample is wanted alike.

    `revision` grows with every change of them, also when a cell is closed or opened by hand.
    """

    revision: int
    quotas: list[QuotaOut]


class ShutCellOut(BaseModel):
    """A cell after it was closed or opened, and the revision that the quotas have by that."""

    revision: int
    cell: CellOut


@router.get("")
def read_quotas(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> QuotasOut:
    """Return the quotas and how far each cell is."""
    return _quotas_of(session, get_campaign(session, campaign_id))


@router.put("")
def replace_quotas(
    campaign_id: int, body: QuotasIn, principal: Planner, *, session: WriteSession, now: Now
) -> QuotasOut:
    """Set every quota of a campaign at once; one that is left out is removed, cells that stay keep their numbers.

    It may be done in the field as well: interviews that are complete are counted in their cells, those under way get
    their seats. A fault names its place, as `quotas[0].cells[3].area`. Where an interview that was counted would lose
    its cell, or a cell has less room than is taken by now, the whole list is refused.
    """
    campaign = get_campaign(session, campaign_id)
    plans = [_plan(quota) for quota in body.quotas]
    put_quotas(session, campaign, plans, editor=Editor(principal.actor, body.expected_revision), now=now)
    return _quotas_of(session, campaign)


@router.post("/cells/{cell_id}/close")
def close_one_cell(
    campaign_id: int, cell_id: CellId, body: ClosingIn, *, principal: Planner, session: WriteSession, now: Now
) -> ShutCellOut:
    """Close a cell by hand, softly or hard, whatever its numbers are; closing it so once more changes nothing."""
    campaign, editor = get_campaign(session, campaign_id), Editor(principal.actor, body.expected_revision)
    shut_cell(session, campaign, cell_id, closing=body.closing, editor=editor, now=now)
    return _shut_cell(session, campaign, cell_id)


@router.post("/cells/{cell_id}/open")
def open_one_cell(
    campaign_id: int, cell_id: CellId, body: OpeningIn, *, principal: Planner, session: WriteSession, now: Now
) -> ShutCellOut:
    """Take a closing by hand back; the numbers decide again."""
    campaign, editor = get_campaign(session, campaign_id), Editor(principal.actor, body.expected_revision)
    shut_cell(session, campaign, cell_id, closing=None, editor=editor, now=now)
    return _shut_cell(session, campaign, cell_id)


def _plan(quota: QuotaIn) -> QuotaPlan:
    cells = (CellPlan(cell.key, cell.target, cell.target if cell.most is None else cell.most) for cell in quota.cells)
    dimensions = (Dimension(d.kind, d.digits, d.question) for d in quota.dimensions)
    return QuotaPlan(quota.name, tuple(dimensions), tuple(cells))


def _quotas_of(session: Session, campaign: Campaign) -> QuotasOut:
    quotas = [_shown(quota) for quota in list_quotas(session, campaign.id)]
    return QuotasOut(revision=campaign.quota_revision, quotas=quotas)


def _shut_cell(session: Session, campaign: Campaign, cell_id: int) -> ShutCellOut:
    return ShutCellOut(revision=campaign.quota_revision, cell=_cell(standing_cell(session, campaign.id, cell_id)))


def _shown(quota: StandingQuota) -> QuotaOut:
    return QuotaOut(
        name=quota.name,
        dimensions=[DimensionModel(kind=d.kind, digits=d.digits, question=d.question) for d in quota.dimensions],
        cells=[_cell(cell) for cell in quota.cells],
    )


def _cell(cell: StandingCell) -> CellOut:
    count = cell.count
    return CellOut(
        id=cell.id,
        key=count.key,
        target=count.target,
        most=count.most,
        completes=count.completes,
        held=count.held,
        need=count.need,
        state=count.state,
        closing=count.closing,
    )
