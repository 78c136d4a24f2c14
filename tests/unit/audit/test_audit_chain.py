"""A changed, removed or inserted entry breaks the chain where it stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.domain import Act, Link, SealedAct, check_chain, entry_hash, plain_details

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def chain_of(length: int) -> list[SealedAct]:
    link, entries = Link(), []
    for position in range(1, length + 1):
        act = Act(7, position, MORNING, "person:1", "case.taken", f"case:{position}", {"try": position})
        entries.append(SealedAct(act, link.hash, entry_hash(link.hash, act)))
        link = Link(position, entries[-1].hash)
    return entries


def test_an_untouched_chain_is_whole_also_page_by_page() -> None:
    entries = chain_of(5)
    assert check_chain(entries) is None
    assert check_chain(entries[2:], after=Link(2, entries[1].hash)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "person:2"},
        {"act": "case.closed"},
        {"subject": "case:99"},
        {"details": {"try": 9}},
        {"at": MORNING + timedelta(microseconds=1)},
        {"chain": 8},
    ],
)
def test_a_changed_field_breaks_the_chain_at_its_entry(changes: dict[str, object]) -> None:
    entries = chain_of(5)
    entries[2] = replace(entries[2], act=replace(entries[2].act, **changes))  # type: ignore[arg-type]
    assert check_chain(entries) == 3


def test_a_changed_entry_with_a_fitting_hash_breaks_the_next_one() -> None:
    entries = chain_of(5)
    forged = replace(entries[2].act, actor="person:2")
    entries[2] = SealedAct(forged, entries[1].hash, entry_hash(entries[1].hash, forged))
    assert check_chain(entries) == 4


@given(gone=st.integers(0, 6))
def test_a_missing_entry_is_named_unless_it_was_the_last(gone: int) -> None:
    entries = chain_of(8)
    del entries[gone]
    assert check_chain(entries) == gone + 1


def test_the_hash_does_not_depend_on_the_zone_the_database_answers_in() -> None:
    act = Act(0, 1, MORNING, "system", "started", "installation", {})
    elsewhere = replace(act, at=MORNING.astimezone(timezone(timedelta(hours=8))))
    assert entry_hash(bytes(32), act) == entry_hash(bytes(32), elsewhere)


def test_details_are_reduced_to_what_the_database_keeps_unchanged() -> None:
    details = plain_details({"share": 1e22, "when": MORNING, "count": 10**20, "words": "样本", "none": None})
    assert details == {
        "share": "1e+22",
        "when": "2026-11-23 02:00:00+00:00",
        "count": 10**20,
        "words": "样本",
        "none": None,
    }
