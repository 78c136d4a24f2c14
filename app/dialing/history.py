"""Read a case's past as the rules see it."""

from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours
from app.dialing.models import Attempt, Case
from app.dialing.treatment import Dial, History
from app.languages.domain import Match
from app.sampling.models import PhoneNumber

_DIALS: Final = (
    select(
        Attempt.requested_at,
        PhoneNumber.position,
        Attempt.outcome,
        Attempt.rang_at,
        Attempt.answered_at,
        Attempt.time_slice,
        Attempt.match,
    )
    .join(PhoneNumber, PhoneNumber.id == Attempt.phone_number_id)
    .where(Attempt.case_id == bindparam("case_id"), Attempt.outcome.is_not(None))
    .order_by(Attempt.id)
)
_NUMBERS: Final = select(func.count()).where(PhoneNumber.sample_unit_id == bindparam("sample_unit_id"))


def history_of(session: Session, case: Case, *, interview_started: bool) -> History:
    """Return the coded dials of a case and what else the rules look at."""
    dials = tuple(
        Dial(
            at=row.requested_at,
            position=row.position,
            outcome=row.outcome,
            rang=row.rang_at is not None or row.answered_at is not None,
            answered=row.answered_at is not None,
            time_slice=row.time_slice,
            is_matched=row.match == Match.FULL,
        )
        for row in session.execute(_DIALS, {"case_id": case.id})
    )
    return History(
        dials,
        numbers=session.scalar(_NUMBERS, {"sample_unit_id": case.sample_unit_id}) or 1,
        interview_started=interview_started,
        wish=CallingHours.read(case.wish) if case.wish else None,
    )
