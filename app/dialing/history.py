"""Read a case's past as the rules see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours
from app.core.straight import rows
from app.dialing.models import Case
from app.dialing.treatment import Dial, History
from app.languages.domain import Match

_PAST: Final = """
    SELECT (SELECT count(*) FROM phone_number WHERE sample_unit_id = %(unit)s) AS numbers,
        (
            SELECT json_agg(
                json_build_array(requested_at, phone_number.position, outcome, rang_at IS NOT NULL,
                                 answered_at IS NOT NULL, time_slice, match, direction = 'inbound')
                ORDER BY attempt.id
            )
            FROM attempt JOIN phone_number ON phone_number.id = phone_number_id
            WHERE case_id = %(case_id)s AND outcome IS NOT NULL
        ) AS dials
"""


@dataclass(frozen=True)
class _Past:
    numbers: int
    dials: list[list[Any]] | None


def history_of(session: Session, case: Case, *, interview_started: bool) -> History:
    """Return the coded dials of a case and what else the rules look at."""
    [past] = rows(session, _Past, _PAST, unit=case.sample_unit_id, case_id=case.id)
    dials = tuple(
        Dial(
            at=datetime.fromisoformat(requested_at),
            position=position,
            outcome=outcome,
            rang=rang or answered,
            answered=answered,
            time_slice=time_slice,
            is_matched=match == Match.FULL,
            is_inbound=is_inbound,
        )
        for requested_at, position, outcome, rang, answered, time_slice, match, is_inbound in past.dials or ()
    )
    return History(
        dials,
        numbers=past.numbers or 1,
        interview_started=interview_started,
        wish=CallingHours.read(case.wish) if case.wish else None,
    )
