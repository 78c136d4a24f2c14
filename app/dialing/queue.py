"""Hand interviewers the next case, at a cost that does not grow with the sample."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Boolean, Integer, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError, Fault
from app.dialing.causes import why_nothing_is_due
from app.dialing.domain import LEASE
from app.dialing.models import Case
from app.dialing.routing import ServedPool, pools_served_by
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import note_step, served_details, why_served

# One index probe per pool, however long the queue: language, zone, quota, patience and due time are never
# filtered behind an ordered scan, because on the day a lect runs dry that reads the whole queue. The pools are
# tried in the order of their best case, and only the case that is taken gets locked: locking the best of every
# pool would turn others away who could have had one of those. Only whoever refused may be passed over by the scan,
# which reads at most the one interviewer's own refusals.
_TAKE: Final = text(
    f"""
    UPDATE survey_case SET state = 'held', holder_id = :person, lease_until = :lease_until
    WHERE state = 'ready' AND id = (
        SELECT taken.id
        FROM (
            SELECT served.pool_id, served.only_patient
            FROM unnest(:pools, :ranks, :needs, :patient) AS served(pool_id, rank, need, only_patient),
            LATERAL (
                (SELECT id, priority, due_at FROM survey_case
                 WHERE NOT served.only_patient AND pool_id = served.pool_id AND state = 'ready'
                   AND barred_id IS DISTINCT FROM :person
                 ORDER BY priority DESC, due_at, id LIMIT 1)
                UNION ALL
                (SELECT id, priority, due_at FROM survey_case
                 WHERE served.only_patient AND pool_id = served.pool_id AND state = 'ready' AND takes_partial
                   AND barred_id IS DISTINCT FROM :person
                 ORDER BY priority DESC, due_at, id LIMIT 1)
            ) AS best
            ORDER BY best.priority / {LEVEL_STEP} DESC, served.rank, best.priority + served.need DESC,
                     best.due_at, best.id
        ) AS ranked,
        LATERAL (
            SELECT id FROM (
                SELECT id FROM survey_case
                WHERE NOT ranked.only_patient AND pool_id = ranked.pool_id AND state = 'ready'
                  AND barred_id IS DISTINCT FROM :person
                ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS whole
            UNION ALL
            SELECT id FROM (
                SELECT id FROM survey_case
                WHERE ranked.only_patient AND pool_id = ranked.pool_id AND state = 'ready' AND takes_partial
                  AND barred_id IS DISTINCT FROM :person
                ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS patient
        ) AS taken
        LIMIT 1
    )
    RETURNING survey_case.*
    """
).bindparams(
    bindparam("pools", type_=ARRAY(BigInteger)),
    bindparam("ranks", type_=ARRAY(Integer)),
    bindparam("needs", type_=ARRAY(Integer)),
    bindparam("patient", type_=ARRAY(Boolean)),
)
# The claimed row comes back with the claim: reading it again would be one more round trip.
_CLAIM: Final = select(Case).from_statement(_TAKE).execution_options(populate_existing=True)


class NoCaseDueError(ConflictError):
    """There is no case for you at the moment."""

    def __init__(self, causes: dict[str, int]) -> None:
        super().__init__(
            faults=tuple(Fault("queue", cause, (("number", str(number)),)) for cause, number in causes.items())
        )
        self.causes = causes  # English gettext id -> how many cases it holds back


def take_next_case(session: Session, campaign: Campaign, person_id: int, *, now: datetime) -> Case:
    """Give the best ready case to this interviewer, under a lease; no other can get it too.

    Order: level of priority, then match, then score with the pool's quota need, then due time, then id.
    Raises NoCaseDueError with the causes counted.
    """
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    served = pools_served_by(session, person_id, campaign.id, rules=rules_of(session, campaign).language)
    reachable = [pool for pool in served if pool.is_open]
    case = _claim(session, reachable, person_id, now=now) if reachable else None
    if case is None:
        raise NoCaseDueError(why_nothing_is_due(session, campaign.id, person_id, served=served))
    pool = next(pool for pool in reachable if pool.pool_id == case.pool_id)
    note_step(
        session,
        case,
        "served",
        actor=f"person:{person_id}",
        now=now,
        reason=why_served(case, pool),
        details=served_details(case, pool),
    )
    return case


def _claim(session: Session, pools: Sequence[ServedPool], person_id: int, *, now: datetime) -> Case | None:
    claimed: Case | None = session.scalar(
        _CLAIM,
        {
            "person": person_id,
            "lease_until": now + LEASE,
            "pools": [pool.pool_id for pool in pools],
            "ranks": [pool.rank for pool in pools],
            "needs": [pool.need for pool in pools],
            "patient": [pool.only_patient for pool in pools],
        },
    )
    return claimed


def renew_lease(session: Session, case: Case, *, now: datetime) -> None:
    """Keep a case with the interviewer who is working on it; written once in half a lease at most."""
    if case.lease_until is None or case.lease_until < now + LEASE / 2:
        case.lease_until = now + LEASE
        session.flush()
