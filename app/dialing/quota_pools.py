"""Keep pools in step with quotas: which cell a pool's cases belong to, and how badly the quota needs them."""

from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.routing import FULL_CELL
from app.dialing.score import need_points
from app.quotas.service import frame_labels, needs_of_labels
from app.sampling.models import PhoneNumber, SampleUnit

FIRST: Final = 1  # position of the number a unit was drawn by
_GROUPS: Final = (
    select(Pool, SampleUnit.area_code, PhoneNumber.kind)
    .join(Case, Case.pool_id == Pool.id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .join(PhoneNumber, (PhoneNumber.sample_unit_id == SampleUnit.id) & (PhoneNumber.position == FIRST))
    .where(Case.campaign_id == bindparam("campaign_id"), Case.state != CaseState.CLOSED)
    .distinct()
)


def follow_quotas(session: Session, campaign_id: int) -> None:
    """Bring a campaign's pools in step at once, after its quotas have been changed."""
    relabel(session, campaign_id)
    set_needs(session)


def relabel(session: Session, campaign_id: int) -> int:
    """Move every open case into the pool of the quota cell it belongs to by now; returns how many moved.

    Call it when the quotas of a campaign change. A held case moves too: its holder does not notice.
    """
    labels = frame_labels(session, campaign_id)
    moved = 0
    for pool, area_code, phone_kind in session.execute(_GROUPS, {"campaign_id": campaign_id}).all():
        cell = labels.label(area_code=area_code, phone_kind=phone_kind)
        if cell == pool.cell:
            continue
        target = pool_for(session, replace(conditions_of(pool), cell=cell))
        units = (
            select(SampleUnit.id)
            .join(PhoneNumber, (PhoneNumber.sample_unit_id == SampleUnit.id) & (PhoneNumber.position == FIRST))
            .where(SampleUnit.area_code.is_not_distinct_from(area_code), PhoneNumber.kind == phone_kind)
        )
        here = update(Case).where(Case.pool_id == pool.id, Case.sample_unit_id.in_(units))
        moved += len(session.scalars(here.values(pool_id=target).returning(Case.id)).all())
    return moved


def set_needs(session: Session) -> int:
    """Write every open campaign's quota need onto its pools, -1 where nobody new is wanted; returns how many moved."""
    changed = 0
    for campaign in session.scalars(select(Campaign).where(Campaign.state == CampaignState.OPEN)):
        needs = needs_of_labels(session, campaign.id)
        weights = rules_of(session, campaign).weights
        for pool in session.scalars(select(Pool).where(Pool.campaign_id == campaign.id)):
            need = needs[pool.cell]
            points = FULL_CELL if need is None else need_points(need, weights)
            if pool.need != points:
                pool.need = points
                changed += 1
    session.flush()
    return changed
