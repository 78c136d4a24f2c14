"""Which recorded greetings the respondent of a case has heard, for the supervisor's page of that case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import GreetingClip
from app.dialing.models import Attempt
from app.interviewing.models import ClipPlay
from app.languages.models import Lect


@dataclass(frozen=True)
class GreetingPlayed:
    """One playing of a recorded greeting; `begun_by` is None where it played by itself."""

    at: datetime
    called_at: datetime  # when the call was dialled that it was played in
    name_zh: str
    name_en: str
    version: int
    seconds: float
    begun_by: str | None
    problem: str | None  # why it was not heard after all; an English gettext id

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return timedelta(seconds=self.seconds)


def greetings_of_case(session: Session, case_id: int) -> tuple[GreetingPlayed, ...]:
    """Return every playing in the calls of a case, the newest first."""
    played = (
        select(
            ClipPlay.at, Attempt.requested_at, Lect.name_zh, Lect.name_en, GreetingClip.version, GreetingClip.seconds,
            Person.display_name, ClipPlay.problem,
        )
        .join(Attempt, Attempt.id == ClipPlay.attempt_id)
        .join(GreetingClip, GreetingClip.id == ClipPlay.clip_id)
        .join(Lect, Lect.tag == GreetingClip.lect)
        .outerjoin(Person, Person.id == ClipPlay.person_id)
        .where(Attempt.case_id == case_id)
        .order_by(ClipPlay.id.desc())
    )  # fmt: skip
    return tuple(GreetingPlayed(*row) for row in session.execute(played))
