"""What each trust measure does to contact, misread calls and completion, by arm."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.db import ReadSession
from app.core.turns import Router
from app.dialing.effects import effects_of
from app.dialing.measures import Measure

router = Router(prefix="/campaigns/{campaign_id}/measures", tags=["campaigns"])


class IntervalOut(BaseModel):
    """A share or a difference with its 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    point: float
    low: float
    high: float


class ArmOut(BaseModel):
    """Cases of one arm; `called` at least once, `contacted` where somebody picked up."""

    model_config = ConfigDict(from_attributes=True)

    cases: int
    called: int
    contacted: int
    misread: int
    completes: int


class RateOut(BaseModel):
    """One rate with Wilson's interval, and the difference (given minus held out) with Newcombe's."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    given: IntervalOut | None
    held_out: IntervalOut | None
    difference: IntervalOut | None


class EffectOut(BaseModel):
    """One measure that a random share of the cases does not get."""

    model_config = ConfigDict(from_attributes=True)

    measure: Measure
    given: ArmOut
    held_out: ArmOut
    rates: tuple[RateOut, ...]


class EffectsOut(BaseModel):
    """The measures that can be compared; none while every case gets all of them."""

    effects: list[EffectOut]


@router.get("")
def read_effects(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> EffectsOut:
    """Return both arms of each measure: contact and completion of cases called, misreading of cases contacted."""
    found = effects_of(session, get_campaign(session, campaign_id))
    return EffectsOut(effects=[EffectOut.model_validate(effect) for effect in found])
