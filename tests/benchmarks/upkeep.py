"""What is paid when time passes and when a case changes, so that a cheap claim hides no dear upkeep."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.dialing.calls import DialledCase
from app.dialing.models import Attempt, Case
from app.dialing.outcomes import Coding, code_outcome
from app.dialing.tick import count_pools, end_patience, promote_due, set_pools, withdraw_overdue
from tests.benchmarks.pgbench import bare_update
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.stand import NOON, Field, Stand

GOAL: Final = Goal(5)
ROUNDS: Final = 3
WITHDRAWN_SHARE: Final = 5  # one case in so many of the batch: each is looked at by itself
Work = Callable[[Session], int]

_SOME: Final = "SELECT id FROM survey_case WHERE state = '{state}' AND pool_id = ANY(:pools) ORDER BY id LIMIT :many"
_MAKE_DUE: Final = text(
    f"UPDATE survey_case SET due_at = :now WHERE id IN ({_SOME.format(state='waiting')}) RETURNING id"
)
_END_PATIENCE: Final = text(
    f"UPDATE survey_case SET partial_from = :now, takes_partial = false"
    f" WHERE id IN ({_SOME.format(state='ready')}) RETURNING id"
)
_END_SLICE: Final = text(
    f"UPDATE survey_case SET ready_until = :now WHERE id IN ({_SOME.format(state='ready')}) RETURNING id"
)
_HOLD: Final = text(
    f"""
    UPDATE survey_case SET state = 'held', holder_id = :person, lease_until = :lease
    WHERE id IN ({_SOME.format(state="waiting")}) RETURNING id
    """
)
_CALL: Final = text(
    """
    INSERT INTO attempt (case_id, campaign_id, interviewer_id, phone_number_id, state, requested_at, rang_at, ended_at,
                         ending, provisional_outcome, match, time_slice)
    SELECT id, campaign_id, :person, id, 'ended', :now, :now, :now, 'no_answer', 'no_answer', 'full', 'weekday'
    FROM survey_case WHERE id = ANY(:ids) RETURNING case_id, id
    """
)
_SHUT_ALL: Final = text("UPDATE pool SET is_open = false")
_SHUT_AGAIN: Final = text("UPDATE pool SET is_open = false WHERE lect = 'nan'")


def measure(stand: Stand) -> list[Row]:
    """Each part of the tick per case it touched, and an outcome coded, against one row updated by its id."""
    field = stand.million
    field.tidy()
    bare = _Bare(field, stand.plan.claims)
    batch = min(stand.plan.batch, field.size // 20)
    rows = [
        _batch(field, bare, name="promote_due", prepare=_MAKE_DUE, work=lambda s: promote_due(s, now=NOON), many=batch),
        _batch(
            field,
            bare,
            name="end_patience",
            prepare=_END_PATIENCE,
            work=lambda s: end_patience(s, now=NOON),
            many=batch,
        ),
        _batch(
            field,
            bare,
            name="withdraw_overdue",
            prepare=_END_SLICE,
            work=lambda s: withdraw_overdue(s, now=NOON),
            many=max(batch // WITHDRAWN_SHARE, 1),
        ),
        _pools(field, bare),
        _count(field, bare),
        _coding(field, bare, claims=stand.plan.claims * 2),
    ]
    field.tidy()
    return rows


class _Bare:
    """The reference, measured beside every row and not once for all."""

    def __init__(self, field: Field, transactions: int) -> None:
        self._field, self._transactions = field, transactions

    def milliseconds(self) -> float:
        return median(self._field.pgbench.latencies(bare_update(self._field.size), transactions=self._transactions))


def _row(name: str, ours: list[float], bare: list[float], note: str) -> Row:
    return Row(f"upkeep/{name}", median(ours), median(bare), "ms a case", GOAL, note)


def _batch(field: Field, bare: _Bare, *, name: str, prepare: TextClause, work: Work, many: int) -> Row:
    """Prepare many cases, then let the tick's part run, a transaction a batch, until it finds nothing more."""
    ours, reference = [], []
    for _ in range(ROUNDS):
        reference.append(bare.milliseconds())
        with field.admin.begin() as connection:
            given = {"now": NOON, "pools": field.worked_pools, "many": many}
            connection.execute(prepare, given)
        started = perf_counter()
        done = _until_nothing(field, work)
        ours.append((perf_counter() - started) * 1000 / max(done, 1))
        if done < many:
            message = f"{name} touched {done} of {many} cases"
            raise RuntimeError(message)
    return _row(name, ours, reference, f"{many:,} cases at a time")


def _until_nothing(field: Field, work: Work) -> int:
    done = 0
    while True:
        with field.make_session() as session, session.begin():
            touched = work(session)
        done += touched
        if not touched:
            return done


def _pools(field: Field, bare: _Bare) -> Row:
    """Open every pool at once, as at nine in the morning; per pool, since it does not look at cases."""
    ours, reference = [], []
    for _ in range(ROUNDS):
        with field.admin.begin() as connection:
            connection.execute(_SHUT_ALL)
        reference.append(bare.milliseconds())
        started = perf_counter()
        with field.make_session() as session, session.begin():
            opened = set_pools(session, now=NOON)
        ours.append((perf_counter() - started) * 1000 / max(opened, 1))
        with field.admin.begin() as connection:
            connection.execute(_SHUT_AGAIN)
    return _row("set_pools, each pool", ours, reference, f"{opened} pools opened")


def _count(field: Field, bare: _Bare) -> Row:
    """Count the whole campaign, as once a minute."""
    ours, reference = [], []
    for number in range(1, ROUNDS + 1):
        reference.append(bare.milliseconds())
        started = perf_counter()
        with field.make_session() as session, session.begin():
            count_pools(session, now=NOON + number * timedelta(hours=1))
        ours.append((perf_counter() - started) * 1000 / field.size)
    return _row("count_pools", ours, reference, f"{median(ours) * field.size:.0f} ms for all, once a minute")


def _coding(field: Field, bare: _Bare, *, claims: int) -> Row:
    """Code calls that nobody answered: history, rules, next step, pool, trace and audit in one transaction each."""
    with field.admin.begin() as connection:
        lease = NOON + timedelta(minutes=15)
        given = {"person": field.worker, "lease": lease, "pools": field.worked_pools, "many": claims}
        ids = list(connection.scalars(_HOLD, given))
        calls = connection.execute(_CALL, {"person": field.worker, "now": NOON, "ids": ids}).all()
    reference = [bare.milliseconds() for _ in range(ROUNDS)]
    ours = []
    for case_id, attempt_id in calls:
        started = perf_counter()
        with field.make_session() as session, session.begin():
            dialled = DialledCase(
                session.get_one(Case, case_id), session.get_one(Attempt, attempt_id), time_zone="Asia/Shanghai"
            )
            code_outcome(session, dialled, Coding("no_answer"), vault=field.vault, now=NOON)
        ours.append((perf_counter() - started) * 1000)
    return _row("an outcome is coded", ours, reference, "whole transaction with trace, audit and notice")
