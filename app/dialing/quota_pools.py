"""Keep pools in step with quotas: which cell a pool's cases belong to, and how badly the quota needs them."""

from dataclasses import replace
from typing import Final

from sqlalchemy import Text, bindparam, select, update
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
NONE: Final[list[int]] = []
_ITS_NUMBER: Final = (PhoneNumber.sample_unit_id == Case.sample_unit_id) & (PhoneNumber.position == FIRST)
_GROUPS: Final = (
    select(Pool, SampleUnit.area_code, PhoneNumber.kind)
    .join(Case, Case.pool_id == Pool.id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .join(PhoneNumber, _ITS_NUMBER)
    .where(Case.campaign_id == bindparam("campaign_id"), Case.state != CaseState.CLOSED)
    .distinct()
)
_OF_GROUP: Final = (
    select(Case.id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .join(PhoneNumber, _ITS_NUMBER)
    .where(
        Case.pool_id == bindparam("from_pool"),
        Case.state != CaseState.CLOSED,
        SampleUnit.area_code.is_not_distinct_from(bindparam("area_code", type_=Text)),
        PhoneNumber.kind == bindparam("phone_kind"),
    )
)
# A case on somebody's screen stays where it is: a key pressed in this moment waits for its row, and would not find
# it again in another pool. One that is locked is not waited for: whoever codes an outcome holds the case and waits
# for the record, which whoever sets a quota holds.
_FREE: Final = _OF_GROUP.where(Case.state != CaseState.HELD).with_for_update(
    of=Case, key_share=True, skip_locked=True
)  # fmt: skip
_REST: Final = (
    select(Case, Pool, SampleUnit.area_code, PhoneNumber.kind)
    .join(Pool, Pool.id == Case.pool_id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .join(PhoneNumber, _ITS_NUMBER)
    .where(Case.id.in_(bindparam("ids", expanding=True)), Case.state != CaseState.HELD)
    .with_for_update(of=Case, key_share=True, skip_locked=True)
    .execution_options(populate_existing=True)
)
_STILL_OPEN: Final = select(Case.id).where(
    Case.id.in_(bindparam("ids", expanding=True)), Case.state != CaseState.CLOSED
)  # fmt: skip


def follow_quotas(session: Session, campaign: Campaign) -> None:
    """Bring a campaign's pools in step at once, after its quotas have been set or removed."""
    relabel(session, campaign)
    set_needs(session)


def relabel(session: Session, campaign: Campaign) -> int:
    """Move every open case into the pool of the quota cell it belongs to by now; returns how many moved.

    Call it when the quotas of a campaign change. A case that somebody is at work on is left to `relabel_rest`; the
    label it has until then is still answered for.
    """
    labels = frame_labels(session, campaign.id)
    moved = 0
    left: list[int] = []
    for pool, area_code, phone_kind in session.execute(_GROUPS, {"campaign_id": campaign.id}).all():
        cell = labels.label(area_code=area_code, phone_kind=phone_kind)
        if cell != pool.cell:
            target = pool_for(session, replace(conditions_of(pool), cell=cell))
            group = {"from_pool": pool.id, "area_code": area_code, "phone_kind": phone_kind}
            here = update(Case).where(Case.id.in_(_FREE)).values(pool_id=target)
            moved += len(session.scalars(here.returning(Case.id), group).all())
            left += session.scalars(_OF_GROUP, group).all()
    campaign.cases_to_move = left
    session.flush()
    return moved


def relabel_rest(session: Session) -> int:
    """Move the cases that somebody was at work on when quotas changed and is no longer; returns how many moved.

    A campaign whose quotas are being changed just now waits for the next time.
    """
    lagging = select(Campaign).where(Campaign.cases_to_move != NONE)
    free = lagging.with_for_update(key_share=True, skip_locked=True).execution_options(populate_existing=True)
    return sum(_move_rest(session, campaign) for campaign in session.scalars(free).all())


def _move_rest(session: Session, campaign: Campaign) -> int:
    labels = frame_labels(session, campaign.id)
    moved = set()
    for case, pool, area_code, phone_kind in session.execute(_REST, {"ids": campaign.cases_to_move}).all():
        cell = labels.label(area_code=area_code, phone_kind=phone_kind)
        case.pool_id = pool_for(session, replace(conditions_of(pool), cell=cell))
        moved.add(case.id)
    still_open = session.scalars(_STILL_OPEN, {"ids": campaign.cases_to_move}).all()
    campaign.cases_to_move = sorted(set(still_open) - moved)
    session.flush()
    return len(moved)


def set_needs(session: Session) -> int:
    """Write every open campaign's quota need onto its pools, -1 where nobody new is wanted; returns how many moved.

    Cases that could not be moved when the quotas changed are moved first.
    """
    relabel_rest(session)
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
