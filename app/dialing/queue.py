"""Hand interviewers the next case, at a cost that does not grow with the sample."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours, CampaignState
from app.campaigns.models import Campaign
from app.campaigns.outcomes import outcome_of_ending
from app.core.errors import ConflictError, Fault
from app.dialing.domain import LEASE, CaseState
from app.dialing.models import Attempt, Case, Pool
from app.dialing.routing import ServedPool, pools_served_by
from app.dialing.trace import note_step
from app.telephony.domain import CallState, Ending

PROMOTION_BATCH: Final = 2_000
LONGEST_CALL: Final = timedelta(hours=2)  # after this an open line is a report that was lost
_OUTSIDE_HOURS: Final = "%(number)s cases may not be called at this hour."

# One index probe per pool, however long the queue: language, zone and due time are never filtered
# behind an ordered scan, because on the day a lect runs dry that reads the whole queue.
_CLAIM: Final = text(
    """
    UPDATE survey_case SET state = 'held', holder_id = :person, lease_until = :lease_until
    WHERE state = 'ready' AND id = (
        SELECT best.id
        FROM unnest(:pools, :ranks) AS served(pool_id, rank),
        LATERAL (
            SELECT id, priority, due_at FROM survey_case
            WHERE pool_id = served.pool_id AND state = 'ready'
            ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS best
        ORDER BY best.priority DESC, served.rank, best.due_at, best.id LIMIT 1
    )
    RETURNING id
    """
).bindparams(bindparam("pools", type_=ARRAY(BigInteger)), bindparam("ranks", type_=ARRAY(Integer)))


class NoCaseDueError(ConflictError):
    """There is no case for you at the moment."""

    def __init__(self, causes: dict[str, int]) -> None:
        super().__init__(
            faults=tuple(Fault("queue", cause, (("number", str(number)),)) for cause, number in causes.items())
        )
        self.causes = causes  # English gettext id -> how many cases it holds back


def take_next_case(session: Session, campaign: Campaign, person_id: int, *, now: datetime) -> Case:
    """Give the best ready case to this interviewer, under a lease; no other can get it too.

    Order: priority, then match, then due time, then id. Raises NoCaseDueError with the causes counted.
    """
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    served = pools_served_by(session, person_id, campaign.id)
    reachable = [pool for pool in served if pool.is_open]
    case_id = _claim(session, reachable, person_id, now=now) if reachable else None
    if case_id is None:
        raise NoCaseDueError(why_nothing_is_due(session, campaign.id, served))
    case = session.get_one(Case, case_id, populate_existing=True)
    pool = next(pool for pool in reachable if pool.pool_id == case.pool_id)
    note_step(
        session,
        case,
        "served",
        actor=f"person:{person_id}",
        now=now,
        reason="First in the queue of a pool that this interviewer serves.",
        details={"lect": pool.lect, "match": pool.match, "priority": case.priority, "due_at": case.due_at.isoformat()},
    )
    return case


def _claim(session: Session, pools: Sequence[ServedPool], person_id: int, *, now: datetime) -> int | None:
    found: int | None = session.scalar(
        _CLAIM,
        {
            "person": person_id,
            "lease_until": now + LEASE,
            "pools": [pool.pool_id for pool in pools],
            "ranks": [pool.rank for pool in pools],
        },
    )
    return found


def why_nothing_is_due(session: Session, campaign_id: int, served: Sequence[ServedPool]) -> dict[str, int]:
    """Count the campaign's open cases by what keeps them from this interviewer."""
    counted = select(Case.pool_id, Case.state, func.count()).where(
        Case.campaign_id == campaign_id, Case.state != CaseState.CLOSED
    )
    causes: Counter[str] = Counter()
    pools = {pool.pool_id: pool for pool in served}
    for pool_id, state, number in session.execute(counted.group_by(Case.pool_id, Case.state)):
        causes[_cause(pools.get(pool_id), CaseState(state))] += number
    return dict(causes)


def _cause(pool: ServedPool | None, state: CaseState) -> str:
    if pool is None:
        return "%(number)s cases need a lect that you do not interview in."
    if state == CaseState.WAITING:
        return "%(number)s cases wait for their time."
    if state == CaseState.HELD:
        return "%(number)s cases are with an interviewer."
    return _OUTSIDE_HOURS if not pool.is_open else "%(number)s cases are being taken by others."


def renew_lease(session: Session, case: Case, *, now: datetime) -> None:
    """Keep a case with the interviewer who is working on it; written once in half a lease at most."""
    if case.lease_until is None or case.lease_until < now + LEASE / 2:
        case.lease_until = now + LEASE
        session.flush()


def tick(session: Session, *, now: datetime) -> dict[str, int]:
    """Open and shut pools, promote cases whose time has come, free cases whose lease ran out."""
    return {
        "pools": set_pools(session, now=now),
        "promoted": promote_due(session, now=now),
        "freed": free_lapsed(session, now=now),
    }


def set_pools(session: Session, *, now: datetime) -> int:
    """Open the pools in whose zone calls are allowed now and shut the others; returns how many changed."""
    changed = 0
    for pool, campaign in session.execute(select(Pool, Campaign).join(Campaign, Campaign.id == Pool.campaign_id)):
        hours = CallingHours.read(campaign.calling_hours)
        allowed = campaign.state == CampaignState.OPEN and hours.is_open(now, pool.time_zone)
        if pool.is_open != allowed:
            pool.is_open = allowed
            changed += 1
    session.flush()
    return changed


def promote_due(session: Session, *, now: datetime) -> int:
    """Put waiting cases whose time has come into the queue, a batch at a time."""
    due = (
        select(Case.id)
        .where(Case.state == CaseState.WAITING, Case.due_at <= now)
        .order_by(Case.due_at)
        .limit(PROMOTION_BATCH)
        .with_for_update(skip_locked=True)
    )
    moved = update(Case).where(Case.id.in_(due.scalar_subquery())).values(state=CaseState.READY).returning(Case.id)
    return len(session.scalars(moved).all())


def free_lapsed(session: Session, *, now: datetime) -> int:
    """Return cases whose holder has vanished to the queue; nothing said in an interview is lost by that.

    An open line is a sign of life, for as long as a call can last.
    """
    on_the_line = exists().where(
        Attempt.case_id == Case.id, Attempt.state != CallState.ENDED, Attempt.requested_at > now - LONGEST_CALL
    )
    lapsed = (
        select(Case)
        .where(Case.state == CaseState.HELD, Case.lease_until < now, ~on_the_line)
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    cases = session.scalars(lapsed).all()
    for case in cases:
        _abandon_call(session, case, now=now)
        holder = case.holder_id
        case.state, case.holder_id, case.lease_until = CaseState.READY, None, None
        note_step(
            session,
            case,
            "freed",
            actor="system",
            now=now,
            details={"holder": holder},
            reason="The interviewer's screen gave no sign of life until the lease ran out.",
        )
    session.flush()
    return len(cases)


def _abandon_call(session: Session, case: Case, *, now: datetime) -> None:
    """Code the call that the vanished interviewer left uncoded, or nobody could dial or give back the case again.

    What the line did speaks for itself; otherwise it is a technical failure, which costs the case nothing.
    """
    uncoded = select(Attempt).where(Attempt.case_id == case.id, Attempt.outcome.is_(None))
    for attempt in session.scalars(uncoded):
        if attempt.state != CallState.ENDED:
            attempt.state, attempt.ended_at, attempt.ending = CallState.ENDED, now, Ending.TECHNICAL
        outcome = outcome_of_ending(session, case.campaign_id, attempt.ending or Ending.TECHNICAL)
        outcome = outcome or outcome_of_ending(session, case.campaign_id, Ending.TECHNICAL)
        if outcome is not None:
            attempt.outcome, attempt.coded_at = outcome.code, now
