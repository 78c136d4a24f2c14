"""Who is at the desk when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaigns.domain import CallingHours
from app.simulation.campaign import SimulatedCampaign
from app.simulation.comparison import world_of
from app.simulation.fieldwork import Fieldwork
from app.simulation.workers import Interviewer, Shift, Worker, shifts_in
from tests.unit.simulation.runs import job, small, way, worked

ZONE = "Asia/Shanghai"
FIRST_DAY = datetime(2026, 11, 21, 1, tzinfo=UTC)  # Saturday, 09:00 in Shanghai
TINY = small(numbers=60, days=2)
STRETCHES = st.lists(st.tuples(st.integers(0, 47 * 60), st.integers(1, 600)), max_size=3)


def workers(campaign: SimulatedCampaign) -> list[Worker]:
    one = job(campaign)
    return campaign.workers(one.ways[0].policy, world_of(one, way()).rules)


def rostered(*shifts: list[tuple[int, int]]) -> SimulatedCampaign:
    """The tiny campaign with these shifts of its interviewers, each as (minutes from the start, minutes)."""
    staff = [
        replace(one, shifts=tuple(after_minutes(*stretch) for stretch in sorted(stretches)))
        for one, stretches in zip(TINY.staff, shifts, strict=False)
    ]
    return replace(TINY, staff=tuple(staff))


def after_minutes(start: int, length: int) -> Shift:
    starts_at = FIRST_DAY + timedelta(minutes=start)
    return Shift(starts_at, starts_at + timedelta(minutes=length))


def outside(done: Fieldwork, people: list[Worker]) -> list[Any]:
    shifts = {worker.number: worker.shifts for worker in people}
    return [
        served
        for served in done.served
        if not any(shift.starts_at <= served.at < shift.ends_at for shift in shifts[served.worker])
    ]


def test_without_a_roster_everybody_works_in_all_calling_hours() -> None:
    [first, second] = workers(TINY)[0].shifts
    assert first == Shift(FIRST_DAY, FIRST_DAY + timedelta(hours=12))
    assert second.starts_at == FIRST_DAY + timedelta(days=1)


def test_own_hours_are_kept_and_holidays_are_free() -> None:
    mornings = CallingHours.read({"saturday": [["09:00", "12:00"]], "sunday": [["09:00", "12:00"]]})
    campaign = replace(TINY, staff=(Interviewer(TINY.staff[0].skills, hours=mornings),))
    assert [shift.ends_at - shift.starts_at for shift in workers(campaign)[0].shifts] == [timedelta(hours=3)] * 2
    [policy] = job().ways[:1]
    holiday = {**campaign.document, "holidays": [date(2026, 11, 22).isoformat()]}
    assert len(campaign.workers(policy.policy, policy.policy.over(holiday))[0].shifts) == 1


def test_the_last_window_ends_with_the_days() -> None:
    hours = CallingHours.read({"saturday": [["09:00", "21:00"]], "sunday": [["08:00", "21:00"]]})
    [_, sunday] = shifts_in(hours, ZONE, starts_at=FIRST_DAY, days=1)
    assert sunday.ends_at - sunday.starts_at == timedelta(hours=1)


@given(st.tuples(STRETCHES, STRETCHES, STRETCHES), st.integers(1, 50))
@settings(max_examples=15, deadline=None)
def test_nobody_takes_a_case_outside_a_shift(shifts: tuple[list[tuple[int, int]], ...], seed: int) -> None:
    campaign = rostered(*shifts)
    done = worked(job(campaign, seed=seed))
    assert outside(done, workers(campaign)) == []


def test_who_waits_at_the_desk_is_paid_until_the_shift_ends() -> None:
    at_night = rostered([(13 * 60, 30)])
    done = worked(job(at_night))
    assert done.served == []
    assert done.desk_seconds == pytest.approx(30 * 60)


def test_without_shifts_nobody_is_called() -> None:
    done = worked(job(rostered([])))
    assert done.served == []
    assert done.desk_seconds == 0
