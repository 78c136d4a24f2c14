"""An appointment from the desk: agreed on, kept by an interview, or superseded by one that began before its time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dialing.models import Appointment
from app.dialing.supervision import call_now
from app.languages.domain import PUTONGHUA
from tests.stage import Desk, Survey

HOUR = timedelta(hours=1)


def agree(desk: Desk, session: Session, **more: object) -> Appointment:
    """Talk with the respondent and agree on a time in five hours."""
    desk.reach()
    desk.post("appointments", {"starts_at": (desk.clock() + HOUR * 5).isoformat(), **more})
    desk.post("hang-up")
    desk.post("outcome", {"code": "appointment"})
    return session.scalars(select(Appointment)).one()


def test_an_interview_that_begins_in_time_keeps_it(desk: Desk, session: Session) -> None:
    booked = agree(desk, session)
    desk.pass_time(HOUR * 5)
    desk.reach()
    called_at = desk.clock()
    desk.pass_time(timedelta(minutes=3))
    desk.post("interview", {"lect": PUTONGHUA})
    session.refresh(booked)
    assert booked.kept_at == called_at


def test_an_interview_that_begins_before_the_time_supersedes_it(desk: Desk, session: Session, survey: Survey) -> None:
    booked = agree(desk, session)
    desk.pass_time(HOUR)
    call_now(session, survey.campaign, booked.case_id, actor="person:1", now=desk.clock())
    desk.reach()
    desk.post("interview", {"lect": PUTONGHUA})
    session.refresh(booked)
    assert (booked.kept_at, booked.superseded_at) == (None, desk.clock())


def test_a_period_is_kept_with_its_end(desk: Desk, session: Session) -> None:
    ends_at = desk.clock() + HOUR * 7
    booked = agree(desk, session, kind="medium", ends_at=ends_at.isoformat())
    assert booked.ends_at == ends_at
