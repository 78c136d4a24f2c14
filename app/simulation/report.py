"""Lay simulated figures out for a terminal, and as data for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from app.simulation.comparison import Comparison
from app.simulation.intervals import CONFIDENCE, Estimate
from app.simulation.measures import GROUPS
from app.simulation.ways import Inquiry
from app.telephony.emulator.figures import read_figures

_PARTS: Final = ("", *(f"/{group}" for group in GROUPS))
_SECTIONS: Final[tuple[tuple[str, ...], ...]] = (
    ("dials", "contacts", "completes", "completes per hour on cases", "completes per hour at the desk", "idle share"),
    (
        "misread per 100 contacts",
        "misread/said_misdial",
        "misread/suspected_fraud",
        "misread/could_not_follow",
        "misread/silent_pickup",
        "misread/hung_up_opening",
    ),
    tuple(f"tries per case{part}" for part in _PARTS),
    tuple(f"share completed{part}" for part in _PARTS),
    ("truth", "index", *(f"bias{part}" for part in _PARTS), "n of the index"),
)
_MORE: Final = "outcome/"


def table_of(comparison: Comparison) -> Table:
    """Set the ways side by side: the mean over seeds with its interval, then each one's difference from the first."""
    ways = list(comparison.runs)
    runs = len(comparison.runs[ways[0]])
    table = Table(title=f"{title_of(comparison.population)} ({comparison.population}), {runs} seeds")
    table.add_column("figure")
    for way in ways:
        table.add_column(way, justify="right")
    for way in ways[1:]:
        table.add_column(f"{way}\nminus {ways[0]}", justify="right")
    for section in _sections(comparison, is_alone=len(ways) == 1):
        for name in section:
            found = [comparison.of(way, name) for way in ways]
            differences = [comparison.difference(way, ways[0], name) for way in ways[1:]]
            table.add_row(name, *(_shown(one) for one in found), *(_shown(one, is_signed=True) for one in differences))
        table.add_section()
    return table


def title_of(population: str) -> str:
    """Return the title that a population file gives itself."""
    return str(read_figures(population)["title"])


def write_figures(path: Path, inquiry: Inquiry, comparisons: Sequence[Comparison]) -> None:
    """Write everything that was measured as JSON: the settings, every run, the means, and all paired differences."""
    document = {
        "extent": asdict(inquiry.extent),
        "confidence": CONFIDENCE,
        "ways": [
            {"name": way.name, "policy": way.policy.model_dump(), "rules": dict(way.document)} for way in inquiry.ways
        ],
        "populations": [_as_data(comparison) for comparison in comparisons],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _as_data(comparison: Comparison) -> dict[str, Any]:
    ways, names = list(comparison.runs), comparison.names()
    return {
        "population": comparison.population,
        "title": title_of(comparison.population),
        "runs": {way: list(comparison.runs[way]) for way in ways},
        "means": {way: _estimates({name: comparison.of(way, name) for name in names}) for way in ways},
        "differences": [
            {
                "of": way,
                "from": other,
                "figures": _estimates({name: comparison.difference(way, other, name) for name in names}),
            }
            for place, other in enumerate(ways)
            for way in ways[place + 1 :]
        ],
    }


def _estimates(found: Mapping[str, Estimate | None]) -> dict[str, dict[str, Any]]:
    return {name: asdict(one) for name, one in found.items() if one is not None}


def _sections(comparison: Comparison, *, is_alone: bool) -> list[list[str]]:
    measured = comparison.names()
    sections = [[name for name in section if name in measured] for section in _SECTIONS]
    if is_alone:
        # With one way of calling there is room for every outcome and every lect.
        sections.append(sorted(name for name in measured if name.startswith(_MORE)))
        lects = [name.partition("/")[2] for name in measured if name.startswith("cases/")]
        sections += [
            [f"{figure}/{lect}" for lect in lects if lect not in GROUPS]
            for figure in ("cases", "tries per case", "share completed")
        ]
    return sections


def _shown(one: Estimate | None, *, is_signed: bool = False) -> str:
    if one is None:
        return ""
    mean = f"{one.mean:{'+' if is_signed else ''}.2f}"
    return mean if one.half is None else f"{mean} ±{one.half:.2f}"
