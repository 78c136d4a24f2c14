"""Open cases by lect and hour against the roster: in the field, before it opens, and while an appointment is booked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.core.privacy import Vault
from app.dialing.demand import Column, Demand, LectDemand, demand_of
from app.dialing.domain import Arm, CaseState
from app.dialing.effort import effort_of
from app.dialing.load import Load, load_at
from app.dialing.models import Attempt, Case, Pool
from app.dialing.pools import Conditions, pool_for
from app.dialing.supply import USUAL_PACE, Gap
from app.dialing.tick import tick
from app.languages.domain import PUTONGHUA
from app.sampling.domain import ColumnMapping
from app.sampling.service import import_sample
from app.sampling.tables import read_table
from app.staffing.models import Shift
from app.telephony.domain import CallState
from tests.callers import NANNING, AddCases, Caller
from tests.stage import Survey

HOUR = timedelta(hours=1)
PlaceShift = Callable[..., None]


@pytest.fixture
def place_shift(session: Session, survey: Survey, now: datetime) -> PlaceShift:
    """Put somebody on the roster, from so many hours after now for so many hours."""

    def place(person: Person, *, after: int = 0, hours: int = 4) -> None:
        starts_at = now + HOUR * after
        session.add(
            Shift(
                campaign_id=survey.campaign.id,
                person_id=person.id,
                starts_at=starts_at,
                ends_at=starts_at + HOUR * hours,
            )
        )
        session.flush()

    return place


@pytest.fixture
def demand(session: Session, survey: Survey, now: datetime) -> Callable[..., Demand]:
    def weigh(column: Column = Column.HOUR, *, exact: bool = True) -> Demand:
        return demand_of(session, survey.campaign, column=column, exact=exact, now=now)

    return weigh


def row_of(demand: Demand, lect: str) -> LectDemand:
    [row] = [row for row in demand.lects if row.lect == lect]
    return row


def test_cases_are_counted_by_the_lect_they_wait_for(add_cases: AddCases, demand: Callable[..., Demand]) -> None:
    add_cases("", "壮语", "壮语", "苗语")
    found = demand()
    assert {row.lect: row.open_cases for row in found.lects} == {"za": 2, PUTONGHUA: 1, "hmn": 1}
    assert sum(cell.due for cell in row_of(found, "za").cells) == pytest.approx(2)
    assert row_of(found, "za").cells[13].due == 0  # 23:00


def test_what_nobody_can_hold_is_named_before_what_nobody_is_there_for(
    add_cases: AddCases, demand: Callable[..., Demand], place_shift: PlaceShift, ana: Person
) -> None:
    add_cases("壮语", "苗语", "白话")
    place_shift(ana)
    gaps = {row.lect: row.staffing.gap for row in demand().lects}
    assert gaps == {"za": Gap.NOBODY_ROSTERED, "hmn": Gap.NOBODY_CERTIFIED, "yue": None}
    assert {row.lect for row in demand().unserved} == {"za", "hmn"}


def test_speakers_are_counted_in_their_hours(
    add_cases: AddCases, demand: Callable[..., Demand], place_shift: PlaceShift, bao: Person
) -> None:
    add_cases("壮语")
    place_shift(bao, after=2, hours=2)
    row = row_of(demand(), "za")
    assert [cell.full for cell in row.cells[:6]] == [0, 0, 1, 1, 0, 0]
    assert row.staffing.certified == 1
    assert row.staffing.hours_rostered == pytest.approx(2)


def test_a_shift_counts_whole_in_the_days_ahead(
    add_cases: AddCases, demand: Callable[..., Demand], place_shift: PlaceShift, bao: Person
) -> None:
    add_cases("壮语")
    place_shift(bao, after=8, hours=4)  # 18:00 to 22:00, an hour longer than calls are allowed
    place_shift(bao, after=24, hours=4)
    assert row_of(demand(Column.DAY), "za").staffing.hours_rostered == pytest.approx(7)


def test_an_appointment_stands_in_its_hour(case: Case, ana_calls: Caller, demand: Callable[..., Demand]) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.book(case, HOUR * 3, lect="za")
    ana_calls.code(case, "appointment")
    row = row_of(demand(), "za")
    assert (row.open_cases, row.appointments) == (1, 1)
    assert [cell.appointments for cell in row.cells[:5]] == [0, 0, 0, 1, 0]
    assert sum(cell.backlog for cell in row.cells) == 0


def test_the_background_count_serves_while_it_is_fresh(
    session: Session, add_cases: AddCases, demand: Callable[..., Demand], now: datetime
) -> None:
    cases = add_cases("壮语", "壮语")
    tick(session, now=now + timedelta(minutes=2))
    cases[0].state = CaseState.CLOSED
    session.flush()
    assert row_of(demand(exact=False), "za").open_cases == 2
    assert row_of(demand(exact=True), "za").open_cases == 1


def test_an_old_count_is_not_believed(session: Session, survey: Survey, add_cases: AddCases, now: datetime) -> None:
    cases = add_cases("壮语", "壮语")
    cases[0].state = CaseState.CLOSED
    session.flush()
    later = demand_of(session, survey.campaign, now=now + HOUR)
    assert (row_of(later, "za").open_cases, later.counted_at) == (1, now + HOUR)


def test_full_cells_and_the_random_arm_are_no_demand_for_a_lect(
    session: Session, survey: Survey, add_cases: AddCases, demand: Callable[..., Demand]
) -> None:
    full, random, _ = add_cases("壮语", "壮语", "壮语")
    full.pool_id = pool_for(session, Conditions(survey.campaign.id, "za", "Asia/Shanghai", cell="area=45"))
    session.get_one(Pool, full.pool_id).need = -1
    random.pool_id = pool_for(session, Conditions(survey.campaign.id, "za", "Asia/Shanghai", arm=Arm.RANDOM))
    session.flush()
    assert (row_of(demand(), "za").open_cases, demand().to_anybody) == (1, 1)


def test_before_the_field_opens_speakers_are_expected_from_the_places(
    session: Session, other_campaign: Campaign, vault: Vault, now: datetime, survey: Survey
) -> None:
    lines = ["phone,area,language", *(f"139771120{n:02},{NANNING}," for n in range(50)), f"13977113000,{NANNING},苗语"]
    table = read_table("\n".join(lines).encode(), "sample.csv")
    import_sample(
        session, campaign_id=other_campaign.id, table=table,
        mapping=ColumnMapping(phone=("phone",), area="area", language="language"),
        region="CN", vault=vault, imported_by=None, now=now,
    )  # fmt: skip
    found = demand_of(session, other_campaign, column=Column.DAY, now=now)
    assert found.is_expected
    assert (row_of(found, PUTONGHUA).open_cases, row_of(found, "za").open_cases) == (20, 15)
    assert row_of(found, "hmn").staffing.gap is Gap.NOBODY_CERTIFIED


def test_the_days_reach_as_far_as_the_roster(
    demand: Callable[..., Demand], place_shift: PlaceShift, ana: Person, now: datetime
) -> None:
    assert len(demand(Column.DAY).spans) == 14
    place_shift(ana, after=24 * 20)
    days = demand(Column.DAY).spans
    assert len(days) == 21
    assert [span.open_hours["Asia/Shanghai"] for span in days[:2]] == [11, 12]
    assert [span.windows for span in days[:1]] == [((now, now + HOUR * 11),)]
    assert days[1].starts_at == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_the_pace_is_measured_once_there_is_enough_to_measure(
    session: Session, case: Case, ana_calls: Caller, demand: Callable[..., Demand], now: datetime
) -> None:
    assert (demand().pace, demand().pace_is_measured) == (USUAL_PACE, False)
    made = ana_calls.call(ana_calls.take())
    for hour in range(20):
        for minute in (1, 2, 3):
            session.add(copy_of(made, at=now - HOUR * hour + timedelta(minutes=minute)))
    session.flush()
    assert demand().pace_is_measured
    assert demand().pace == pytest.approx(61 / 20)


def copy_of(made: Attempt, *, at: datetime) -> Attempt:
    return Attempt(
        case_id=made.case_id, campaign_id=made.campaign_id, interviewer_id=made.interviewer_id,
        phone_number_id=made.phone_number_id, state=CallState.ENDED, requested_at=at, match="full",
    )  # fmt: skip


def test_a_closed_campaign_demands_nothing(add_cases: AddCases, survey: Survey, demand: Callable[..., Demand]) -> None:
    add_cases("壮语")
    survey.campaign.state = "closed"
    assert demand().lects == ()


def test_the_load_counts_appointments_against_speakers_on_duty(
    session: Session, survey: Survey, case: Case, ana_calls: Caller, place_shift: PlaceShift, bao: Person
) -> None:
    at = ana_calls.at + HOUR * 3
    assert load_at(session, survey.campaign.id, "za", starts_at=at) == Load(0, 0)
    place_shift(bao, after=3, hours=1)
    ana_calls.call(ana_calls.take())
    ana_calls.book(case, HOUR * 3 + timedelta(minutes=40), lect="za")
    assert load_at(session, survey.campaign.id, "za", starts_at=at) == Load(1, 1)
    assert load_at(session, survey.campaign.id, "za", starts_at=at, besides=case.id) == Load(0, 1)
    assert load_at(session, survey.campaign.id, "za", starts_at=at + HOUR) == Load(0, 0)
    assert load_at(session, survey.campaign.id, "yue", starts_at=at) == Load(0, 0)


@pytest.mark.parametrize(("booked", "rostered", "tight"), [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False)])
def test_an_hour_is_tight_when_every_speaker_has_an_appointment(booked: int, rostered: int, *, tight: bool) -> None:
    assert Load(booked, rostered).is_tight is tight


def test_effort_is_told_for_every_lect(
    session: Session, survey: Survey, add_cases: AddCases, bao_calls: Caller, now: datetime
) -> None:
    add_cases("壮语", "壮语", "白话")
    bao_calls.wait(HOUR)
    bao_calls.call(bao_calls.take())
    effort = effort_of(session, survey.campaign, now=now + HOUR * 3)
    [za, yue] = effort.groups
    assert (za.lect, za.cases, za.tries_per_case, za.never_tried_share) == ("za", 2, 0.5, 0.5)
    assert (za.slice_shares, za.evening_share) == ({"weekday": 1.0}, 0.0)
    assert za.median_wait_hours == pytest.approx(2)
    assert yue.median_wait_hours == pytest.approx(3)
    assert (yue.tries_per_case, yue.inequalities) == (0, ())
