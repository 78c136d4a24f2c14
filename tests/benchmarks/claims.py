"""What a claim costs through the service and over HTTP against the bare statement, and that it does not grow."""

from typing import Final

from tests.benchmarks.pgbench import bare_claim
from tests.benchmarks.row import Goal, Row, middle
from tests.benchmarks.stand import WORKER, Field, Stand
from tests.benchmarks.takers import desks, timed_takes

SERVICE_GOAL: Final = Goal(3)
HTTP_GOAL: Final = Goal(5)
FLAT_GOAL: Final = Goal(1.3)


def measure_claim(stand: Stand) -> list[Row]:
    """Ours beside the bare claim at every size, round by round."""
    rows = []
    for size in stand.plan.sizes:
        rows += _at(stand, stand.field(size))
    return rows


def _at(stand: Stand, field: Field) -> list[Row]:
    claims = stand.plan.claims
    script = bare_claim(field.worked_pools, field.worker)
    bare, service, http = [], [], []
    with desks(field, WORKER) as [desk]:
        timed_takes(field, claims=claims // 3 + 1)
        desk.timed_claims(claims=claims // 3 + 1)
        for _ in range(stand.plan.rounds):
            bare.append(field.pgbench.latencies(script, transactions=claims))
            service.append(timed_takes(field, claims=claims))
            http.append(desk.timed_claims(claims=claims))
            field.set_aside()
    reference = middle(bare)
    return [
        *_without_disk(stand, field, script),
        Row(f"claim/service, {field.size:,} cases", middle(service), reference, "ms", SERVICE_GOAL, "take_next_case"),
        Row(f"claim/HTTP, {field.size:,} cases", middle(http), reference, "ms", HTTP_GOAL, "POST /desk/next-case"),
    ]


def _without_disk(stand: Stand, field: Field, script: str) -> list[Row]:
    """The same where commits do not wait for the disk, whose share would hide how much more we do than the statement.

    It has no goal: a bare statement that waits for nothing is over before Python has put its parameters together.
    """
    bare, service = [], []
    with field.without_disk() as hurried:
        timed_takes(hurried, claims=stand.plan.claims // 3 + 1)
        for _ in range(stand.plan.rounds):
            bare.append(hurried.pgbench.latencies(script, transactions=stand.plan.claims))
            service.append(timed_takes(hurried, claims=stand.plan.claims))
            field.set_aside()
    name = f"claim/service, {field.size:,} cases, no wait for the disk"
    return [Row(name, middle(service), middle(bare), "ms", note="what the two cost in computing alone")]


def measure_flat(stand: Stand) -> list[Row]:
    """The same request at the smallest and at every larger size, served at the same time and asked in turn."""
    small = stand.smallest
    rows = []
    for size in stand.plan.sizes[1:]:
        large = stand.field(size)
        with desks(small, WORKER) as [few], desks(large, WORKER) as [many]:
            times: dict[int, list[list[float]]] = {small.size: [], large.size: []}
            for desk in (few, many):
                desk.timed_claims(claims=stand.plan.claims // 3 + 1)
            for _ in range(stand.plan.rounds):
                for desk in (few, many):
                    times[desk.field.size].append(desk.timed_claims(claims=stand.plan.claims // 2 + 1))
                    desk.field.set_aside()
        rows.append(
            Row(
                f"flat/HTTP, {large.size:,} against {small.size:,} cases",
                middle(times[large.size]),
                middle(times[small.size]),
                "ms",
                FLAT_GOAL,
            )
        )
    return rows
