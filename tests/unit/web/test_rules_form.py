"""The form of the rules gives back the document it was made of, and names what cannot be read."""

from typing import Any

import pytest
from starlette.datastructures import FormData

from app.campaigns.rule_book import default_rules
from app.campaigns.rule_changes import changes_between, flat_rules
from app.campaigns.rules import read_rules
from app.campaigns.service import DAY_HOURS
from app.web.rule_places import RulePlaces, field_of
from app.web.rules_form import RulesForm

DOCUMENT = default_rules(DAY_HOURS, attempts=8)
CODES = tuple(DOCUMENT["treatments"])


def sent(**changes: str) -> RulesForm:
    fields = {**RulesForm.of(DOCUMENT, "en").fields, **changes}
    return RulesForm.sent(FormData([(name, value) for name, value in fields.items() if value]))


def read(form: RulesForm) -> dict[str, Any]:
    document, faults = form.document(CODES)
    assert faults == []
    return document


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_a_form_that_nobody_touched_changes_nothing(locale: str) -> None:
    document = read(RulesForm.sent(FormData(list(RulesForm.of(DOCUMENT, locale).fields.items()))))
    assert changes_between(DOCUMENT, document) == ()
    read_rules(document)


@pytest.mark.parametrize(
    ("field", "typed", "where", "value"),
    [
        ("treatments.no_answer.delay_minutes", "2 d", "treatments.no_answer.delay_minutes", 2880),
        ("treatments.busy.most", "4", "treatments.busy.most", 4),
        ("language.random_share", "10", "language.random_share", 0.1),
        ("language.serve_partial", "", "language.serve_partial", False),
        ("calling_hours.monday", "9:00－12:00、14：00-21:00", "calling_hours.monday", "09:00-12:00, 14:00-21:00"),
        ("holidays", "2026-10-01\n2026-10-02", "holidays", "2026-10-01, 2026-10-02"),
        ("slices[2].least", "2", "slices[evening].least", 2),
        ("weights.quota", "0.5", "weights.quota", 0.5),
    ],
)
def test_what_is_typed_is_what_changes(field: str, typed: str, where: str, value: object) -> None:
    [change] = changes_between(DOCUMENT, read(sent(**{field: typed})))
    assert (change.where, change.after) == (where, value)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("treatments.no_answer.delay_minutes", "soon"), ("limits.per_case", ""), ("limits.per_case", "many"),
        ("language.random_share", "140"), ("weights.age", "heavy"), ("slices[1].most", "1.5"),
        ("treatments.busy.redials", "²"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_its_field(field: str, typed: str) -> None:
    _document, faults = sent(**{field: typed}).document(CODES)
    assert [fault.where for fault in faults] in ([field], [])
    assert faults or field == "treatments.busy.redials"  # a raised digit is a digit


def test_an_emptied_time_slice_is_gone_and_the_next_one_moves_up() -> None:
    gone = {f"slices[1].windows.{day}": "" for day in DAY_HOURS} | {"slices[1].name": ""}
    form = sent(**gone)
    assert form.slices == 2
    assert [part["name"] for part in read(form)["slices"]] == ["evening", "weekend"]


def test_a_window_that_is_none_is_left_for_the_rules_to_refuse() -> None:
    assert read(sent(**{"calling_hours.monday": "all day"}))["hours"]["monday"] == [["all day"]]


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ("calling_hours.monday[2]", "calling_hours.monday"),
        ("slices[1].windows.monday[1]", "slices[1].windows.monday"),
        ("slices[1]", "slices[1].name"),
        ("holidays[3]", "holidays"),
        ("limits.per_case", "limits.per_case"),
    ],
)
def test_a_fault_finds_its_field(where: str, field: str) -> None:
    assert field_of(where) == field


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("treatments.busy.delay_minutes", "<busy> · After"),
        ("treatments.busy", "<busy>"),
        ("slices[evening].windows.monday", "Time slice evening · Windows · Monday"),
        ("slices[2].most", "Time slice 2 · Tries, at most"),
        ("calling_hours.monday[1]", "Calling hours · Monday"),
        ("slices", "Time slices"),
        ("limits.per_day", "Tries per day"),
        ("reason", "Why the rules change"),
    ],
)
def test_a_place_is_named_as_the_form_names_it(where: str, words: str) -> None:
    assert RulePlaces("en", lambda code: f"<{code}>").place(where) == words


def test_every_field_of_the_rules_has_a_name() -> None:
    places = RulePlaces("en", lambda code: code.replace("_", " "))
    nameless = [where for where in flat_rules(DOCUMENT) if "_" in places.place(where).replace("label_", "")]
    assert nameless == []
