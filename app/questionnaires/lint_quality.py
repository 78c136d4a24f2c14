"""Check what an author says about how answers hang together: batteries, pairs, and how long an answer takes."""

from collections.abc import Mapping
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import NO_BATTERY, QuestionKind
from app.questionnaires.tables import Row

PREFIX: Final = "quality::"
BATTERY: Final = "quality::battery"
SAME_AS: Final = "quality::same_as"
REVERSE_OF: Final = "quality::reverse_of"
QUICKEST: Final = "quality::quickest"
SLOWEST: Final = "quality::slowest"
LONGEST_SECONDS: Final = 3_600
_UNANSWERED: Final = frozenset({QuestionKind.CALCULATE, QuestionKind.REPEAT})
_RESERVED: Final = "bind::cati:dkref"


def check_quality(draft: Draft) -> None:
    """Add a fault for every battery, pair and length of time that cannot be held against answers."""
    rows = {row.text("name"): row for row in draft.survey.rows if row.text("name")}
    batteries: dict[str, list[Row]] = {}
    for row in draft.survey.rows:
        battery = row.text(BATTERY)
        if battery and _is_comparable(draft, row, BATTERY) and battery != NO_BATTERY:
            batteries.setdefault(battery, []).append(row)
        for column in (SAME_AS, REVERSE_OF):
            if row.text(column) and _is_comparable(draft, row, column):
                _check_pair(draft, row, column, rows=rows)
        _check_contradiction(draft, row, rows=rows)
        _check_seconds(draft, row)
    for name, members in batteries.items():
        _check_battery(draft, name, members)


def _is_comparable(draft: Draft, row: Row, column: str) -> bool:
    where, name = draft.survey.where(row, column), row.text("name")
    if draft.kind(name) is not QuestionKind.SELECT_ONE:
        draft.fault(where, "Only a select_one question can be compared with others.")
        return False
    if draft.repeats_around(name):
        draft.fault(where, "A question in a repeat is asked more than once and cannot be compared with others.")
        return False
    return True


def _check_battery(draft: Draft, name: str, members: list[Row]) -> None:
    listed = draft.kinds[members[0].text("name")][1]
    if len(members) == 1:
        message = "The battery %(battery)s has this question only. Name it in the others too, or empty the cell."
        draft.fault(draft.survey.where(members[0], BATTERY), message, battery=name)
    for row in members[1:]:
        if draft.kinds[row.text("name")][1] != listed:
            message = "The battery %(battery)s is read with the list %(list)s. This question has another list."
            draft.fault(draft.survey.where(row, BATTERY), message, battery=name, list=listed)


def _check_pair(draft: Draft, row: Row, column: str, *, rows: Mapping[str, Row]) -> None:
    where, other = draft.survey.where(row, column), row.text(column)
    if other == row.text("name"):
        draft.fault(where, "A question cannot be compared with itself.")
        return
    if other not in rows or other not in draft.kinds:
        draft.fault(where, "There is no question %(name)s.", name=other)
        return
    if draft.kind(other) is not QuestionKind.SELECT_ONE or draft.repeats_around(other):
        draft.fault(where, "%(name)s is no select_one question outside of repeats.", name=other)
        return
    here, there = _steps(draft, row), _steps(draft, rows[other])
    if here != there:
        message = "%(name)s has %(there)s choices in order and this question %(here)s: they cannot be compared."
        draft.fault(where, message, name=other, here=str(here), there=str(there))


def _steps(draft: Draft, row: Row) -> int:
    """Count the choices of a scale, without the codes of "don't know" and "refused"."""
    return len(draft.codes(draft.kinds[row.text("name")][1]) - {*row.text(_RESERVED).split()})


def _check_contradiction(draft: Draft, row: Row, *, rows: Mapping[str, Row]) -> None:
    """Add a fault where one of two questions asks the reverse of the other, and either asks the same as the other."""
    other = row.text(REVERSE_OF)
    if other and (row.text(SAME_AS) == other or (other in rows and rows[other].text(SAME_AS) == row.text("name"))):
        message = "A question cannot ask the same as %(name)s and the reverse of it."
        draft.fault(draft.survey.where(row, REVERSE_OF), message, name=other)


def _check_seconds(draft: Draft, row: Row) -> None:
    found = {column: _seconds(draft, row, column) for column in (QUICKEST, SLOWEST)}
    kind = draft.kind(row.text("name"))
    for column in (QUICKEST, SLOWEST):
        if row.text(column) and (kind is None or kind in _UNANSWERED or kind.is_read_only):
            draft.fault(draft.survey.where(row, column), "Only a question that is answered takes time.")
    quickest, slowest = found[QUICKEST], found[SLOWEST]
    if quickest is not None and slowest is not None and quickest >= slowest:
        draft.fault(draft.survey.where(row, SLOWEST), "The slowest answer must take longer than the quickest.")


def _seconds(draft: Draft, row: Row, column: str) -> float | None:
    text = row.text(column)
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= LONGEST_SECONDS:
        draft.fault(draft.survey.where(row, column), "Write a number of seconds, such as 1.5.")
        return None
    return seconds
