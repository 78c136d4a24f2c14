"""Fill a database with one campaign of any size, by set-based statements only: a million cases in a minute or two."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, create_engine, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.dialing.models import Pool
from app.dialing.pools import Conditions, pool_for

# Lect and share of the sample. The first three are the worker's; the next four are the four ways to find nothing.
WORKED: Final = (("cmn-x-putonghu", 35), ("yue", 20), ("za", 15))
FULL, SHUT, NOT_DUE, DRAINED = "wuu", "nan", "hak", "gan"
OTHER: Final = "hsn"
SHARES: Final = (*WORKED, (FULL, 10), (SHUT, 5), (NOT_DUE, 5), (DRAINED, 5), (OTHER, 5))
ZONES: Final = ("Asia/Shanghai", "Asia/Urumqi")
CELLS: Final = ("phone=fixed", "phone=mobile")
READY_SHARE: Final = 0.44  # of the lects that have ready cases at all, which makes 40 % of all cases
CLOSED_SHARE: Final = 0.15
FAR_OFF: Final = timedelta(days=30)
MOST_RESPONSES: Final = 50_000
ANSWERS: Final = 20

# Drawn by hash and not by random(): the same size gives the same campaign, whatever the server does in parallel.
_DRAW: Final = "(hashint8extended({key}, {seed}) & 2147483647)::float8 / 2147483648"
_UNITS: Final = """
    INSERT INTO sample_unit (id, campaign_id, import_id, area_code, area_source, place_name, time_zone, columns,
                             predicted_place_mismatch)
    OVERRIDING SYSTEM VALUE
    SELECT i, :campaign, :import, :area, 'frame', '', 'Asia/Shanghai', '{}', false
    FROM generate_series(1, :size) AS i
"""
_NUMBERS: Final = """
    INSERT INTO phone_number (id, sample_unit_id, campaign_id, position, fingerprint, ciphertext, masked, kind)
    OVERRIDING SYSTEM VALUE
    SELECT i, i, :campaign, 1, sha256(int8send(i::bigint)), :ciphertext, '139****' || lpad((i % 10000)::text, 4, '0'),
           'mobile'
    FROM generate_series(1, :size) AS i
"""
_CASES: Final = f"""
    INSERT INTO survey_case (id, campaign_id, sample_unit_id, pool_id, lect, state, priority, due_at,
                             attempts_counted, outcome, closed_at, partial_from, next_position)
    OVERRIDING SYSTEM VALUE
    SELECT i, :campaign, i, pool.id, pool.lect, drawn.state, ({_DRAW.format(key="i", seed=3)} * 1000000)::int,
           CASE drawn.state WHEN 'waiting' THEN CAST(:far_off AS timestamptz)
                            ELSE CAST(:now AS timestamptz) - interval '1 hour' * {_DRAW.format(key="i", seed=4)} END,
           CASE drawn.state WHEN 'ready' THEN 0 ELSE 1 END,
           CASE drawn.state WHEN 'ready' THEN NULL ELSE 'no_answer' END,
           CASE drawn.state WHEN 'closed' THEN CAST(:now AS timestamptz) END,
           CASE drawn.state WHEN 'closed' THEN NULL ELSE CAST(:far_off AS timestamptz) END, 1
    FROM generate_series(1, :size) AS i,
    LATERAL (
        SELECT (CAST(:pools AS bigint[]))[
            width_bucket({_DRAW.format(key="i", seed=1)}, CAST(:edges AS float8[]))] AS pool_id,
            {_DRAW.format(key="i", seed=2)} AS state
    ) AS draw
    JOIN pool ON pool.id = draw.pool_id,
    LATERAL (
        SELECT CASE WHEN pool.lect = :drained OR draw.state >= 1 - :closed_share THEN 'closed'
                    WHEN pool.lect = :not_due OR draw.state >= :ready_share THEN 'waiting'
                    ELSE 'ready' END AS state
    ) AS drawn
"""
_FACTS: Final = """
    INSERT INTO language_fact (case_id, kind, lect, confidence, source, actor, at)
    SELECT survey_case.id, 'predicted', stated.lect, stated.share, 'place', 'system', :now
    FROM survey_case JOIN pool ON pool.id = survey_case.pool_id,
    LATERAL (VALUES (pool.lect, 0.6), (:common, 0.3)) AS stated(lect, share)
