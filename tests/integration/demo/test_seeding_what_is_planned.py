"""The demonstration has a roster and quotas to look at, whenever it is tried."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.privacy import Vault
from app.demo.roster import seed_roster, shifts_around
from app.demo.seed import ACTOR, COMPLETES_WANTED, Demonstration, seed_demonstration, seed_targets
from app.dialing.demand import Column, demand_of
from app.dialing.models import Pool
from app.dialing.supply import Gap
from app.quotas.service import list_quotas

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERYBODY = ("ana", "bao", *(f"player{number:02}" for number in range(1, 9)))


@pytest.fixture
def demonstration(session: Session, vault: Vault, now: datetime) -> Demonstration:
    return seed_demonstration(session, vault, players=8, numbers=60, seed=1, now=now)


@pytest.mark.parametrize("hour", [0, 3, 10, 17, 20, 23])
@pytest.mark.parametrize("day", [20, 21, 22, 23])
def test_somebody_is_at_work_at_any_hour_and_nobody_twice(day: int, hour: int) -> None:
    now = datetime(2026, 11, day, hour, 40, tzinfo=SHANGHAI)
    shifts = list(shifts_around(now, EVERYBODY))
    at_work = {login for login, (starts, ends) in shifts if starts <= now < ends}
    assert {"ana", "player01"} <= at_work
    for login, (starts, ends) in shifts:
        others = [stretch for other, stretch in shifts if other == login and stretch != (starts, ends)]
        assert not [one for one in others if one[0] < ends and starts < one[1]]


@pytest.mark.parametrize("days", range(7))
def test_there_is_a_lect_that_nobody_rostered_serves_today(
    session: Session, demonstration: Demonstration, now: datetime, *, days: int
) -> None:
    today = now + timedelta(days=days)
    seed_roster(session, demonstration.campaign, actor=ACTOR, now=today)
    demand = demand_of(session, demonstration.campaign, exact=True, now=today)
    assert {row.lect: row.staffing.gap for row in demand.lects} == {"cmn-x-putonghu": None, "za": Gap.NOBODY_ROSTERED}
    ahead = demand_of(session, demonstration.campaign, column=Column.DAY, exact=True, now=today)
    assert all(any(cell.full for cell in row.cells) for row in ahead.lects)


def test_every_case_has_a_cell_that_is_wanted(session: Session, demonstration: Demonstration, now: datetime) -> None:
    seed_targets(session, demonstration.campaign, completes=COMPLETES_WANTED, now=now)
    quotas = list_quotas(session, demonstration.campaign.id)
    assert [quota.total.target for quota in quotas] == [COMPLETES_WANTED, COMPLETES_WANTED]
    pools = session.execute(select(Pool.cell, Pool.need).distinct()).all()
    assert {cell for cell, _need in pools} >= {"area=4501", "area=4502", "area=4510"}
    assert min(need for cell, need in pools if cell) > 0
