"""What the trust measures do: contact, misread calls and completed interviews, with and without each of them."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.outcomes import COMPLETE
from app.core.straight import rows
from app.dialing.intervals import Interval, difference_of, share_of
from app.dialing.measures import Measure

# Only cases that could have been drawn either way are compared. No answer is read: a case is complete or it is not.
_COUNTS: Final = """
    SELECT drawn.measure, drawn.is_given, count(*) AS cases, count(*) FILTER (WHERE tries.dials > 0) AS called,
        count(*) FILTER (WHERE tries.contacted) AS contacted, count(*) FILTER (WHERE tries.misread) AS misread,
        count(*) FILTER (WHERE survey_case.outcome = %(complete)s) AS completes
    FROM survey_case
    JOIN case_measure AS drawn ON drawn.case_id = survey_case.id AND drawn.share > 0 AND drawn.share < 1
    CROSS JOIN LATERAL (
        SELECT count(*) AS dials, bool_or(attempt.answered_at IS NOT NULL) AS contacted,
            bool_or(attempt.answered_at IS NOT NULL AND outcome.misread) AS misread
        FROM attempt
        LEFT JOIN outcome ON outcome.campaign_id = attempt.campaign_id AND outcome.code = attempt.outcome
        WHERE attempt.case_id = survey_case.id
    ) AS tries
    WHERE survey_case.campaign_id = %(campaign)s
    GROUP BY drawn.measure, drawn.is_given
"""


@dataclass(frozen=True)
class ArmCounts:
    """Cases of one arm: those called at least once, those where somebody picked up, and what became of them."""

    cases: int = 0
    called: int = 0
    contacted: int = 0
    misread: int = 0
    completes: int = 0


@dataclass(frozen=True)
class Compared:
    """One rate in both arms, and the first minus the second; None where there is nothing to count."""

    name: str  # contact, misread or completion
    given: Interval | None
    held_out: Interval | None
    difference: Interval | None


@dataclass(frozen=True)
class Effect:
    """One measure: both arms and their rates."""

    measure: Measure
    given: ArmCounts
    held_out: ArmCounts
    rates: tuple[Compared, ...]


@dataclass(frozen=True)
class _Row:
    measure: str
    is_given: bool
    cases: int
    called: int
    contacted: int
    misread: int
    completes: int


def effects_of(session: Session, campaign: Campaign) -> list[Effect]:
    """Compare, for each measure, the cases that get it with those that were held out."""
    found = rows(session, _Row, _COUNTS, campaign=campaign.id, complete=COMPLETE)
    arms = {
        (row.measure, row.is_given): ArmCounts(row.cases, row.called, row.contacted, row.misread, row.completes)
        for row in found
    }
    return [
        effect_of(measure, arms.get((measure, True), ArmCounts()), arms.get((measure, False), ArmCounts()))
        for measure in Measure
        if (measure, True) in arms or (measure, False) in arms
    ]


def effect_of(measure: Measure, given: ArmCounts, held_out: ArmCounts) -> Effect:
    """Compare two arms: contact and completion of the cases called, misreading of the cases where somebody picked up.

    Cases are counted by the arm that was drawn for them, whatever they received in the end: who could not be
    reached by a message would otherwise spoil the comparison.
    """
    rates = (
        _compare("contact", (given.contacted, given.called), (held_out.contacted, held_out.called)),
        _compare("misread", (given.misread, given.contacted), (held_out.misread, held_out.contacted)),
        _compare("completion", (given.completes, given.called), (held_out.completes, held_out.called)),
    )
    return Effect(measure, given, held_out, rates)


def _compare(name: str, given: tuple[int, int], held_out: tuple[int, int]) -> Compared:
    one, other = share_of(*given), share_of(*held_out)
    return Compared(name, one, other, difference_of(one, other))
