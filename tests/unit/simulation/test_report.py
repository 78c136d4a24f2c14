"""What a comparison prints, and what it writes for programs."""

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from rich.console import Console

from app.simulation.comparison import Comparison, Seeds
from app.simulation.policies import policies
from app.simulation.report import tables_of, write_figures
from app.simulation.ways import Inquiry, ask
from tests.unit.simulation.runs import by_area, small

PRINTED = (
    "completes per hour at the desk",
    "quota cells reached",
    "misread per 100 contacts",
    "minutes per case",
    "index",
    "bias",
    "still open",
    "cities: 4501",
    "  za ",
)


def inquiry() -> Inquiry:
    campaign = replace(small(numbers=80, days=1), quotas=(by_area(6),))
    return ask(campaign, Seeds(3), population="base", all_policies=True)


@cache
def found() -> list[Comparison]:
    return inquiry().answer(processes=1, show=lambda: None)


def printed(comparison: Comparison, *, width: int = 140) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(*tables_of(comparison), sep="\n")
    return out.getvalue()


def test_each_policy_has_its_column_and_its_difference_from_the_first() -> None:
    text = printed(found()[0])
    assert all(policy.title.split()[0] in text for policy in policies().values())
    assert text.count("minus this one") >= 2
    assert [name for name in PRINTED if name not in text] == []


def test_no_figure_is_cut_where_the_screen_is_narrow() -> None:
    text = printed(found()[0], width=80)
    dials = found()[0].of("this one", "dials")
    assert dials is not None
    assert f"{dials.mean:.2f}" in text
    assert "…" not in text


def test_the_same_seed_prints_the_same_tables() -> None:
    [again] = inquiry().answer(processes=1, show=lambda: None)
    assert printed(again) == printed(found()[0])


def test_programs_get_the_set_up_every_run_and_all_differences(tmp_path: Path) -> None:
    write_figures(tmp_path / "found.json", inquiry(), found())
    document = json.loads((tmp_path / "found.json").read_text("utf-8"))
    [population] = document["populations"]
    assert document["seeds"] == [1, 2, 3]
    assert document["campaign"]["index"] == {"items": ["safety_overall"], "measure": "top_box", "top": ["4", "5"]}
    assert document["campaign"]["quotas"] == {"cities": 3}
    assert [len(runs) for runs in population["runs"].values()] == [3, 3, 3]
    assert [(one["of"], one["from"]) for one in population["differences"]] == [
        ("no language", "this one"),
        ("standard language only", "this one"),
        ("standard language only", "no language"),
    ]


def test_an_outcome_that_a_run_did_not_see_counts_as_none() -> None:
    [comparison] = found()
    assert all("outcome/fax" in run for runs in comparison.runs.values() for run in runs)
    assert "fax" not in printed(comparison)
