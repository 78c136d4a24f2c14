"""Count the open cases of a campaign by lect and by when they are due, or expect them where none exist yet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.dialing.appointments import IS_OPEN
from app.dialing.domain import NOT_A_LECT, Arm, CaseState
from app.dialing.models import Appointment, Case, Pool, PoolCount
from app.dialing.routing import FULL_CELL
from app.dialing.supply import Backlog
from app.languages.domain import UNDETERMINED, normalise_shares
from app.languages.service import prior_of
from app.sampling.models import SampleUnit

FRESH: Final = timedelta(minutes=5)

_BOOKED_WITHIN: Final = (
    select(Appointment.id)
    .where(
        Appointment.case_id == Case.id,
        IS_OPEN,
        Appointment.missed_at.is_(None),
        Appointment.starts_at >= bindparam("now"),
        Appointment.starts_at < bindparam("until"),
    )
    .exists()
)
_EXACT: Final = (
    select(
        Pool,
        Case.state,
        func.greatest(func.date_trunc("hour", Case.due_at), bindparam("now")).label("due_hour"),
        func.count(),
    )
    .join(Pool, Pool.id == Case.pool_id)
    .where(Case.campaign_id == bindparam("campaign_id"), Case.state != CaseState.CLOSED, ~_BOOKED_WITHIN)
    .group_by(Pool.id, Case.state, "due_hour")
)
_NEWEST_COUNT: Final = (
    select(func.max(PoolCount.counted_at))
    .join(Pool, Pool.id == PoolCount.pool_id)
    .where(Pool.campaign_id == bindparam("campaign_id"))
)
_ROLLED: Final = (
    select(Pool, PoolCount.state, PoolCount.first_due_at, PoolCount.number)
    .join(PoolCount, PoolCount.pool_id == Pool.id)
    .where(Pool.campaign_id == bindparam("campaign_id"))
)
_UNITS: Final = (
    select(SampleUnit.area_code, SampleUnit.declared_lect, SampleUnit.time_zone, func.count())
    .where(
        SampleUnit.campaign_id == bindparam("campaign_id"),
        ~select(Case.id).where(Case.sample_unit_id == SampleUnit.id).exists(),
    )
    .group_by(SampleUnit.area_code, SampleUnit.declared_lect, SampleUnit.time_zone)
)


@dataclass
class OpenCases:
    """Open cases by lect without those of appointments ahead, and the same by when they are due.

    A case in an interviewer's hands is open but not due. `to_anybody` are given out without regard to lect.
    `is_expected` tells that no cases exist and these are expected numbers of speakers in the sample.
    """

    counted_at: datetime
    by_lect: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    backlog: list[Backlog] = field(default_factory=list)
    to_anybody: int = 0
    is_expected: bool = False


def count_open_cases(
    session: Session,
    campaign: Campaign,
    booked: Sequence[int],
    *,
    until: datetime,
    exact: bool,
    now: datetime,
) -> OpenCases:
    """Count cases still wanted; those of full quota cells are not.

    `booked` holds the pool of every appointment between now and `until`, which are counted elsewhere.
    """
    if campaign.state == CampaignState.CLOSED:
        return OpenCases(now)
    if campaign.state == CampaignState.DRAFT:
        expected = _expected(session, campaign.id, now=now)
        if expected.backlog:
            return expected
    wanted = {"campaign_id": campaign.id}
    counted_at = None if exact else session.scalar(_NEWEST_COUNT, wanted)
    if counted_at is not None and counted_at > now - FRESH:
        return _gather(_without(session.execute(_ROLLED, wanted).all(), Counter(booked)), counted_at)
    return _gather(session.execute(_EXACT, {**wanted, "now": now, "until": until}), now)


def _without(rolled: Iterable[Any], booked: Counter[int]) -> Iterable[tuple[Pool, str, datetime, int]]:
    """Take the cases of appointments out of what the background work has counted; they wait for their time."""
    for pool, state, due_at, number in rolled:
        taken = min(booked[pool.id], number) if state == CaseState.WAITING else 0
        yield pool, state, due_at, number - taken


def _gather(rows: Iterable[Any], counted_at: datetime) -> OpenCases:
    found = OpenCases(counted_at)
    for pool, state, due_at, number in rows:
        if pool.need == FULL_CELL:
            continue
        if pool.arm == Arm.RANDOM:
            found.to_anybody += number
            continue
        found.by_lect[pool.lect] += number
        if state != CaseState.HELD:
            found.backlog.append(Backlog(pool.lect, pool.time_zone, due_at, number))
    return found


def _expected(session: Session, campaign_id: int, *, now: datetime) -> OpenCases:
    """Expect so many speakers of each lect as the places of the sample make likely; what the list declares is taken.

    The field will begin with each place's likeliest lect, but it will have to be held in all of them.
    """
    found = OpenCases(now, is_expected=True)
    for area_code, declared, time_zone, number in session.execute(_UNITS, {"campaign_id": campaign_id}):
        for lect, share in _lects_at(session, area_code, declared):
            found.by_lect[lect] += number * share
            found.backlog.append(Backlog(lect, time_zone, now, number * share))
    return found


def _lects_at(session: Session, area_code: str | None, declared: str | None) -> list[tuple[str, float]]:
    if declared is not None and declared not in NOT_A_LECT:
        return [(declared, 1.0)]
    shares = normalise_shares(prior_of(session, area_code))
    return [(share.lect, share.share) for share in shares] or [(UNDETERMINED, 1.0)]
