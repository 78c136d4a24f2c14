"""Hand interviewers the next case, at a cost that does not grow with the sample."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Fault
from app.core.straight import rows
from app.dialing.causes import causes_of
from app.dialing.claim import Claimed, claim_one
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
    return claim_in_reach(session, person_id, campaign_id, claim=partial(claim_one, session, now=now))


def claim_in_reach(
    session: Session, person_id: int, campaign_id: int, *, claim: Callable[[Reach], Claimed]
) -> int:  # fmt: skip
    """Claim a case in what is remembered of an interviewer's reach, anew where that holds no more; returns its id.

    Raises what `take_next_case` does.
    """
    reach = reach_in(session, person_id, campaign_id)
    claimed = claim(reach)
    while not claimed.holds:
        reach = read_reach(session, person_id, campaign_id)
        claimed = claim(reach)
    if claimed.case_id is None:
        statement, values = counting_for(reach)
        raise NoCaseDueError(causes_of(rows(session, Counted, statement, **values), reach))
    return claimed.case_id


def renew_lease(session: Session, case: Case, *, now: datetime) -> None:
    """Keep a case with the interviewer who is working on it; written once in half a lease at most."""
    if case.lease_until is None or case.lease_until < now + LEASE / 2:
        case.lease_until = now + LEASE
        session.flush()
