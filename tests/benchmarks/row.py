"""One line of the table: what was measured, against what, and whether that meets its goal."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio of ours to the reference."""

    bound: float
    is_floor: bool = False

    def is_met_by(self, ratio: float) -> bool:
        return ratio >= self.bound if self.is_floor else ratio <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.is_floor else '<='} {self.bound:g}"


@dataclass(frozen=True)
class Row:
    """`ours` and `reference` in `unit`; no goal where the row only informs. Names are `group/what`."""

    name: str
    ours: float
    reference: float
    unit: str
    goal: Goal | None = None
    note: str = ""

    @property
    def group(self) -> str:
        return self.name.partition("/")[0]

    @property
    def ratio(self) -> float:
        """Ours by the reference; where nothing at all was wanted, ours itself (so that 0 of 0 meets `<= 0`)."""
        return self.ours / self.reference if self.reference else self.ours

    @property
    def is_met(self) -> bool | None:
        return None if self.goal is None else self.goal.is_met_by(self.ratio)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "reference": round(self.reference, 4),
            "ratio": round(self.ratio, 3),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.is_met,
            "unit": self.unit,
            "note": self.note,
        }


def middle(rounds: Iterable[Sequence[float]]) -> float:
    """Return the median of the rounds' medians, so that one bad round on a busy machine does not decide."""
    return median(median(times) for times in rounds)


def keep(rows: Sequence[Row], groups: Sequence[str], path: Path) -> None:
    """Write the rows into the file; those of groups that were not measured this time stay as they are."""
    kept = json.loads(path.read_text("utf-8")) if path.exists() else []
    others = [row for row in kept if row["name"].partition("/")[0] not in groups]
    path.parent.mkdir(parents=True, exist_ok=True)
    everything = [*others, *(row.as_json() for row in rows)]
    path.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", "utf-8")
