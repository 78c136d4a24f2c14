"""Measure, print the table, and keep it in var/bench.json: `python -m tests.benchmarks [group ...]`."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from app.core.embedded import start_embedded
from tests.benchmarks import answers, callbacks, claims, console, forms, nothing, reports, together, upkeep
from tests.benchmarks.row import Row, keep
from tests.benchmarks.stand import Plan, Stand

ROOT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = ROOT / "var" / "bench.json"
# The one list: a later part of the product adds its module here, and its rows come into the same table and file.
GROUPS: Final[Mapping[str, Callable[[Stand], list[Row]]]] = {
    "claim": claims.measure_claim,
    "flat": claims.measure_flat,
    "nothing": nothing.measure,
    "together": together.measure,
    "reports": reports.measure,
    "upkeep": upkeep.measure,
    "callbacks": callbacks.measure,
    "forms": forms.measure,
    "answers": answers.measure,
    "console": console.measure,
}
WIDTH: Final = 150  # where the table goes into a file
USUAL: Final = Plan(sizes=(10_000, 100_000, 1_000_000))
LARGE: Final = Plan(sizes=(10_000, 100_000, 1_000_000, 10_000_000))
SMALL: Final = Plan(sizes=(10_000, 50_000), rounds=3, claims=40, crowd_claims=50, wearing_claims=2_000, batch=1_000)


def main(wanted: Sequence[str]) -> int:
    """Measure the named groups, all without names; the exit status says whether every goal was met."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        console.print(f"No group is called {', '.join(unknown)}. There are: {', '.join(GROUPS)}.")
        return 2
    groups = list(wanted or GROUPS)
    rows = _measure(groups, console)
    console.print(_table(rows))
    return 0 if all(row.is_met is not False for row in rows) else 1


def _plan() -> Plan:
    if os.environ.get("BENCH_LARGE"):
        return LARGE
    return SMALL if os.environ.get("BENCH_SMALL") else USUAL


def _measure(groups: Sequence[str], console: Console) -> list[Row]:
    RESULTS.parent.mkdir(exist_ok=True)
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    rows: list[Row] = []
    with TemporaryDirectory(dir=RESULTS.parent, prefix="bench-", ignore_cleanup_errors=True) as folder:
        server = start_embedded(Path(folder) / "postgres")
        stand = Stand(server, Path(folder), "bench", _plan(), say=console.log)
        try:
            with stand.stack:
                for group in groups:
                    console.log(f"measuring: {group}")
                    measured = GROUPS[group](stand)
                    keep(measured, [group], RESULTS)
                    rows += measured
        finally:
            server.stop()
    return rows


def _table(rows: Sequence[Row]) -> Table:
    table = Table("what", "ours", "reference", "unit", "ratio", "goal", "met", "note")
    for column in (1, 2, 4):
        table.columns[column].justify = "right"
    words = {True: "[green]yes", False: "[red]no", None: ""}
    for row in rows:
        goal = str(row.goal) if row.goal else ""
        table.add_row(
            row.name,
            f"{row.ours:.3g}",
            f"{row.reference:.3g}",
            row.unit,
            f"{row.ratio:.2f}",
            goal,
            words[row.is_met],
            row.note,
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
