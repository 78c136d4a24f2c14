"""Hand interviewers the next case, at a cost that does not grow with the sample."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Fault
from app.core.straight import rows
from app.dialing.causes import causes_of
from app.dialing.claim import claim
from app.dialing.counted import Counted, counting_for
from app.dialing.domain import LEASE
from app.dialing.models import Case
from app.dialing.routing import Reach, reach_in, read_reach


class NoCaseDueError(ConflictError):
    """There is no case for you at the moment."""

    def __init__(self, causes: dict[str, int]) -> None:
        super().__init__(
            faults=tuple(Fault("queue", cause, (("number", str(number)),)) for cause, number in causes.items())
        )
        self.causes = causes  # English gettext id -> how many cases it holds back


def take_next_case(session: Session, campaign_id: int, person_id: int, *, now: datetime) -> int:
    """Give the best ready case to this interviewer, under a lease, and return its id; no other can get it too.

    This is the claim without a desk; `interviewing.taking` makes the same claim from one.

    Order: level of priority, then match, then score with the pool's quota need, then due time, then id.
    Raises NoCaseDueError with the causes counted, ConflictError unless the campaign is open for calls.
    """
    reach = reach_in(session, person_id, campaign_id)
    claimed = claim(session, reach, now=now)
    while not claimed.holds:
        reach = read_reach(session, person_id, campaign_id)
        claimed = claim(session, reach, now=now)
    if claimed.case_id is None:
        raise why_nothing_is_due(session, reach)
    return claimed.case_id


def why_nothing_is_due(session: Session, reach: Reach) -> NoCaseDueError:
    """Return what to raise where a claim in this reach has just found nothing."""
    statement, values = counting_for(reach)
    return NoCaseDueError(causes_of(rows(session, Counted, statement, **values), reach))


def renew_lease(session: Session, case: Case, *, now: datetime) -> None:
    """Keep a case with the interviewer who is working on it; written once in half a lease at most."""
    if case.lease_until is None or case.lease_until < now + LEASE / 2:
        case.lease_until = now + LEASE
        session.flush()
