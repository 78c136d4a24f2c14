"""Read a case's past as the rules see it."""

from collections.abc import Sequence
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
    SELECT asked.case_id, (SELECT count(*) FROM phone_number WHERE sample_unit_id = asked.unit_id) AS numbers,
        (
            SELECT json_agg(
                json_build_array(requested_at, phone_number.position, outcome, rang_at IS NOT NULL,
                                 answered_at IS NOT NULL, time_slice, match, direction = 'inbound')
                ORDER BY attempt.id
            )
            FROM attempt JOIN phone_number ON phone_number.id = phone_number_id
            WHERE attempt.case_id = asked.case_id AND outcome IS NOT NULL
        ) AS dials
    FROM
"""
# For one case there is a statement of its own: with lists, PostgreSQL plans each time anew.
_OF_ONE: Final = f"{_PAST} (VALUES (%(case_id)s::bigint, %(unit_id)s::bigint)) AS asked(case_id, unit_id)"
_OF_MANY: Final = f"{_PAST} unnest(%(case_ids)s::bigint[], %(unit_ids)s::bigint[]) AS asked(case_id, unit_id)"


@dataclass(frozen=True)
class _Past:
    case_id: int
    numbers: int
    dials: list[list[Any]] | None

    def as_history(self, case: Case, *, interview_started: bool) -> History:
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
            for requested_at, position, outcome, rang, answered, time_slice, match, is_inbound in self.dials or ()
        )
        return History(
            dials,
            numbers=self.numbers or 1,
            interview_started=interview_started,
            wish=CallingHours.read(case.wish) if case.wish else None,
        )


def history_of(session: Session, case: Case, *, interview_started: bool) -> History:
    """Return the coded dials of a case and what else the rules look at."""
    [past] = rows(session, _Past, _OF_ONE, case_id=case.id, unit_id=case.sample_unit_id)
    return past.as_history(case, interview_started=interview_started)


def histories_of(session: Session, cases: Sequence[Case]) -> dict[int, History]:
    """Return the histories of cases whose interviews have not begun, by case id: one statement for all of them."""
    case_ids, unit_ids = [case.id for case in cases], [case.sample_unit_id for case in cases]
    pasts = {past.case_id: past for past in rows(session, _Past, _OF_MANY, case_ids=case_ids, unit_ids=unit_ids)}
    return {case.id: pasts[case.id].as_history(case, interview_started=False) for case in cases}
