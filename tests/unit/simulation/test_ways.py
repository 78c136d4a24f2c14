"""Which ways of calling are compared, and what is said of rules that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import InvalidInputError
from app.simulation.comparison import Seeds, Way, compare, populations_named
from app.simulation.policies import find_policy, policies, rules_from, shipped_rules
from app.simulation.ways import Files, ask, read_rules_file, ways_for
from app.telephony.emulator.figures import VARIANTS
from tests.unit.simulation.runs import shipped_campaign, small

SHIPPED = shipped_campaign()


def written(folder: Path, name: str, document: Any) -> Path:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_a_comparison_has_the_three_policies_and_every_population() -> None:
    inquiry = ask(SHIPPED, Seeds(20), all_policies=True)
    assert [way.name for way in inquiry.ways] == ["this one", "no language", "standard language only"]
    assert inquiry.populations == ("population", *VARIANTS)
    assert inquiry.runs == 80


def test_without_a_comparison_the_base_population_is_enough() -> None:
    assert ask(SHIPPED, Seeds()).populations == ("population",)
    assert ask(SHIPPED, Seeds(), population="all").populations == ("population", *VARIANTS)


def test_two_rule_sets_stand_side_by_side(tmp_path: Path) -> None:
    fewer = shipped_rules() | {"limits": {"per_case": 3}}
    ways = ways_for(SHIPPED, Files(against=written(tmp_path, "fewer", fewer)), all_policies=False)
    assert [way.name for way in ways] == ["shipped rules", "fewer (against)"]
    [found] = compare(ways, small(days=5), ["population"], seeds=Seeds(1), processes=1)
    difference = found.difference("fewer (against)", "shipped rules", "tries per case")
    assert difference is not None
    assert difference.mean < 0


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    wrong = shipped_rules() | {"limits": {"per_case": 0}}
    ways = ways_for(SHIPPED, Files(written(tmp_path, "wrong", wrong)), all_policies=False)
    with pytest.raises(InvalidInputError) as caught:
        compare(ways, SHIPPED, ["population"], seeds=Seeds(1), processes=1)
    assert [fault.where for fault in caught.value.faults] == ["limits.per_case"]


def test_an_outcome_without_treatment_is_named() -> None:
    document = shipped_rules()
    del document["treatments"]["busy"]
    with pytest.raises(InvalidInputError) as caught:
        rules_from(document)
    assert [fault.where for fault in caught.value.faults] == ["treatments.busy"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe\x00"])
def test_a_file_that_is_no_rules_document_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        read_rules_file(path)
    assert [fault.where for fault in caught.value.faults] == ["broken.json"]


def test_an_unknown_population_or_policy_names_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="dialect_less_content"):
        populations_named("elsewhere")
    with pytest.raises(InvalidInputError, match="standard_only"):
        find_policy("elsewhere")


def test_ways_with_one_name_are_refused() -> None:
    way = Way("twice", find_policy("this_one"), shipped_rules())
    with pytest.raises(InvalidInputError, match="twice"):
        compare([way, way], SHIPPED, ["population"], seeds=Seeds(1), processes=1)


@pytest.mark.parametrize("key", list(policies()))
def test_a_policy_changes_only_how_language_is_treated(key: str) -> None:
    plain, laid_over = rules_from(shipped_rules()), find_policy(key).over(shipped_rules())
    changed = {code for code in plain.treatments if plain.treatments[code] != laid_over.treatments[code]}
    assert changed <= plain.barriers
    assert (plain.limits, plain.slices, plain.weights) == (laid_over.limits, laid_over.slices, laid_over.weights)


def test_two_processes_find_what_one_finds() -> None:
    ways = ways_for(SHIPPED, Files(), all_policies=False)
    tiny = small(numbers=60, interviewers=2, days=1)
    one, two = (compare(ways, tiny, ["population"], seeds=Seeds(2), processes=number) for number in (1, 2))
    assert one == two
