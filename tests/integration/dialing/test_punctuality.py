"""How punctually appointments are kept, counted from the appointments alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.dialing.models import Appointment, Case
from app.dialing.punctuality import Punctuality, PunctualityReport, punctuality_of
from tests.callers import Caller
from tests.stage import Survey

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Book:
    """Appointments as they came out, each written down by hand."""

    def __init__(self, survey: Survey, case: Case, person: Person) -> None:
        self.survey, self.case, self.person = survey, case, person

    def add(
        self, kept: timedelta | None, *, kind: str = "hard", missed: bool = False, lect: str | None = None,
        with_id: int | None = None, ago: timedelta = HOUR * 10, superseded: bool = False,
    ) -> None:  # fmt: skip
        """Book a time so long ago, kept so much after it; a period lasts three hours."""
        starts_at = self.survey.now - ago
        self.survey.session.add(
            Appointment(
                campaign_id=self.survey.campaign.id, case_id=self.case.id, kind=kind, starts_at=starts_at,
                ends_at=None if kind == "hard" else starts_at + HOUR * 3, lect=lect, booked_by=self.person.id,
                booked_at=starts_at - HOUR, with_id=with_id, kept_at=None if kept is None else starts_at + kept,
                kept_by=None if kept is None else self.person.id, missed_at=starts_at + HOUR if missed else None,
                superseded_at=starts_at if superseded else None,
            )
        )  # fmt: skip
        self.survey.session.flush()

    def report(self, days: int = 28) -> PunctualityReport:
        return punctuality_of(self.survey.session, self.survey.campaign, days=days, now=self.survey.now)


@pytest.fixture
def book(survey: Survey, case: Case, ana: Person) -> Book:
    return Book(survey, case, ana)


@pytest.mark.parametrize(
    ("kept", "in_time"), [(-MINUTE * 2, 1), (MINUTE * 5, 1), (MINUTE * 5 + timedelta(seconds=1), 0), (-MINUTE * 6, 0)]
)
def test_an_exact_time_is_kept_within_five_minutes(book: Book, kept: timedelta, in_time: int) -> None:
    book.add(kept)
    assert (book.report().whole.exact_due, book.report().whole.exact_in_time) == (1, in_time)


@pytest.mark.parametrize("kind", ["medium", "soft"])
@pytest.mark.parametrize(("kept", "in_time"), [(timedelta(0), 1), (HOUR * 3, 1), (HOUR * 3 + MINUTE, 0)])
def test_a_part_of_a_day_is_kept_within_its_period(book: Book, kind: str, kept: timedelta, in_time: int) -> None:
    book.add(kept, kind=kind)
    assert (book.report().whole.period_due, book.report().whole.period_in_time) == (1, in_time)


def test_missed_ones_count_whether_kept_late_or_not_yet(book: Book) -> None:
    book.add(MINUTE * 30, missed=True)
    book.add(None, missed=True)
    book.add(None, missed=True, superseded=True)
    whole = book.report().whole
    assert (whole.exact_due, whole.exact_in_time, whole.missed, whole.still_waiting) == (3, 0, 3, 1)
    assert whole.exact_share == 0


def test_the_median_lateness_is_that_of_the_kept_ones(book: Book) -> None:
    for kept in (-MINUTE, MINUTE * 2, MINUTE * 40):
        book.add(kept)
    book.add(None, missed=True)
    assert book.report().whole.median_minutes_late == pytest.approx(2)
    book.add(HOUR * 2, kind="medium")
    assert book.report().whole.median_minutes_late == pytest.approx(1)


def test_what_is_ahead_not_due_superseded_or_long_ago_is_not_judged(book: Book) -> None:
    book.add(None, ago=-HOUR)
    book.add(None, ago=MINUTE)
    book.add(None, superseded=True)
    book.add(MINUTE, ago=timedelta(days=30))
    assert (book.report().whole, book.report().ahead) == (Punctuality(), 1)
    assert book.report(days=31).whole.exact_due == 1


def test_lects_are_the_agreed_ones_or_those_of_the_case(book: Book) -> None:
    book.add(MINUTE, lect="za")
    book.add(MINUTE)
    book.add(None, missed=True)
    told = [(row.lect, row.figures.exact_due, row.figures.exact_share) for row in book.report().by_lect]
    assert told == [("cmn-x-putonghu", 2, 0.5), ("za", 1, 1.0)]


def test_interviewers_asked_for_come_by_name_and_only_they(book: Book, ana: Person, bao: Person) -> None:
    book.add(MINUTE)
    book.add(MINUTE * 20, with_id=bao.id)
    book.add(MINUTE * 20, with_id=bao.id)
    book.add(MINUTE, with_id=ana.id)
    told = [(row.display_name, row.figures.exact_in_time, row.figures.kept_by_others)
            for row in book.report().by_interviewer]  # fmt: skip
    assert told == [("Ana", 1, 0), ("Bao", 0, 2)]


def test_a_call_as_agreed_is_counted(ana_calls: Caller, case: Case, survey: Survey) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR, with_me=True)
    ana_calls.code(case, "appointment")
    ana_calls.wait(booked.starts_at - ana_calls.at + MINUTE)
    ana_calls.call(ana_calls.take())
    ana_calls.at += MINUTE * 20
    ana_calls.code(case, "call_later")
    report = punctuality_of(survey.session, survey.campaign, now=ana_calls.at)
    assert report.whole.exact_share == 1
    assert report.whole.median_minutes_late == pytest.approx(1)
    assert [row.display_name for row in report.by_interviewer] == ["Ana"]


def test_other_campaigns_are_not_counted(book: Book, other_campaign: Campaign, session: Session, now: datetime) -> None:
    book.add(MINUTE)
    assert punctuality_of(session, other_campaign, now=now).whole == Punctuality()


def test_no_attempt_is_read_for_it(book: Book, session: Session) -> None:
    book.add(MINUTE)
    said: list[str] = []
    note = lambda *args: said.append(args[2])  # noqa: E731  an event's listener, taken off again below
    event.listen(session.connection(), "before_cursor_execute", note)
    book.report()
    event.remove(session.connection(), "before_cursor_execute", note)
    assert any("appointment" in statement for statement in said)
    assert not any("attempt" in statement for statement in said)
