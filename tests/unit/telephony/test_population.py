"""Who lives on the emulated network, and what the files that describe them must say."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from app.telephony.emulator.draws import keyed_number, pick_weighted
from app.telephony.emulator.figures import BASE, MARKS, VARIANTS, Population, is_figure, load_population, read_figures
from app.telephony.emulator.population import WELL, Line, following, person_of
from tests.unit.telephony.people import numbers, people

MIX = (("yue", 0.7), ("hak", 0.3))


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, entry in table.items():
        where = f"{path}.{key}"
        if isinstance(entry, dict) and not is_figure(entry):
            yield from leaves(entry, where)
        else:
            yield where, entry


@pytest.mark.parametrize("name", [BASE, *VARIANTS])
def test_every_figure_names_its_mark_and_source(name: str) -> None:
    headings = {".title", ".time_zone", ".standard_lect"}
    for where, figure in leaves(read_figures(name)):
        assert where in headings or (figure["mark"] in MARKS and figure["source"]), where


def test_a_figure_that_the_code_does_not_know_is_an_error() -> None:
    unknown = load_population().model_dump() | {"moon": 1}
    with pytest.raises(ValidationError, match="moon"):
        Population.model_validate(unknown)


def test_a_variant_differs_from_the_base_only_in_what_it_names() -> None:
    base, less = load_population().model_dump(), load_population("dialect_less_content").model_dump()
    less["title"], less["opinions"]["dialect_shift"] = base["title"], base["opinions"]["dialect_shift"]
    assert less == base


def test_a_number_is_always_answered_by_the_same_person() -> None:
    first, second = (person_of(load_population(), "+8613985012345", MIX, seed=1) for _ in range(2))
    assert first == second
    assert first != person_of(load_population(), "+8613985012345", MIX, seed=2)


def test_the_hash_behind_every_draw_is_the_same_on_every_machine() -> None:
    assert keyed_number(1, "person", "+8613985012345") == 1036770691004209771


def test_first_languages_follow_the_mix_of_the_place() -> None:
    mains = [person.main_lect for person in people(2000, area_shares=MIX)]
    assert 0.66 < mains.count("yue") / len(mains) < 0.74
    assert set(mains) == {"yue", "hak"}


def test_without_a_mix_the_national_one_serves() -> None:
    mains = {person.main_lect for person in people(2000)}
    assert {"cmn-x-xina1239", "wuu", "yue", "cmn-x-putonghu"} <= mains


def test_four_in_five_speak_the_standard_language() -> None:
    speakers = [person for person in people(4000) if person.fluency_in("cmn-x-putonghu") >= WELL]
    assert len(speakers) / 4000 == pytest.approx(0.8072, abs=0.02)


def test_the_old_speak_the_standard_language_less() -> None:
    old = [person for person in people(4000) if person.age >= 60 and person.main_lect != "cmn-x-putonghu"]
    share = sum(person.fluency_in("cmn-x-putonghu") >= WELL for person in old) / len(old)
    assert 0.35 <= share <= 0.55


def test_one_number_in_ten_does_not_work() -> None:
    dead = [person for person in people(4000) if person.line is Line.NOT_WORKING]
    assert len(dead) / 4000 == pytest.approx(0.10, abs=0.02)


@pytest.mark.parametrize(("variant", "direction"), [("dialect_less_content", -1), ("dialect_more_content", 1)])
def test_variants_shift_only_the_content_of_dialect_speakers(variant: str, direction: int) -> None:
    base, other = load_population(), load_population(variant)
    for number in numbers(200):
        before, after = person_of(base, number, (), seed=1), person_of(other, number, (), seed=1)
        shift = 0 if before.main_lect == base.standard_lect else 0.5 * direction
        assert after.content - before.content == pytest.approx(shift, abs=0.002)


def test_a_person_follows_by_speaking_or_by_nearness() -> None:
    person = person_of(load_population(), "+8613985012345", (("yue", 1.0),), seed=1)
    assert following(person, "yue", degree=0.0) == 1.0
    assert following(person, "csp", degree=0.4) == 0.4


def test_weights_need_not_sum_to_one() -> None:
    assert [pick_weighted(position, {"a": 3, "b": 1}) for position in (0.0, 0.74, 0.76, 1.0)] == ["a", "a", "b", "b"]
