"""Who works when: bring a roster in, see it week by week, mark who tells lects apart."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, NotFoundError, XiangyinError
from app.core.turns import Router
from app.languages.domain import Level
from app.languages.models import Lect
from app.languages.service import list_lects
from app.sampling.domain import Table
from app.sampling.tables import read_table
from app.staffing.roster import (
    Member,
    RosteredShift,
    RosterReport,
    import_shifts,
    remove_shift,
    set_triage,
    shifts_between,
    staff_of,
)
from app.staffing.timetable import day_bounds
from app.web.forms import SentForm
from app.web.pages import ShownFault, language_for, leave, render, show_error, show_fault

DAYS: Final = 7
SHOWN_ROWS: Final = 100
LEVELS: Final = (Level.INTERVIEWS, Level.CONVERSES, Level.UNDERSTANDS)

router = Router(prefix="/campaigns/{campaign_id:int}/roster", include_in_schema=False)
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@dataclass(frozen=True)
class RosterRow:
    """One interviewer: their lects, the best mastered first, and their shifts of each day of the week shown."""

    member: Member
    lects: list[tuple[Lect, Level]]
    days: list[list[RosteredShift]]
    hours: float


@dataclass(frozen=True)
class Done:
    """What an import did, with its faults in the reader's language."""

    report: RosterReport
    faults: list[ShownFault]


@router.get("")
def show_roster(
    *, request: Request, session: ReadSession, principal: Planner, now: Now, campaign_id: int, day: date | None = None
) -> Response:
    """Show seven days, from today or from a chosen day on."""
    return _page(request, session, principal, campaign_id=campaign_id, day=day, now=now)


@router.post("")
def bring_in(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Import the good rows of a roster and say what is wrong with the others."""
    language = language_for(request, principal)
    try:
        with session.begin_nested():
            campaign = get_campaign(session, campaign_id)
            report = import_shifts(session, campaign, _table_of(sent), actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign_id=campaign_id, error=error, now=now)
    done = Done(report, [show_fault(fault, language) for fault in report.faults[:SHOWN_ROWS]])
    return _page(request, session, principal, campaign_id=campaign_id, done=done, now=now)


@router.post("/triage")
def mark_triage(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    person_id: Annotated[int, Form()], does_triage: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Say whether an interviewer of this campaign takes calls of which no lect is known."""
    if person_id not in {member.person_id for member in staff_of(session, campaign_id)}:
        raise NotFoundError
    set_triage(session, person_id, does_triage=does_triage, actor=principal.actor, now=now)
    return leave(request, f"/campaigns/{campaign_id}/roster")


@router.post("/remove")
def remove(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    shift_id: Annotated[int, Form()], day: Annotated[date | None, Form()] = None,
) -> Response:  # fmt: skip
    """Take one shift off the roster."""
    remove_shift(session, get_campaign(session, campaign_id), shift_id, actor=principal.actor, now=now)
    return leave(request, f"/campaigns/{campaign_id}/roster" + (f"?day={day}" if day else ""))


def _table_of(sent: FormData) -> Table:
    upload = sent.get("roster")
    if not isinstance(upload, UploadFile) or not upload.filename:
        fault = Fault("roster", "Choose a roster (.csv or .xlsx).")
        raise InvalidInputError("The roster cannot be read.", (fault,))
    return read_table(upload.file.read(), upload.filename)


def _page(
    request: Request, session: Session, principal: Principal, *, campaign_id: int, day: date | None = None,
    done: Done | None = None, error: XiangyinError | None = None, now: datetime,
) -> Response:  # fmt: skip
    campaign = get_campaign(session, campaign_id)
    today = now.astimezone(ZoneInfo(campaign.time_zone)).date()
    first = day or today
    days = [first + timedelta(days=ahead) for ahead in range(DAYS)]
    return render(
        request, "roster.html", person=principal, status=error.status if error else 200, campaign=campaign,
        days=days, today=today, rows=_rows(session, campaign, days), done=done,
        earlier=first - timedelta(days=DAYS), later=first + timedelta(days=DAYS),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip


def _rows(session: Session, campaign: Campaign, days: list[date]) -> list[RosterRow]:
    zone = ZoneInfo(campaign.time_zone)
    starts, ends = day_bounds(days[0], campaign.time_zone)[0], day_bounds(days[-1], campaign.time_zone)[1]
    shifts: dict[tuple[int, date], list[RosteredShift]] = {}
    for shift in shifts_between(session, campaign.id, start=starts, end=ends):
        # A night shift that began the day before the first is shown on the first.
        begun = max(shift.starts_at, starts).astimezone(zone).date()
        shifts.setdefault((shift.person_id, begun), []).append(shift)
    lects = {lect.tag: lect for lect in list_lects(session)}
    return [_row(member, lects, [shifts.get((member.person_id, day), []) for day in days])
            for member in staff_of(session, campaign.id)]  # fmt: skip


def _row(member: Member, lects: dict[str, Lect], days: list[list[RosteredShift]]) -> RosterRow:
    mastered = sorted(member.levels.items(), key=lambda held: (LEVELS.index(held[1]), held[0]))
    worked = sum(((shift.ends_at - shift.starts_at) for day in days for shift in day), timedelta(0))
    return RosterRow(member, [(lects[tag], level) for tag, level in mastered], days, worked / timedelta(hours=1))
