"""Interviewers who work cases without a screen: each move calls the service that the desk calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.appointments import Agreed, book_appointment
from app.dialing.calls import DialledCase, apply_events, last_attempt, open_attempt
from app.dialing.domain import AppointmentKind
from app.dialing.models import Appointment, Attempt, Case, Pool
from app.dialing.outcomes import Coding, code_outcome, give_back
from app.dialing.queue import take_next_case
from app.dialing.tick import tick
from app.telephony.domain import CallEvent, CallEventKind, Ending
from tests.stage import Survey

NANNING = "450100"  # 普通话 0.40, 壮语 0.30, 粤语 0.18
NUMBERS = tuple(f"1397711{tail}" for tail in range(2345, 2365))
AddCases = Callable[..., list[Case]]


@dataclass
class Caller:
    """An interviewer at work; `at` is their clock."""

    survey: Survey
    person: Person
    at: datetime

    @property
    def session(self) -> Session:
        return self.survey.session

    def wait(self, by: timedelta) -> None:
        """Let time pass, and the scheduler do its work."""
        self.at += by
        tick(self.session, now=self.at)

    def take(self) -> Case:
        case_id = take_next_case(self.session, self.survey.campaign.id, self.person.id, now=self.at)
        return self.session.get_one(Case, case_id, populate_existing=True)

    def dialled(self, case: Case) -> DialledCase:
        zone = self.session.get_one(Pool, case.pool_id).time_zone
        return DialledCase(case, last_attempt(self.session, case.id), zone)

    def dial(self, case: Case) -> Attempt:
        return open_attempt(self.session, self.dialled(case), self.person.id, now=self.at)

    def report(self, attempt: Attempt, *kinds: CallEventKind, ending: Ending | None = None) -> None:
        """Let the network report these events, in this order, as numbers 1, 2, ..."""
        events = [
            CallEvent(attempt.id, number, kind, self.at, ending if kind == CallEventKind.ENDED else None)
            for number, kind in enumerate(kinds, 1)
        ]
        apply_events(self.session, events, now=self.at)

    def call(self, case: Case, ending: Ending = Ending.HUNG_UP_BY_US, *, rings: bool = True) -> Attempt:
        """Dial and hold a whole call; somebody answers where the ending says so."""
        attempt = self.dial(case)
        kinds = [CallEventKind.RINGING] if rings else []
        if ending in {Ending.HUNG_UP_BY_US, Ending.HUNG_UP_BY_RESPONDENT}:
            kinds.append(CallEventKind.ANSWERED)
        self.report(attempt, *kinds, CallEventKind.ENDED, ending=ending)
        return attempt

    def code(self, case: Case, code: str, *, lect: str | None = None) -> Case:
        coding = Coding(code=code, lect=lect)
        code_outcome(self.session, self.dialled(case), coding, vault=self.survey.vault, now=self.at)
        return case

    def book(
        self, case: Case, after: timedelta, *, kind: str = "hard", lect: str | None = None, with_me: bool = False
    ) -> Appointment:
        agreed = Agreed(
            kind=AppointmentKind(kind),
            starts_at=self.at + after,
            lect=lect,
            with_id=self.person.id if with_me else None,
        )
        return book_appointment(self.session, case, agreed, person_id=self.person.id, now=self.at)

    def give_back(self, case: Case) -> None:
        give_back(self.session, self.dialled(case), person_id=self.person.id, now=self.at)
