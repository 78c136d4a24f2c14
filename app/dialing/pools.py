"""Find or make the pool whose conditions a case meets."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.dialing.domain import Arm
from app.dialing.models import Pool


@dataclass(frozen=True)
class Conditions:
    """What the cases of one pool have in common."""

    campaign_id: int
    lect: str
    time_zone: str
    cell: str = ""
    arm: Arm = Arm.MATCHED
    person_id: int | None = None


_POOL: Final = select(Pool.id).where(
    Pool.campaign_id == bindparam("campaign_id"),
    Pool.lect == bindparam("lect"),
    Pool.time_zone == bindparam("time_zone"),
    Pool.cell == bindparam("cell"),
    Pool.arm == bindparam("arm"),
    Pool.person_id.is_not_distinct_from(bindparam("person_id")),
)
_NEIGHBOUR: Final = (
    select(Pool.id)
    .where(Pool.campaign_id == bindparam("campaign_id"), Pool.time_zone == bindparam("time_zone"), Pool.is_open)
    .limit(1)
)


def pool_for(session: Session, conditions: Conditions) -> int:
    """Return the id of the pool with these conditions, made if it is the first of its kind.

    A new one is open where its campaign calls in that time zone at the moment; the first of a zone is shut until the
    tick opens it.
    """
    wanted: dict[str, Any] = vars(conditions)
    found = session.scalar(_POOL, wanted)
    if found is not None:
        return found
    is_open = session.scalar(_NEIGHBOUR, wanted) is not None
    session.execute(insert(Pool).values(**wanted, is_open=is_open).on_conflict_do_nothing())
    return session.scalars(_POOL, wanted).one()


def conditions_of(pool: Pool) -> Conditions:
    """Return a pool's conditions, to find its neighbours by."""
    return Conditions(pool.campaign_id, pool.lect, pool.time_zone, pool.cell, Arm(pool.arm), pool.person_id)
