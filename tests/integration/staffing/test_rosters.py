"""A roster comes in once, names every bad row, and never puts a person in two places."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.campaigns.service import close_campaign
from app.core.errors import ConflictError, NotFoundError
from app.languages.domain import PUTONGHUA, Level
from app.sampling.tables import read_table
from app.staffing.models import Shift
from app.staffing.roster import RosterReport, import_shifts, remove_shift, set_triage, shifts_between, staff_of
from app.staffing.service import does_triage
from tests.stage import Survey

ROSTER = (
    "login,starts,ends",
    "ana,2026-11-23 09:00,2026-11-23 13:00",
    "bao,2026-11-23 17:00,2026-11-23 21:00",
)
DAY = timedelta(days=1)
Bring = Callable[..., RosterReport]


@pytest.fixture
def bring(session: Session, survey: Survey, now: datetime) -> Bring:
    def run(*lines: str, into: Campaign | None = None) -> RosterReport:
        table = read_table("\n".join(lines or ROSTER).encode(), "roster.csv")
        return import_shifts(session, into or survey.campaign, table, actor="person:1", now=now)

    return run


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.chain, AuditEntry.position)))


def test_good_rows_become_shifts_in_their_order(session: Session, bring: Bring, survey: Survey, now: datetime) -> None:
    assert bring().added == 2
    shifts = shifts_between(session, survey.campaign.id, start=now, end=now + DAY)
    assert [(shift.display_name, shift.starts_at) for shift in shifts] == [
        ("Ana", now - timedelta(hours=1)),
        ("Bao", now + timedelta(hours=7)),
    ]


def test_the_same_roster_again_adds_nothing(session: Session, bring: Bring) -> None:
    bring()
    again = bring()
    assert (again.added, again.known, again.faults) == (0, 2, ())
    assert session.scalar(select(func.count()).select_from(Shift)) == 2


@pytest.mark.parametrize("row", ["ana,2026-11-23 12:00,2026-11-23 14:00", "ana,2026-11-23 09:00,2026-11-23 14:00"])
def test_an_overlapping_shift_is_refused(bring: Bring, row: str) -> None:
    bring()
    [fault] = bring(ROSTER[0], row).faults
    assert fault.where == "row 2, column starts"
    assert "another shift at this time" in fault.words()


def test_rows_of_one_file_must_not_overlap_either(bring: Bring) -> None:
    report = bring(*ROSTER, "ana,2026-11-23 12:59,2026-11-23 14:00", "ana,2026-11-23 13:00,2026-11-23 14:00")
    assert (report.added, [fault.where for fault in report.faults]) == (3, ["row 4, column starts"])


def test_a_shift_in_another_campaign_counts_too(bring: Bring, other_campaign: Campaign) -> None:
    bring()
    assert len(bring(into=other_campaign).faults) == 2


@pytest.mark.parametrize(("login", "said"), [("nobody", "Nobody signs in"), ("sue", "no interviewer of this campaign")])
def test_who_cannot_interview_is_refused(bring: Bring, sue: Person, login: str, said: str) -> None:
    [fault] = bring(ROSTER[0], f"{login},2026-11-23 09:00,2026-11-23 13:00").faults
    assert fault.where == "row 2, column login"
    assert said in fault.words()


def test_a_closed_campaign_takes_no_roster(session: Session, bring: Bring, survey: Survey, now: datetime) -> None:
    close_campaign(session, survey.campaign, actor="system", now=now)
    with pytest.raises(ConflictError):
        bring()


def test_a_shift_is_taken_off(session: Session, bring: Bring, survey: Survey, now: datetime) -> None:
    bring()
    first, second = shifts_between(session, survey.campaign.id, start=now, end=now + DAY)
    remove_shift(session, survey.campaign, first.shift_id, actor="person:1", now=now)
    assert shifts_between(session, survey.campaign.id, start=now, end=now + DAY) == [second]
    assert acts(session)[-2:] == ["roster.imported", "roster.shift_removed"]


def test_a_shift_of_another_campaign_cannot_be_taken_off(
    session: Session, bring: Bring, survey: Survey, other_campaign: Campaign, now: datetime
) -> None:
    bring()
    [shift, _] = shifts_between(session, survey.campaign.id, start=now, end=now + DAY)
    with pytest.raises(NotFoundError):
        remove_shift(session, other_campaign, shift.shift_id, actor="person:1", now=now)


def test_the_staff_are_the_interviewers_of_the_campaign(
    session: Session, survey: Survey, sue: Person, zoe: Person, other_campaign: Campaign, now: datetime
) -> None:
    grant_role(session, zoe, Role.INTERVIEWER, campaign_id=other_campaign.id, now=now)
    staff = staff_of(session, survey.campaign.id)
    assert [member.login for member in staff] == ["ana", "bao"]
    assert staff[0].levels == {PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS}
    assert [member.login for member in staff_of(session, other_campaign.id)] == ["ana", "bao", "zoe"]


def test_who_has_left_is_on_no_roster(
    session: Session, bring: Bring, survey: Survey, ana: Person, now: datetime
) -> None:
    bring()
    ana.is_active = False
    session.flush()
    assert [shift.display_name for shift in shifts_between(session, survey.campaign.id, start=now, end=now + DAY)] == [
        "Bao"
    ]
    assert [member.login for member in staff_of(session, survey.campaign.id)] == ["bao"]


def test_the_mark_of_triage_is_set_and_taken_once_each(session: Session, ana: Person, now: datetime) -> None:
    for wanted in (False, True, True, False, False):
        set_triage(session, ana.id, does_triage=wanted, actor="person:1", now=now)
        assert does_triage(session, ana.id) is wanted
    assert acts(session).count("interviewer.triage_set") == 2
