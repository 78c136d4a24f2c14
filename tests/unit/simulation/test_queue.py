"""The order in which simulated cases are served, beside the rules of the product's queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns.domain import UnknownLect
from app.campaigns.rules import LanguageRules
from app.dialing.domain import Arm, CaseState
from app.dialing.routing import FULL_CELL, rank_of
from app.dialing.score import LEVEL_STEP
from app.languages.domain import PUTONGHUA, Level, Match
from app.languages.shipped import shipped_understanding
from app.simulation.cases import SimulatedCase
from app.simulation.comparison import people_of
from app.simulation.queue import Queue
from app.simulation.workers import Worker
from tests.unit.simulation.runs import job

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ZONE = "Asia/Shanghai"
SOMEBODY = people_of(job())[0]
ANA = Worker(1, {PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS})
BAO = Worker(2, {PUTONGHUA: Level.INTERVIEWS, "yue": Level.CONVERSES})


def case(
    number: int, *, lect: str = PUTONGHUA, priority: int = 1, due_at: datetime = NOW, cell: str = ""
) -> SimulatedCase:
    patience_ends = due_at + 30 * MINUTE
    return SimulatedCase(number, SOMEBODY, [], lect, Arm.MATCHED, priority, due_at, patience_ends, cell=cell)


def queue_of(*cases: SimulatedCase, rules: LanguageRules | None = None) -> Queue:
    queue = Queue(rules or LanguageRules(), shipped_understanding())
    for one in cases:
        queue.put(one)
    return queue


def served(queue: Queue, worker: Worker) -> list[int]:
    found = []
    while (taken := queue.take(worker)) is not None:
        found.append(taken.id)
    return found


def test_the_score_decides_then_the_due_time_then_the_number() -> None:
    late = case(1, priority=5, due_at=NOW + MINUTE)
    assert served(queue_of(late, case(2), case(3, priority=5), case(4, priority=5)), ANA) == [3, 4, 1, 2]


def test_a_higher_level_beats_a_better_match() -> None:
    unknown = case(1, lect="und", priority=7 * LEVEL_STEP)
    assert served(queue_of(case(2, priority=9_000), unknown), ANA) == [1, 2]


def test_a_better_match_beats_a_higher_score() -> None:
    assert served(queue_of(case(1, lect="und", priority=9_000), case(2, priority=1)), ANA) == [2, 1]


def test_a_partial_match_waits_until_patience_ends() -> None:
    queue = queue_of(case(1, lect="yue"))
    queue.advance(NOW + 29 * MINUTE)
    assert queue.take(BAO) is None
    queue.advance(NOW + 30 * MINUTE)
    assert served(queue, BAO) == [1]


def test_a_full_match_need_not_wait() -> None:
    assert served(queue_of(case(1, lect="yue")), ANA) == [1]


def test_nobody_gets_a_case_that_they_refused_but_others_do() -> None:
    refused = case(1)
    refused.barred = ANA.number
    queue = queue_of(refused, case(2))
    assert served(queue, ANA) == [2]
    assert served(queue, BAO) == [1]


def test_a_waiting_case_is_served_once_its_time_has_come() -> None:
    waiting = case(1, due_at=NOW + MINUTE)
    waiting.state = CaseState.WAITING
    queue = queue_of(waiting)
    assert queue.take(ANA) is None
    assert queue.advance(NOW + MINUTE) == []
    assert served(queue, ANA) == [1]
    assert queue.is_empty


def test_a_case_whose_slice_has_ended_leaves_the_queue() -> None:
    bounded = case(1)
    bounded.ready_until = NOW + MINUTE
    queue = queue_of(bounded)
    assert queue.advance(NOW + MINUTE) == [bounded]
    assert queue.take(ANA) is None


def test_a_lect_that_nobody_understands_is_not_served() -> None:
    assert served(queue_of(case(1, lect="bo")), ANA) == []


def test_the_need_of_a_quota_counts_with_the_score_and_not_with_the_level() -> None:
    higher = case(3, priority=LEVEL_STEP, cell="wanted little")
    queue = queue_of(case(1, priority=500, cell="wanted little"), case(2, cell="wanted much"), higher)
    queue.set_pools(is_open={ZONE: True}, need_of={"wanted little": 100, "wanted much": 900}.__getitem__)
    assert served(queue, ANA) == [3, 2, 1]


def test_a_full_cell_and_a_zone_at_night_are_not_served() -> None:
    queue = queue_of(case(1, cell="full"), case(2, cell="open"))
    queue.set_pools(is_open={ZONE: True}, need_of={"full": FULL_CELL, "open": 0}.__getitem__)
    assert served(queue, ANA) == [2]
    queue.set_pools(is_open={ZONE: False}, need_of=lambda _: 0)
    assert served(queue, ANA) == []
    queue.set_pools(is_open={ZONE: True}, need_of=lambda _: 0)
    assert served(queue, ANA) == [1]


def test_unknown_lects_go_to_triage_where_the_rules_say_so() -> None:
    queue = queue_of(case(1, lect="und"), rules=LanguageRules(unknown_lect=UnknownLect.TRIAGE))
    assert served(queue, replace(ANA, does_triage=False)) == []
    assert served(queue, replace(ANA, number=3)) == [1]


def test_who_interviews_in_no_lect_gets_nothing() -> None:
    assert served(queue_of(case(1)), Worker(3, {PUTONGHUA: Level.CONVERSES})) == []


@pytest.mark.parametrize(
    ("match", "arm", "rules", "rank"),
    [
        (Match.FULL, Arm.MATCHED, LanguageRules(), 0),
        (Match.UNKNOWN, Arm.MATCHED, LanguageRules(), 1),
        (Match.PARTIAL, Arm.MATCHED, LanguageRules(), 2),
        (Match.PARTIAL, Arm.MATCHED, LanguageRules(serve_partial=False), None),
        (Match.NONE, Arm.MATCHED, LanguageRules(), None),
        (Match.NONE, Arm.RANDOM, LanguageRules(), 0),
    ],
)
def test_the_rank_of_a_pool(match: Match, arm: Arm, rules: LanguageRules, rank: int | None) -> None:
    assert rank_of(match, arm, rules, takes_unknown=True) == rank
