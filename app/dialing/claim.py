"""Take the best ready case of some pools, and write down why: one statement, whatever the size of the sample."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.core.straight import rows
from app.dialing.domain import LEASE
from app.dialing.routing import ServedPool
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import SERVED_BY_LEVEL, why_of_pool

# One index probe per pool, however long the queue: language, zone, quota, patience and due time are never
# filtered behind an ordered scan, because on the day a lect runs dry that reads the whole queue. The pools are
# tried in the order of their best case, and only the case that is taken gets locked: locking the best of every
# pool would turn others away who could have had one of those. Only whoever refused may be passed over by the scan,
# which reads at most the one interviewer's own refusals. The step of the trace is written by the same statement.
_TAKE: Final = f"""
    WITH served AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(%(served)s AS json))
            AS served(pool_id bigint, rank int, need int, only_patient bool, why text, lect text, match text, arm text)
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
            coalesce(served.why, CAST(%(why_by_level)s AS json) ->> CAST(taken.priority / {LEVEL_STEP} AS text)),
            jsonb_build_object(
                'lect', served.lect, 'match', served.match, 'arm', served.arm, 'after_patience', served.only_patient,
                'priority', taken.priority, 'quota_need', served.need, 'due_at', taken.due_at
            )
        FROM taken JOIN served ON served.pool_id = taken.pool_id
    )
    SELECT id FROM taken
"""
_WHY_BY_LEVEL: Final = json.dumps({str(level.value): reason for level, reason in SERVED_BY_LEVEL.items()})


@dataclass(frozen=True)
class _Taken:
    id: int


def claim(session: Session, pools: Sequence[ServedPool], person_id: int, *, now: datetime) -> int | None:
    """Give the best ready case of these pools to an interviewer, under a lease; its id, or None without one."""
    if not pools:
        return None
    taken = rows(
        session,
        _Taken,
        _TAKE,
        person=person_id,
        lease_until=now + LEASE,
        served=json.dumps([_row(pool) for pool in pools]),
        now=now,
        actor=f"person:{person_id}",
        why_by_level=_WHY_BY_LEVEL,
    )
    return taken[0].id if taken else None


def _row(pool: ServedPool) -> Mapping[str, object]:
    return {
        "pool_id": pool.pool_id,
        "rank": pool.rank,
        "need": pool.need,
        "only_patient": pool.only_patient,
        "why": why_of_pool(pool),
        "lect": pool.lect,
        "match": pool.match,
        "arm": pool.arm,
    }
