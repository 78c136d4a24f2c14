"""A campaign's quotas, for programs that plan and watch a sample."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.dialing.quota_pools import follow_quotas
from app.quotas.domain import CellState, Dimension, DimensionKind
from app.quotas.service import CellPlan, QuotaPlan, StandingCell, StandingQuota, list_quotas, set_quotas

router = APIRouter(prefix="/campaigns/{campaign_id}/quotas", tags=["campaigns"])
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


class CellOut(BaseModel):
    """A cell as it stands; `held` counts interviews under way, `need` is 1 - completes / target."""

    id: int
    key: tuple[str, ...]
    target: int
    most: int
    completes: int
    held: int
    need: float
    state: CellState


class QuotaOut(BaseModel):
    """One quota as it stands."""

    name: str
    dimensions: list[DimensionModel]
    cells: list[CellOut]


class QuotasOut(BaseModel):
    """Every quota of the campaign by name; none means that everybody in the sample is wanted alike."""

    quotas: list[QuotaOut]


@router.get("")
def read_quotas(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> QuotasOut:
    """Return the quotas and how far each cell is."""
    return _quotas_of(session, get_campaign(session, campaign_id).id)


@router.put("")
def replace_quotas(
    campaign_id: int,
    body: QuotasIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> QuotasOut:
    """Set every quota of a campaign at once; one that is left out is removed, cells that stay keep their numbers.

    A fault names its place, as `quotas[0].cells[3].area`. Where an interview that was counted would lose its cell
    the whole list is refused.
    """
    plans = [_plan(quota) for quota in body.quotas]
    set_quotas(session, get_campaign(session, campaign_id), plans, actor=principal.actor, now=now)
    follow_quotas(session, campaign_id)
    return _quotas_of(session, campaign_id)


def _plan(quota: QuotaIn) -> QuotaPlan:
    cells = (CellPlan(cell.key, cell.target, cell.target if cell.most is None else cell.most) for cell in quota.cells)
    dimensions = (Dimension(d.kind, d.digits, d.question) for d in quota.dimensions)
    return QuotaPlan(quota.name, tuple(dimensions), tuple(cells))


def _quotas_of(session: Session, campaign_id: int) -> QuotasOut:
    return QuotasOut(quotas=[_shown(quota) for quota in list_quotas(session, campaign_id)])


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
    )