"""
_ATTEMPTS: Final = """
    INSERT INTO attempt (case_id, campaign_id, interviewer_id, phone_number_id, state, requested_at, rang_at, ended_at,
                         ending, provisional_outcome, outcome, coded_at, match, time_slice)
    SELECT id, campaign_id, :person, id, 'ended', at.day, at.day, at.day, 'no_answer', 'no_answer', 'no_answer',
           at.day, 'full', 'weekday'
    FROM survey_case, LATERAL (SELECT CAST(:now AS timestamptz) - interval '3 days' AS day) AS at
    WHERE state <> 'ready'
"""
_INTERVIEWS: Final = """
    INSERT INTO interview (uid, campaign_id, case_id, questionnaire_version_id, interviewer_id, state, lect, seed,
                           started_at, ended_at)
    SELECT gen_random_uuid(), campaign_id, id, :version, :person, 'complete', :common, id, :now, :now
    FROM survey_case WHERE state = 'closed' ORDER BY id LIMIT :most
"""
_RESPONSES: Final = """
    INSERT INTO response_snapshot (campaign_id, interview_id, version, change_sequence, closed_at, record)
    SELECT campaign_id, id, 1, row_number() OVER (ORDER BY id), ended_at, record.answers
    FROM interview, LATERAL (
        SELECT jsonb_object_agg('q' || question, (interview.id + question) % 5) AS answers
        FROM generate_series(1, :answers) AS question
    ) AS record
"""
_IMPORT: Final = """
    INSERT INTO sample_import (campaign_id, file_name, sha256, mapping, imported_at, accepted, refused, report)
    VALUES (:campaign, 'drawn', '', '{}', :now, :size, 0, '{}') RETURNING id
"""


def make_pools(session: Session, campaign: Campaign) -> tuple[list[int], list[float]]:
    """Make every pool; two kinds of them give nothing. Returns their ids, and where the share of each begins."""
    ids: list[int] = []
    edges: list[float] = []
    begins = 0.0
    for lect, share in SHARES:
        for zone in ZONES:
            for cell in CELLS:
                ids.append(pool_for(session, Conditions(campaign.id, lect, zone, cell)))
                edges.append(begins)
                begins += share / 100 / len(ZONES) / len(CELLS)
    for pool in session.scalars(select(Pool).where(Pool.campaign_id == campaign.id)):
        pool.is_open = pool.lect != SHUT
        pool.need = -1 if pool.lect == FULL else 0
    return ids, edges


def fill(
    superuser: URL,
    campaign: Campaign,
    *,
    size: int,
    pools: tuple[list[int], list[float]],
    ciphertext: bytes,
    person_id: int,
    now: datetime,
) -> None:
    """Write units, numbers, cases, facts, attempts, interviews and responses; foreign keys hold by construction."""
    given: dict[str, Any] = {
        "campaign": campaign.id,
        "version": campaign.questionnaire_version_id,
        "size": size,
        "now": now,
        "far_off": now + FAR_OFF,
        "pools": pools[0],
        "edges": pools[1],
        "person": person_id,
        "ciphertext": ciphertext,
        "area": "450100",
        "common": WORKED[0][0],
        "drained": DRAINED,
        "not_due": NOT_DUE,
        "ready_share": READY_SHARE,
        "closed_share": CLOSED_SHARE,
        "most": MOST_RESPONSES,
        "answers": ANSWERS,
    }
    engine = create_engine(superuser)
    with engine.begin() as connection:
        # Their triggers would look every row up again, which takes longer than all the rest.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        given["import"] = _run(connection, _IMPORT, given).scalar_one()
        for statement in (_UNITS, _NUMBERS, _CASES, _FACTS, _ATTEMPTS, _INTERVIEWS, _RESPONSES):
            _run(connection, statement, given)
    tidy(engine)
    engine.dispose()


def _run(connection: Connection, statement: str, given: dict[str, Any]) -> CursorResult[Any]:
    clause = text(statement)
    return connection.execute(clause, {name: given[name] for name in clause.compile().params})


def tidy(engine: Engine) -> None:
    """Vacuum and analyse, so that what came before does not weigh on what is measured next."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
        connection.execute(text("CHECKPOINT"))
