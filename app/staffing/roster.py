"""The roster: who is to work in a campaign, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Membership, Person
from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.core.errors import ConflictError, Fault, NotFoundError
from app.languages.domain import Level
from app.staffing.models import Interviewer, InterviewerLect, Shift
from app.staffing.timetable import PlannedShift, SourceTable, read_shifts

NOBODY: Final = "Nobody signs in as %(login)s."
NO_INTERVIEWER: Final = "%(login)s is no interviewer of this campaign. Grant the role first."
OVERLAPS: Final = "%(login)s has another shift at this time. A person is in one place only."
# One person's shifts in two campaigns must not overlap either, so all rosters wait for each other.
_LOCK: Final = select(func.pg_advisory_xact_lock(func.hashtextextended("xiangyin roster", 0)))
_SHIFTS: Final = (
    select(Shift, Person)
    .join(Person, Person.id == Shift.person_id)
    .where(
        Shift.campaign_id == bindparam("campaign_id"),
        Shift.ends_at > bindparam("starts"),
        Shift.starts_at < bindparam("ends"),
        Person.is_active,
    )
    .order_by(Shift.starts_at, Person.login)
)
_STAFF: Final = (
    select(Person, func.coalesce(Interviewer.does_triage, False))
    .outerjoin(Interviewer, Interviewer.person_id == Person.id)
    .where(
        Person.is_active,
        select(Membership.id)
        .where(
            Membership.person_id == Person.id,
            Membership.role == Role.INTERVIEWER,
            (Membership.campaign_id == bindparam("campaign_id")) | Membership.campaign_id.is_(None),
        )
        .exists(),
    )
    .order_by(Person.login)
)


@dataclass(frozen=True)
class Member:
    """An interviewer of a campaign, with what they are certified for."""

    person_id: int
    login: str
    display_name: str
    levels: Mapping[str, Level]
    does_triage: bool


@dataclass(frozen=True)
class RosteredShift:
    """One shift with whose it is."""

    shift_id: int
    person_id: int
    display_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class RosterReport:
    """What an import did: shifts added, those that were there before, and a fault for each row left out."""

    added: int
    known: int
    faults: tuple[Fault, ...]


@dataclass
class _Import:
    """An import under way: whose shifts are there already, and what became of the rows so far."""

    campaign_id: int
    people: Mapping[str, int]
    staff: frozenset[int]
    taken: dict[int, list[Shift]]
    added: list[Shift] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)

    def take(self, row: PlannedShift) -> None:
        """Add one row, or note why not."""
        login = (("login", row.login),)
        person_id = self.people.get(row.login)
        if person_id is None or person_id not in self.staff:
            message = NOBODY if person_id is None else NO_INTERVIEWER
            self.faults.append(Fault(row.login_place, message, login))
            return
        meeting = [one for one in self.taken[person_id] if one.starts_at < row.ends_at and row.starts_at < one.ends_at]
        if any(self._is_same(one, row) for one in meeting):
            self.known += 1
        elif meeting:
            self.faults.append(Fault(row.time_place, OVERLAPS, login))
        else:
            shift = Shift(
                campaign_id=self.campaign_id, person_id=person_id, starts_at=row.starts_at, ends_at=row.ends_at
            )
            self.taken[person_id].append(shift)
            self.added.append(shift)

    def _is_same(self, one: Shift, row: PlannedShift) -> bool:
        stored = (one.campaign_id, one.starts_at, one.ends_at)
        return stored == (self.campaign_id, row.starts_at, row.ends_at)


def import_shifts(
    session: Session, campaign: Campaign, table: SourceTable, *, actor: str, now: datetime
) -> RosterReport:
    """Add the shifts of a table; the same table again adds nothing.

    A bad row is reported and costs no other. Refused are times that cannot be read, people who are no interviewers
    of the campaign, and shifts that overlap another one of the same person, in this campaign or elsewhere.
    Raises InvalidInputError when columns are missing and ConflictError when the campaign is closed.
    """
    _refuse_closed(campaign)
    rows = list(read_shifts(table, campaign.time_zone))
    session.execute(_LOCK)
    under_way = _begin(session, campaign, [row for row in rows if isinstance(row, PlannedShift)])
    for row in rows:
        if isinstance(row, Fault):
            under_way.faults.append(row)
        else:
            under_way.take(row)
    session.add_all(under_way.added)
    session.flush()
    report = RosterReport(len(under_way.added), under_way.known, tuple(under_way.faults))
    details = {"sha256": table.sha256, "added": report.added, "known": report.known, "refused": len(report.faults)}
    _record(session, "roster.imported", campaign.id, actor=actor, details=details, now=now)
    return report


def _begin(session: Session, campaign: Campaign, planned: Sequence[PlannedShift]) -> _Import:
    named = select(Person.login, Person.id).where(Person.login.in_({row.login for row in planned}), Person.is_active)
    people: dict[str, int] = dict(session.execute(named).all())
    taken: dict[int, list[Shift]] = {person_id: [] for person_id in people.values()}
    if planned:
        stored = select(Shift).where(
            Shift.person_id.in_(taken),
            Shift.ends_at > min(row.starts_at for row in planned),
            Shift.starts_at < max(row.ends_at for row in planned),
        )
        for shift in session.scalars(stored):
            taken[shift.person_id].append(shift)
    staff = frozenset(member.person_id for member in staff_of(session, campaign.id))
    return _Import(campaign.id, people, staff, taken)


def remove_shift(session: Session, campaign: Campaign, shift_id: int, *, actor: str, now: datetime) -> None:
    """Take a shift off the roster; raises NotFoundError when the campaign has no such shift."""
    _refuse_closed(campaign)
    shift = session.get(Shift, shift_id)
    if shift is None or shift.campaign_id != campaign.id:
        raise NotFoundError
    session.delete(shift)
    session.flush()
    details = {"person_id": shift.person_id, "starts_at": shift.starts_at.isoformat()}
    _record(session, "roster.shift_removed", campaign.id, actor=actor, details=details, now=now)


def shifts_between(session: Session, campaign_id: int, *, start: datetime, end: datetime) -> list[RosteredShift]:
    """Return the shifts that touch [start, end), in their order; people who left are not counted on."""
    found = session.execute(_SHIFTS, {"campaign_id": campaign_id, "starts": start, "ends": end})
    return [
        RosteredShift(shift.id, shift.person_id, person.display_name, shift.starts_at, shift.ends_at)
        for shift, person in found
    ]


def staff_of(session: Session, campaign_id: int) -> list[Member]:
    """Return everybody who may interview in a campaign, on the roster or not, by sign-in name."""
    staff = session.execute(_STAFF, {"campaign_id": campaign_id}).all()
    levels: dict[int, dict[str, Level]] = {person.id: {} for person, _ in staff}
    held = select(InterviewerLect).where(InterviewerLect.person_id.in_(levels)).order_by(InterviewerLect.lect)
    for row in session.scalars(held):
        levels[row.person_id][row.lect] = Level(row.level)
    return [
        Member(person.id, person.login, person.display_name, levels[person.id], does_triage)
        for person, does_triage in staff
    ]


def set_triage(session: Session, person_id: int, *, does_triage: bool, actor: str, now: datetime) -> None:
    """Say whether somebody takes calls of which no lect is known; saying it twice changes nothing."""
    before = session.get(Interviewer, person_id)
    if does_triage == (before is not None and before.does_triage):
        return
    row = {"person_id": person_id, "does_triage": does_triage}
    kept = insert(Interviewer).values(row)
    session.execute(kept.on_conflict_do_update(index_elements=["person_id"], set_={"does_triage": does_triage}))
    if before is not None:
        session.refresh(before)
    audit.record(
        session,
        "interviewer.triage_set",
        actor=actor,
        subject=f"person:{person_id}",
        details={"does_triage": does_triage},
        now=now,
    )


def _refuse_closed(campaign: Campaign) -> None:
    if campaign.state == CampaignState.CLOSED:
        raise ConflictError("The campaign is closed. Nobody works in it any more.")


def _record(
    session: Session, act: str, campaign_id: int, *, actor: str, details: Mapping[str, object], now: datetime
) -> None:
    subject = f"campaign:{campaign_id}"
    audit.record(session, act, actor=actor, subject=subject, campaign_id=campaign_id, details=details, now=now)
