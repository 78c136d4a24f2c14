"""Lay simulated figures out for a terminal, and as data for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.interviewing.domain import MisreadKind
from app.simulation.campaign import SimulatedCampaign
from app.simulation.comparison import Comparison
from app.simulation.intervals import CONFIDENCE, Estimate
from app.simulation.measures import GROUP, GROUPS
from app.simulation.survey import survey_of
from app.simulation.ways import Inquiry
from app.telephony.emulator.figures import read_figures

_EFFORT: Final = (
    "dials",
    "contacts",
    "completes",
    "completes per hour at the desk",
    "completes per hour on cases",
    "idle share",
)
_QUOTAS: Final = ("quota cells", "quota cells reached", "quota missing", "quota filled")
_BY_LECT: Final = ("cases", "tries per case", "minutes per case", "misread per 100 contacts", "share completed")
# Lects with fewer of the cases than this, in percent, are left to the JSON file: their figures are mostly chance.
_FEWEST: Final = 1.0
_Row = tuple[str, str]  # what the row is called, and the figure in it


def tables_of(comparison: Comparison) -> Iterator[Table]:
    """Yield what was found, the effort by first language, and the outcomes, with the ways side by side.

    Each figure is the mean over seeds with its interval; then follows each way's difference from the first.
    """
    title = f"{title_of(comparison.population)} ({comparison.population})"
    yield _table(title, comparison, _found())
    yield _table(f"{title}: by first language", comparison, [_parts(name, _lects(comparison)) for name in _BY_LECT])
    yield _table(f"{title}: outcomes of calls, of cases, and by quota cell", comparison, _ends(comparison))


def _found() -> Iterator[list[_Row]]:
    yield [(name, name) for name in _EFFORT]
    yield [(name, name) for name in _QUOTAS]
    yield _parts("misread per 100 contacts", GROUPS)
    yield [("misread calls", ""), *((f"  {kind.value}", f"misread/{kind.value}") for kind in MisreadKind)]
    for figure in ("tries per case", "minutes per case", "share completed"):
        yield _parts(figure, GROUPS)
    yield [("truth", "truth"), ("index", "index"), *_parts("bias", GROUPS), ("answers in the index", "n of the index")]


def _parts(figure: str, parts: Sequence[str]) -> list[_Row]:
    return [(figure, figure), *((f"  {part.removeprefix(GROUP)}", f"{figure}/{part}") for part in parts)]


def _lects(comparison: Comparison) -> list[str]:
    """Return the first languages of more than a few of the cases, the most frequent first."""
    way = next(iter(comparison.runs))
    sizes = {name: found.mean for name in comparison.names() if (found := comparison.of(way, name)) is not None}
    shares = {
        name.partition("/")[2]: 100 * size / sizes["cases"] for name, size in sizes.items() if name.startswith("cases/")
    }
    telling = [lect for lect, share in shares.items() if share >= _FEWEST and lect not in GROUPS]
    return sorted(telling, key=lambda lect: (-shares[lect], lect))


def _ends(comparison: Comparison) -> Iterator[list[_Row]]:
    for heading, kind in (("calls", "outcome/"), ("cases", "case/"), ("completes", "cell/")):
        named = sorted(name for name in comparison.names() if name.startswith(kind) and _ever(comparison, name))
        yield [(heading, ""), *((f"  {name.removeprefix(kind)}", name) for name in named)]


def _ever(comparison: Comparison, name: str) -> bool:
    return any(run.get(name) for runs in comparison.runs.values() for run in runs)


def _table(title: str, comparison: Comparison, sections: Iterable[Sequence[_Row]]) -> Table:
    first, *others = comparison.runs
    table = Table(
        title=f"{title}, {len(comparison.runs[first])} seeds",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("figure", no_wrap=True)
    for head in (first, *others, *(f"{way}\nminus {first}" for way in others)):
        # A figure that is too long for a narrow screen goes on in the next line: none is ever cut.
        table.add_column(head, justify="right", overflow="fold")
    measured = set(comparison.names())
    for section in sections:
        rows = [row for row in section if row[1] in measured]
        heading = [row for row in section[:1] if rows and row not in rows]
        for label, name in [*heading, *rows]:
            found = [_shown(comparison.of(way, name)) for way in (first, *others)]
            found += [_shown(comparison.difference(way, first, name), is_signed=True) for way in others]
            table.add_row(label, *found)
        table.add_section()
    return table


def title_of(population: str) -> str:
    """Return the title that a population file gives itself."""
    return str(read_figures(population)["title"])


def write_figures(path: Path, inquiry: Inquiry, comparisons: Sequence[Comparison]) -> None:
    """Write everything that was measured as JSON: the settings, every run, the means, and all paired differences."""
    document = {
        "campaign": _set_up(inquiry.campaign),
        "seeds": list(inquiry.seeds),
        "confidence": CONFIDENCE,
        "ways": [
            {"name": way.name, "policy": way.policy.model_dump(), "rules": dict(way.document)} for way in inquiry.ways
        ],
        "populations": [_as_data(comparison) for comparison in comparisons],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _set_up(campaign: SimulatedCampaign) -> dict[str, Any]:
    form = survey_of(campaign.xform, None).form
    return {
        "name": campaign.name,
        "form": {"id": form.form_id, "version": form.version, "title": form.title},
        "index": campaign.index.model_dump(mode="json") if campaign.index else None,
        "numbers": campaign.numbers,
        "interviewers": len(campaign.staff),
        "quotas": {quota.name: len(quota.cells) for quota in campaign.quotas},
        "starts_at": campaign.starts_at.isoformat(),
        "days": campaign.days,
    }


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


def _shown(one: Estimate | None, *, is_signed: bool = False) -> str:
    if one is None:
        return ""
    mean = f"{one.mean:{'+' if is_signed else ''}.2f}"
    return mean if one.half is None else f"{mean} ±{one.half:.2f}"
