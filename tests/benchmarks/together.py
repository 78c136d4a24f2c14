"""Everybody asks at the same moment: nobody gets another's case, nobody is sent away while one is ready."""

from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier
from typing import Final

from sqlalchemy import text

from app.dialing.queue import NoCaseDueError
from tests.benchmarks.pgbench import bare_claim
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.stand import MANY, Field, Stand
from tests.benchmarks.takers import Shift, crew_of, take

NONE: Final = Goal(0)
SPEED_UP: Final = Goal(2, is_floor=True)
CLIENTS: Final = 8
TURNS_AT_THE_EDGE: Final = 10
# The 32 that stay ready lie in several pools, and the last in each is wanted by everybody. Where earlier claims have
# left fewer, some that wait make up for them.
_KEEP_ONLY: Final = text(
    """
    WITH kept AS MATERIALIZED (
        SELECT id FROM survey_case WHERE state IN ('ready', 'waiting') AND pool_id = ANY(:pools)
        ORDER BY state, hashint8(id) LIMIT :many
    ), woken AS (
        UPDATE survey_case SET state = 'ready' WHERE state = 'waiting' AND id IN (SELECT id FROM kept)
    )
    UPDATE survey_case SET state = 'waiting' WHERE state = 'ready' AND id NOT IN (SELECT id FROM kept)
    RETURNING id
    """
)
_GIVE_BACK: Final = text(
    "UPDATE survey_case SET state = 'ready', holder_id = NULL, lease_until = NULL WHERE id = ANY(:ids)"
)


def measure(stand: Stand) -> list[Row]:
    """Thirty-two in threads for who gets what; processes for how many a second."""
    return [*_crowd(stand, stand.million), *_edge(stand.smallest), *_speed_up(stand, stand.million)]


def ask_together(field: Field, *, each: int) -> tuple[list[int], int]:
    """Let 32 interviewers ask `each` times, all at once; returns the cases given and how many were sent away."""
    barrier = Barrier(MANY)

    def work(person_id: int) -> list[int | None]:
        barrier.wait()
        return [_taken(field, person_id) for _ in range(each)]

    with ThreadPoolExecutor(MANY) as threads:
        answers = [answer for answered in threads.map(work, field.crowd) for answer in answered]
    given = [case_id for case_id in answers if case_id is not None]
    return given, len(answers) - len(given)


def _taken(field: Field, person_id: int) -> int | None:
    try:
        return take(field.make_session, field.campaign_id, person_id)
    except NoCaseDueError:
        return None


def _crowd(stand: Stand, field: Field) -> list[Row]:
    given, refused = ask_together(field, each=stand.plan.crowd_claims)
    field.set_aside()
    return _rows(f"32 at once, {field.size:,} cases", [given], refused)


def _edge(field: Field) -> list[Row]:
    """Exactly as many ready cases as interviewers, several times over."""
    given: list[list[int]] = []
    refused = 0
    with field.admin.begin() as connection:
        hidden = list(connection.scalars(_KEEP_ONLY, {"pools": field.worked_pools, "many": MANY}))
    for _ in range(TURNS_AT_THE_EDGE):
        taken, sent_away = ask_together(field, each=1)
        given.append(taken)
        refused += sent_away
        with field.admin.begin() as connection:
            connection.execute(_GIVE_BACK, {"ids": taken})
    with field.admin.begin() as connection:
        connection.execute(_GIVE_BACK, {"ids": hidden})
    field.tidy()
    return _rows("32 at once for exactly 32 ready cases", given, refused)


def _rows(what: str, given: list[list[int]], refused: int) -> list[Row]:
    doubled = sum(len(taken) - len(set(taken)) for taken in given)
    asked = sum(map(len, given)) + refused
    return [
        Row(f"together/doubled, {what}", doubled, 0, "cases", NONE, f"of {asked:,} claims"),
        Row(f"together/refused, {what}", refused, 0, "claims", NONE, f"of {asked:,} claims"),
    ]


def _speed_up(stand: Stand, field: Field) -> list[Row]:
    """Claims a second of eight processes against one; the bare statement's own gain stands beside it."""
    each = max(stand.plan.claims, 1)
    script = bare_claim(field.worked_pools, field.worker)
    one: list[float] = []
    eight: list[float] = []
    bare_one: list[float] = []
    bare_eight: list[float] = []
    with crew_of(field, field.crowd[:CLIENTS]) as crew:
        for _ in range(stand.plan.rounds):
            one.append(_rate(crew.take(people=1, each=each)))
            eight.append(_rate(crew.take(people=CLIENTS, each=each)))
            for clients, rates in ((1, bare_one), (CLIENTS, bare_eight)):
                rate = field.pgbench.run(script, clients=clients, transactions=each * CLIENTS)
                rates.append(rate)
            field.set_aside()
    note = "processes, through the service"
    return [
        Row("together/claims a second, 8 clients against 1", median(eight), median(one), "claims/s", SPEED_UP, note),
        Row(
            "together/the same, bare statement",
            median(bare_eight),
            median(bare_one),
            "claims/s",
            note="what this machine leaves to gain",
        ),
    ]


def _rate(shifts: list[Shift]) -> float:
    taken = sum(len(shift.case_ids) for shift in shifts)
    return taken / (max(shift.ended for shift in shifts) - min(shift.started for shift in shifts))
