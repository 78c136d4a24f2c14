"""How punctually appointments are kept: in the whole campaign, by lect, and by the interviewer who was asked for."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, case, func, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.dialing.appointments import IS_OPEN
from app.dialing.domain import AppointmentKind
from app.dialing.models import Appointment, Case, Pool
from app.languages.models import Lect

TOLERANCE: Final = timedelta(minutes=5)
USUAL_DAYS: Final = 28
MOST_DAYS: Final = 366

_IS_EXACT: Final = Appointment.kind == AppointmentKind.HARD
_LATE_BY: Final = case(
    (_IS_EXACT, Appointment.kept_at - Appointment.starts_at),
    else_=func.greatest(Appointment.kept_at - Appointment.ends_at, timedelta(0)),
)
_IN_TIME: Final = case(
    (_IS_EXACT, Appointment.kept_at.between(Appointment.starts_at - TOLERANCE, Appointment.starts_at + TOLERANCE)),
    else_=Appointment.kept_at.between(Appointment.starts_at, Appointment.ends_at),
)
# The index by campaign and time bounds what is read; each appointment then costs its case and its pool by their keys.
_DUE: Final = (
    select(
        func.coalesce(Appointment.lect, Pool.lect).label("lect"),
        Appointment.with_id,
        _IS_EXACT.label("is_exact"),
        func.coalesce(_IN_TIME, False).label("in_time"),
        Appointment.missed_at.is_not(None).label("was_missed"),
        (IS_OPEN & Appointment.missed_at.is_not(None)).label("is_waiting"),
        (Appointment.kept_by != Appointment.with_id).label("by_somebody_else"),
        (func.extract("epoch", _LATE_BY) / 60).label("minutes"),
    )
    .join(Case, Case.id == Appointment.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .where(
        Appointment.campaign_id == bindparam("campaign_id"),
        Appointment.starts_at >= bindparam("since"),
        Appointment.starts_at <= bindparam("now"),
        Appointment.kept_at.is_not(None) | Appointment.missed_at.is_not(None),
    )
    .subquery()
)
_PERIOD: Final = ~_DUE.c.is_exact
_FIGURES: Final = select(
    func.grouping(_DUE.c.lect, _DUE.c.with_id).label("left_out"),
    _DUE.c.lect,
    _DUE.c.with_id,
    func.count().filter(_DUE.c.is_exact).label("exact_due"),
    func.count().filter(_DUE.c.is_exact, _DUE.c.in_time).label("exact_in_time"),
    func.count().filter(_PERIOD).label("period_due"),
    func.count().filter(_PERIOD, _DUE.c.in_time).label("period_in_time"),
    func.count().filter(_DUE.c.was_missed).label("missed"),
    func.count().filter(_DUE.c.is_waiting).label("still_waiting"),
    func.count().filter(_DUE.c.by_somebody_else).label("kept_by_others"),
    func.percentile_cont(0.5).within_group(_DUE.c.minutes).label("median_minutes_late"),
).group_by(func.grouping_sets(tuple_(), tuple_(_DUE.c.lect), tuple_(_DUE.c.with_id)))
_AHEAD: Final = select(func.count()).where(
    Appointment.campaign_id == bindparam("campaign_id"), Appointment.starts_at > bindparam("now"), IS_OPEN
)
# What GROUPING says of the two columns: a bit is set for each that a row was not grouped by.
_OF_ALL, _OF_LECT, _OF_PERSON = 0b11, 0b01, 0b10


@dataclass(frozen=True)
class Punctuality:
    """Figures of appointments that have come due: kept by a call, or missed by the rules of the campaign.

    Those that were superseded before their time are not among them. An exact time is kept **in time** by a call
    within `TOLERANCE` of it, |kept_at - starts_at| <= 5 min; a part of a day or a preference by a call within its
    period, starts_at <= kept_at <= ends_at. `missed` counts those for which nobody had called when the rules gave them
    up (exact ones some minutes after the time, others at the end of the period), whether they were kept late or not;
    `still_waiting` are those of them that nobody has called yet. `median_minutes_late` is the median, over those
    that were kept, of kept_at - starts_at for exact times (negative where the call came early) and of the time past
    the period's end for others (0 within it); None where none was kept. `kept_by_others` counts those kept by somebody
    else than the interviewer whom the respondent had asked for.
    """

    exact_due: int = 0
    exact_in_time: int = 0
    period_due: int = 0
    period_in_time: int = 0
    missed: int = 0
    still_waiting: int = 0
    kept_by_others: int = 0
    median_minutes_late: float | None = None

    @property
    def exact_share(self) -> float | None:
        """Return exact_in_time / exact_due."""
        return self.exact_in_time / self.exact_due if self.exact_due else None

    @property
    def period_share(self) -> float | None:
        """Return period_in_time / period_due."""
        return self.period_in_time / self.period_due if self.period_due else None


@dataclass(frozen=True)
class LectPunctuality:
    """The figures of one lect: the agreed one, or that of the pool in which the case is now."""

    lect: str
    name_zh: str
    name_en: str
    figures: Punctuality


@dataclass(frozen=True)
class PersonPunctuality:
    """The figures of the appointments with one interviewer by name, whoever kept them."""

    person_id: int
    display_name: str
    figures: Punctuality


@dataclass(frozen=True)
class PunctualityReport:
    """A campaign's appointments of some days; lects come by number, people by name, which ranks nobody.

    `ahead` counts the open appointments whose time is still to come.
    """

    campaign_id: int
    since: datetime
    until: datetime
    ahead: int
    whole: Punctuality = Punctuality()
    by_lect: tuple[LectPunctuality, ...] = ()
    by_interviewer: tuple[PersonPunctuality, ...] = field(default_factory=tuple)


def punctuality_of(session: Session, campaign: Campaign, *, days: int = USUAL_DAYS, now: datetime) -> PunctualityReport:
    """Tell how punctually the appointments for the last `days` were kept; reads appointments and no attempts."""
    since = now - timedelta(days=days)
    wanted = {"campaign_id": campaign.id, "since": since, "now": now}
    rows = session.execute(_FIGURES, wanted).mappings().all()
    whole = next((_figures(row) for row in rows if row["left_out"] == _OF_ALL), Punctuality())
    return PunctualityReport(
        campaign_id=campaign.id,
        since=since,
        until=now,
        ahead=session.scalars(_AHEAD, wanted).one(),
        whole=whole,
        by_lect=_by_lect(session, {row["lect"]: _figures(row) for row in rows if row["left_out"] == _OF_LECT}),
        by_interviewer=_by_interviewer(
            session,
            {row["with_id"]: _figures(row) for row in rows if row["left_out"] == _OF_PERSON and row["with_id"]},
        ),
    )


def _figures(row: RowMapping) -> Punctuality:
    figures: dict[str, Any] = {name: row[name] for name in Punctuality.__dataclass_fields__}
    return Punctuality(**figures)


def _by_lect(session: Session, found: dict[str, Punctuality]) -> tuple[LectPunctuality, ...]:
    lects = session.scalars(select(Lect).where(Lect.tag.in_(found)))
    rows = [LectPunctuality(lect.tag, lect.name_zh, lect.name_en, found[lect.tag]) for lect in lects]
    return tuple(sorted(rows, key=lambda row: (-row.figures.exact_due - row.figures.period_due, row.lect)))


def _by_interviewer(session: Session, found: dict[int, Punctuality]) -> tuple[PersonPunctuality, ...]:
    people = session.scalars(select(Person).where(Person.id.in_(found)).order_by(Person.display_name, Person.id))
    return tuple(PersonPunctuality(person.id, person.display_name, found[person.id]) for person in people)
