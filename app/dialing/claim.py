"""Take the best ready case of some pools, and write down why: in one statement, whatever the size of the sample."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.core.straight import rows
from app.dialing.domain import LEASE
from app.dialing.routing import BASIS, FULL_CELL, Reach
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import SERVED_BY_ARM, SERVED_BY_LEVEL

# One index probe per pool, however long the queue: language, zone, quota, patience and due time are never
# filtered behind an ordered scan, because on the day a lect runs dry that reads the whole queue. The pools are
# tried in the order of their best case, and only the case that is taken gets locked: locking the best of every
# pool would turn others away who could have had one of those. Only whoever refused may be passed over by the scan,
# which reads at most the one interviewer's own refusals. The step of the trace is written by the same statement, and
# the same statement looks whether what is remembered of the interviewer's reach still holds.
_CLAIM: Final = f"""
    basis AS MATERIALIZED (
        SELECT FROM campaign WHERE id = %(campaign)s AND state = 'open' AND {BASIS} = %(basis)s AND {{condition}}
    ), served AS MATERIALIZED (
        SELECT reach.*, pool.need, pool.lect, pool.arm
        FROM basis, json_to_recordset(CAST(%(served)s AS json))
            AS reach(pool_id bigint, rank int, match text, only_patient bool)
        JOIN pool ON pool.id = reach.pool_id
        WHERE pool.is_open AND pool.need > {FULL_CELL}
    ), taken AS (
        UPDATE survey_case SET state = 'held', holder_id = %(person)s, lease_until = %(lease_until)s
        WHERE state = 'ready' AND id = (
            SELECT first.id
            FROM (
                SELECT served.pool_id, served.only_patient
                FROM served,
                LATERAL (
                    (SELECT id, priority, due_at FROM survey_case
                     WHERE NOT served.only_patient AND pool_id = served.pool_id AND state = 'ready'
                       AND barred_id IS DISTINCT FROM %(person)s
                     ORDER BY priority DESC, due_at, id LIMIT 1)
                    UNION ALL
                    (SELECT id, priority, due_at FROM survey_case
                     WHERE served.only_patient AND pool_id = served.pool_id AND state = 'ready' AND takes_partial
                       AND barred_id IS DISTINCT FROM %(person)s
                     ORDER BY priority DESC, due_at, id LIMIT 1)
                ) AS best
                ORDER BY best.priority / {LEVEL_STEP} DESC, served.rank, best.priority + served.need DESC,
                         best.due_at, best.id
            ) AS ranked,
            LATERAL (
                SELECT id FROM (
                    SELECT id FROM survey_case
                    WHERE NOT ranked.only_patient AND pool_id = ranked.pool_id AND state = 'ready'
                      AND barred_id IS DISTINCT FROM %(person)s
                    ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
                ) AS whole
                UNION ALL
                SELECT id FROM (
                    SELECT id FROM survey_case
                    WHERE ranked.only_patient AND pool_id = ranked.pool_id AND state = 'ready' AND takes_partial
                      AND barred_id IS DISTINCT FROM %(person)s
                    ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
                ) AS patient
            ) AS first
            LIMIT 1
        )
        RETURNING id, pool_id, state, priority, due_at
    ), noted AS (
        INSERT INTO case_event (case_id, at, actor, kind, state, reason, details)
        SELECT taken.id, %(now)s, %(actor)s, 'served', taken.state,
            coalesce(
                CAST(%(why_by_arm)s AS json) ->> served.arm,
                CAST(%(why_by_level)s AS json) ->> CAST(taken.priority / {LEVEL_STEP} AS text)
            ),
            jsonb_build_object(
                'lect', served.lect, 'match', served.match, 'arm', served.arm, 'after_patience', served.only_patient,
                'priority', taken.priority, 'quota_need', served.need, 'due_at', taken.due_at
            )
        FROM taken JOIN served ON served.pool_id = taken.pool_id
    )
"""
_WHY_BY_ARM: Final = json.dumps(SERVED_BY_ARM)
_WHY_BY_LEVEL: Final = json.dumps({str(level.value): reason for level, reason in SERVED_BY_LEVEL.items()})


def claiming(*, condition: str = "true") -> str:
    """Return the parts of a WITH that claim a case where `condition` holds; `claim_values` has what they are bound to.

    Of these `basis` has a row where campaign and reach are still as they were, and `taken` the row of the case.
    """
    return _CLAIM.format(condition=condition)


def claim_values(reach: Reach, *, now: datetime) -> dict[str, object]:
    """Return what a claim of the best ready case in this reach is bound to; the case is then held under a lease."""
    return {
        "person": reach.person_id,
        "campaign": reach.campaign_id,
        "basis": reach.basis,
        "served": reach.document,
        "lease_until": now + LEASE,
        "now": now,
        "actor": f"person:{reach.person_id}",
        "why_by_arm": _WHY_BY_ARM,
        "why_by_level": _WHY_BY_LEVEL,
    }


_TAKE: Final = f"""
    WITH {claiming()} SELECT EXISTS (SELECT FROM basis) AS holds, (SELECT id FROM taken) AS case_id
"""


@dataclass(frozen=True)
class Claimed:
    """Whether the reach still holds, without which nothing is taken; and the case, where there was one."""

    holds: bool
    case_id: int | None


def claim_one(session: Session, reach: Reach, *, now: datetime) -> Claimed:
    """Give the best ready case of these pools to the interviewer."""
    [claimed] = rows(session, Claimed, _TAKE, **claim_values(reach, now=now))
    return claimed
