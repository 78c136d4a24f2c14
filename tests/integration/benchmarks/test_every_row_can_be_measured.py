"""The benchmark keeps working: each group measures its rows at a very small size, whatever the figures."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.embedded import start_embedded
from tests.benchmarks.__main__ import GROUPS, ROOT
from tests.benchmarks.row import Goal, Row, keep
from tests.benchmarks.stand import Plan, Stand

TINY = Plan(sizes=(1_000, 2_000), rounds=1, claims=3, crowd_claims=2, wearing_claims=20, batch=20, on_the_line=3)
SLOW = Row("claim/service", 4.0, 1.0, "ms", Goal(3))


@pytest.fixture(scope="module")
def stand(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand on the tests' own server, with databases that are dropped in the end."""
    server = start_embedded(ROOT / "var" / "test-postgres", database="postgres")
    stand = Stand(server, tmp_path_factory.mktemp("pgbench"), f"xiangyin_bench_{worker_id}_{os.getpid()}", TINY)
    with stand.stack:
        yield stand


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_measures_its_rows(stand: Stand, group: str) -> None:
    rows = GROUPS[group](stand)
    assert {row.group for row in rows} == {group}
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.ours >= 0 and row.reference >= 0 for row in rows)


def test_a_row_says_whether_it_meets_its_goal() -> None:
    faster = Row("together/claims", 4.0, 1.0, "claims/s", Goal(2, is_floor=True))
    assert (SLOW.is_met, faster.is_met) == (False, True)
    assert SLOW.as_json() | {"ours": 0} == {
        "name": "claim/service",
        "ours": 0,
        "reference": 1.0,
        "ratio": 4.0,
        "goal": "<= 3",
        "met": False,
        "unit": "ms",
        "note": "",
    }


def test_where_nothing_is_wanted_one_is_too_many() -> None:
    assert Row("together/doubled", 0, 0, "cases", Goal(0)).is_met is True
    assert Row("together/doubled", 1, 0, "cases", Goal(0)).is_met is False


def test_groups_that_were_not_measured_keep_their_rows(tmp_path: Path) -> None:
    results = tmp_path / "bench.json"
    keep([SLOW, Row("flat/HTTP", 1, 1, "ms")], ["claim", "flat"], results)
    keep([Row("claim/other", 1, 1, "ms")], ["claim"], results)
    assert [row["name"] for row in json.loads(results.read_text("utf-8"))] == ["flat/HTTP", "claim/other"]
