"""What it costs to say that there is nothing, against giving a case; a screen that waits asks again and again."""

from typing import Final

from tests.benchmarks.row import Goal, Row, middle
from tests.benchmarks.stand import IDLE, WORKER, Stand
from tests.benchmarks.takers import desks

GOAL: Final = Goal(1)


def measure(stand: Stand) -> list[Row]:
    """Refusals of four kinds and claims in turn, over HTTP at one client, on the same table."""
    field = stand.million
    claims = stand.plan.claims
    given: list[list[float]] = []
    refused: dict[str, list[list[float]]] = {why: [] for why in IDLE}
    with desks(field, WORKER, *(why.replace(" ", "-") for why in IDLE)) as [worker, *idle]:
        worker.timed_claims(claims=claims // 3 + 1)
        for _ in range(stand.plan.rounds):
            given.append(worker.timed_claims(claims=claims))
            for why, desk in zip(IDLE, idle, strict=True):
                refused[why].append(desk.timed_refusals(claims=claims))
            field.set_aside()
    return [
        Row(f"nothing/{why}, {field.size:,} cases", middle(times), middle(given), "ms", GOAL, "HTTP, against a claim")
        for why, times in refused.items()
    ]
