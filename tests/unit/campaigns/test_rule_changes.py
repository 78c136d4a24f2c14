"""Two versions of the rules differ in the fields that were changed, and in no others."""

import copy
from typing import Any

import pytest

from app.campaigns.rule_book import default_rules
from app.campaigns.rule_changes import Change, changes_between
from app.campaigns.rules import read_rules
from app.campaigns.service import DAY_HOURS
from app.core.errors import InvalidInputError


@pytest.fixture
def document() -> dict[str, Any]:
    return default_rules(DAY_HOURS, attempts=8)


def test_the_same_rules_do_not_differ(document: dict[str, Any]) -> None:
    assert changes_between(document, copy.deepcopy(document)) == ()


def test_a_default_written_out_is_no_change(document: dict[str, Any]) -> None:
    written = {**document, "language": {"patience_minutes": 30}}
    assert changes_between(document, written) == ()


def test_a_changed_field_is_named_with_both_values(document: dict[str, Any]) -> None:
    later = copy.deepcopy(document)
    later["treatments"]["busy"]["delay_minutes"] = 40
    assert changes_between(document, later) == (Change("treatments.busy.delay_minutes", 25, 40),)


def test_a_removed_slice_and_an_emptied_day_were_there_before(document: dict[str, Any]) -> None:
    later = copy.deepcopy(document)
    del later["slices"][2], later["hours"]["sunday"]
    changes = {change.where: change for change in changes_between(document, later)}
    assert changes["calling_hours.sunday"] == Change("calling_hours.sunday", "09:00-21:00", None)
    assert changes["slices"] == Change("slices", "weekday, evening, weekend", "weekday, evening")
    assert changes["slices[weekend].least"].after is None


def test_the_order_of_slices_is_a_change(document: dict[str, Any]) -> None:
    later = {**document, "slices": document["slices"][::-1]}
    assert [change.where for change in changes_between(document, later)] == ["slices"]


@pytest.mark.parametrize(
    ("group", "field", "value", "where", "message"),
    [
        ("limits", "per_case", 1000, "limits.per_case", "Must be at most %(le)s."),
        ("limits", "per_case", "x", "limits.per_case", "Write a whole number."),
        ("weights", "age", "x", "weights.age", "Write a number."),
        ("limits", "per_week", 3, "limits.per_week", "Unknown field; remove it."),
    ],
)
def test_a_wrong_field_is_said_in_words_that_are_translated(
    document: dict[str, Any], group: str, field: str, value: object, *, where: str, message: str
) -> None:
    wrong = {**document, group: {**document.get(group, {}), field: value}}
    with pytest.raises(InvalidInputError) as refused:
        read_rules(wrong)
    assert (where, message) in [(fault.where, fault.message) for fault in refused.value.faults]


def test_our_own_sentence_is_said_without_a_validators_preface(document: dict[str, Any]) -> None:
    document["slices"][1]["name"] = "weekday"
    with pytest.raises(InvalidInputError) as refused:
        read_rules(document)
    assert "Two time slices have the same name." in [fault.message for fault in refused.value.faults]
