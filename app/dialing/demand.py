"""What is to be called in each lect and hour, against whom the roster offers: seen also before the field opens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, distinct, func, select, tuple_
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours, CampaignState, UnknownLect
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.dialing.appointments import IS_OPEN
from app.dialing.backlog import OpenCases, count_open_cases
from app.dialing.domain import CaseState
from app.dialing.models import Appointment, Attempt, Case, Pool
from app.dialing.supply import USUAL_PACE, Field, LectSpan, Span, Speaker, Staffing, spread
from app.languages.models import Lect
from app.languages.service import load_understanding
from app.sampling.models import SampleUnit
from app.staffing.roster import shifts_between, staff_of
from app.staffing.timetable import day_bounds

HOURS_AHEAD: Final = 24
LEAST_DAYS: Final = 14
MOST_DAYS: Final = 92
QUARTER: Final = timedelta(minutes=15)
PACE_WINDOW: Final = timedelta(days=28)
PACE_HOURS: Final = 20  # interviewer hours before the campaign's own pace is believed


class Column(StrEnum):
    """What one column of the table stands for."""

    HOUR = "hour"  # the next 24 hours
    DAY = "day"  # the field period, as far as roster and appointments reach


@dataclass(frozen=True)
class LectDemand:
    """One lect: its open cases, how it is provided for, and its row of the table."""

    lect: str
    name_zh: str
    name_en: str
    open_cases: int
    appointments: int
    due: float
    staffing: Staffing
    cells: tuple[LectSpan, ...]


@dataclass(frozen=True)
class Demand:
    """Supply and demand of one campaign.

    `is_expected` tells that no cases exist yet and the numbers are how many of the sample are likely to speak a lect.
    `to_anybody` counts open cases that are given out without regard to lect. `pace` is attempts per interviewer
    hour; `counted_at` is when the cases were counted.
    """

    campaign_id: int
    at: datetime
    column: Column
    counted_at: datetime
    is_expected: bool
    pace: float
    pace_is_measured: bool
    to_anybody: int
    spans: tuple[Span, ...]
    lects: tuple[LectDemand, ...]

    @property
    def unserved(self) -> tuple[LectDemand, ...]:
        """The lects that something is missing for."""
        return tuple(row for row in self.lects if row.staffing.gap is not None)


_BOOKED: Final = (
    select(Case.pool_id, func.coalesce(Appointment.lect, Pool.lect), Appointment.starts_at)
    .join(Case, Case.id == Appointment.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .where(
        Case.campaign_id == bindparam("campaign_id"),
        Case.state != CaseState.CLOSED,
        IS_OPEN,
        Appointment.missed_at.is_(None),
        Appointment.starts_at >= bindparam("starts"),
        Appointment.starts_at < bindparam("ends"),
    )
)
_PACE: Final = select(
    func.count(), func.count(distinct(tuple_(Attempt.interviewer_id, func.date_trunc("hour", Attempt.requested_at))))
).where(Attempt.campaign_id == bindparam("campaign_id"), Attempt.requested_at > bindparam("since"))


def demand_of(
    session: Session, campaign: Campaign, *, column: Column = Column.HOUR, exact: bool = False, now: datetime
) -> Demand:
    """Weigh open cases against the roster; it changes nothing.

    Without `exact` the background count of the pools serves while it is younger than five minutes: it knows of
    each pool when its first waiting case is due, so the others are taken as due with it.
    """
    rules = rules_of(session, campaign)
    zones = _zones(session, campaign)
    spans = _spans(session, campaign, rules.calling_hours, zones=zones, column=column, now=now)
    booked = session.execute(_BOOKED, _within(campaign.id, spans)).all()
    counted = count_open_cases(
        session, campaign, [pool_id for pool_id, _lect, _at in booked], until=spans[-1].ends_at, exact=exact, now=now
    )
    pace, is_measured = pace_of(session, campaign.id, now=now)
    field = Field(
        spans,
        speakers_of(session, campaign.id, start=spans[0].starts_at, end=spans[-1].ends_at),
        load_understanding(session),
        pace=pace,
        anyone_unknown=rules.language.unknown_lect == UnknownLect.ANYONE,
        serves_partial=rules.language.serve_partial,
    )
    rows = _rows(session, field, counted, column=column, booked=[(lect, at) for _pool, lect, at in booked])
    return Demand(
        campaign_id=campaign.id,
        at=now,
        column=column,
        counted_at=counted.counted_at,
        is_expected=counted.is_expected,
        pace=pace,
        pace_is_measured=is_measured,
        to_anybody=counted.to_anybody,
        spans=tuple(spans),
        lects=rows,
    )


def speakers_of(session: Session, campaign_id: int, *, start: datetime, end: datetime) -> list[Speaker]:
    """Return the interviewers of a campaign with their shifts that touch [start, end)."""
    shifts: dict[int, list[tuple[datetime, datetime]]] = {}
    for shift in shifts_between(session, campaign_id, start=start, end=end):
        shifts.setdefault(shift.person_id, []).append((shift.starts_at, shift.ends_at))
    return [
        Speaker(one.person_id, one.levels, one.does_triage, tuple(shifts.get(one.person_id, ())))
        for one in staff_of(session, campaign_id)
    ]


def pace_of(session: Session, campaign_id: int, *, now: datetime) -> tuple[float, bool]:
    """Return the attempts per interviewer hour, and whether the campaign's last four weeks have shown it.

    An interviewer hour is an hour of the clock in which somebody has dialled at all, so the figure is cautious.
    """
    dials, hours = session.execute(_PACE, {"campaign_id": campaign_id, "since": now - PACE_WINDOW}).one()
    return (dials / hours, True) if hours >= PACE_HOURS else (USUAL_PACE, False)


def _within(campaign_id: int, spans: Sequence[Span]) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "starts": spans[0].starts_at, "ends": spans[-1].ends_at}


def _rows(
    session: Session, field: Field, counted: OpenCases, *, column: Column, booked: Sequence[tuple[str, datetime]]
) -> tuple[LectDemand, ...]:
    backlog = spread(counted.backlog, field.spans)
    times: dict[str, list[datetime]] = {lect: [] for lect, cases in counted.by_lect.items() if round(cases)}
    for lect, at in booked:
        times.setdefault(lect, []).append(at)
    empty = [0.0] * len(field.spans)
    cells = {lect: field.cells(lect, backlog.get(lect, empty), at) for lect, at in times.items()}
    due = {lect: sum(cell.due for cell in row) for lect, row in cells.items()}
    # A backlog is work for weeks: in the hours just ahead only the appointments cannot wait.
    must = due if column == Column.DAY else {lect: float(len(at)) for lect, at in times.items()}
    staffing = field.staffing(due, must)
    names = {lect.tag: lect for lect in session.scalars(select(Lect).where(Lect.tag.in_(times)))}
    rows = [
        LectDemand(
            lect=lect,
            name_zh=names[lect].name_zh,
            name_en=names[lect].name_en,
            open_cases=round(counted.by_lect.get(lect, 0)) + len(times[lect]),
            appointments=len(times[lect]),
            due=due[lect],
            staffing=staffing[lect],
            cells=cells[lect],
        )
        for lect in times
    ]
    return tuple(sorted(rows, key=lambda row: (-row.open_cases, row.lect)))


def _zones(session: Session, campaign: Campaign) -> set[str]:
    used = select(Pool.time_zone).where(Pool.campaign_id == campaign.id).distinct()
    sampled = select(SampleUnit.time_zone).where(SampleUnit.campaign_id == campaign.id).distinct()
    # A campaign in the field has a pool for every zone of its sample.
    return {campaign.time_zone, *session.scalars(used if campaign.state != CampaignState.DRAFT else sampled)}


def _spans(
    session: Session, campaign: Campaign, hours: CallingHours, *, zones: Iterable[str], column: Column, now: datetime
) -> list[Span]:
    begins = now.astimezone(ZoneInfo(campaign.time_zone)).replace(minute=0, second=0, microsecond=0)
    if column == Column.HOUR:
        edges = [begins + timedelta(hours=ahead) for ahead in range(HOURS_AHEAD + 1)]
    else:
        today = begins.date()
        days = [today + timedelta(days=ahead) for ahead in range(_days(session, campaign, today, now=now))]
        edges = [begins, *(day_bounds(day, campaign.time_zone)[1] for day in days)]
    return [span_of(start, end, hours=hours, zones=zones) for start, end in pairwise(edges)]


def _days(session: Session, campaign: Campaign, today: date, *, now: datetime) -> int:
    """Return the days to show: as far as anybody is rostered, a fortnight at least and a quarter at most."""
    rostered = shifts_between(session, campaign.id, start=now, end=now + timedelta(days=MOST_DAYS))
    zone = ZoneInfo(campaign.time_zone)
    last = max((shift.ends_at.astimezone(zone).date() for shift in rostered), default=today)
    return min(max((last - today).days + 1, LEAST_DAYS), MOST_DAYS)


def span_of(start: datetime, end: datetime, *, hours: CallingHours, zones: Iterable[str]) -> Span:
    """Make a column; time is looked at in quarters of an hour, since calling windows begin and end on them."""
    quarters = [start + QUARTER * step for step in range(round((end - start) / QUARTER))]
    allowed = {zone: {at for at in quarters if hours.is_open(at, zone)} for zone in zones}
    windows: list[tuple[datetime, datetime]] = []
    for at in sorted(set().union(*allowed.values())):
        begins = windows.pop()[0] if windows and windows[-1][1] == at else at
        windows.append((begins, at + QUARTER))
    return Span(start, end, {zone: len(found) / 4 for zone, found in allowed.items()}, tuple(windows))
