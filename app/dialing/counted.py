"""Count a campaign's open cases for an interviewer who finds none: one statement, read from the counts of the pools."""

from dataclasses import dataclass
from typing import Final

from app.dialing.routing import FULL_CELL, Reach

# Asked where a claim has just found nothing to take: what is ready in the pools of this reach has then refused this
# interviewer, but for a few cases that others are taking. Counting those reads as much as the claim did, along the same
# two indexes.
_COUNTS: Final = f"""
    WITH served AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(%(served)s AS json)) AS served(pool_id bigint, only_patient bool)
    ), counted AS (
        SELECT pool.lect, pool.person_id, pool.is_open, pool.need = {FULL_CELL} AS is_full, served.only_patient,
            pool_count.state, pool_count.number,
            CASE
                WHEN state <> 'ready' OR NOT pool.is_open OR pool.need = {FULL_CELL} THEN 0
                WHEN only_patient THEN (
                    SELECT count(*) FROM survey_case
                    WHERE survey_case.pool_id = pool.id AND state = 'ready' AND takes_partial AND barred_id = %(person)s
                )
                WHEN NOT only_patient THEN (
                    SELECT count(*) FROM survey_case
                    WHERE survey_case.pool_id = pool.id AND state = 'ready' AND barred_id = %(person)s
                )
                ELSE 0
            END AS barred
        FROM pool_count
        JOIN pool ON pool.id = pool_count.pool_id
        LEFT JOIN served ON served.pool_id = pool.id
        WHERE pool.campaign_id = %(campaign)s AND pool_count.number > 0
    )
    SELECT only_patient, is_open, is_full, state,
        CASE WHEN only_patient IS NULL THEN lect END AS lect,
        CASE WHEN only_patient IS NULL THEN person_id END AS kept_for,
        CAST(sum(number) AS int) AS number, CAST(sum(least(barred, number)) AS int) AS barred
    FROM counted GROUP BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True)
class Counted:
    """How many open cases there are of one kind; of those that are ready, how many refused whoever asks.

    Where `only_patient` is None the asker does not serve their pools: it counts their lect and whom they are kept for.
    """

    only_patient: bool | None
    is_open: bool
    is_full: bool
    state: str
    lect: str | None
    kept_for: int | None
    number: int
    barred: int


def counting_for(reach: Reach) -> tuple[str, dict[str, object]]:
    """Return the statement that reads a `Counted` for each kind of case in the campaign, and what it is bound to."""
    return _COUNTS, {"person": reach.person_id, "campaign": reach.campaign_id, "served": reach.document}
