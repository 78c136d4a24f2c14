"""Read the rows of a phone list one by one: which become cases, and why the others do not."""

import re
import zoneinfo
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeVar

from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.privacy import mask_number
from app.languages.numbers import NumberPlace
from app.sampling.domain import ColumnMapping, Row, RowVerdict, Table, mask_cell, mask_digits


@dataclass(frozen=True)
class Place:
    """An area of the registry: its code and its name from the province down."""

    code: str
    name: str


@dataclass(frozen=True)
class Lookups:
    """What a row's texts are checked against; each raises a XiangyinError on a text it does not know."""

    read_number: Callable[[str], NumberPlace]
    find_place: Callable[[str], Place]
    place_of_number: Callable[[NumberPlace], Place | None]
    find_lect: Callable[[str], str]
    fingerprint: Callable[[str], bytes]
    time_zone: str


@dataclass(frozen=True)
class ReadNumber:
    """A usable number of a row and the column it stood in."""

    column: str
    number: NumberPlace
    fingerprint: bytes


@dataclass(frozen=True)
class ReadRow:
    """A row whose texts are understood; it may still turn out to be a duplicate."""

    row: int
    numbers: tuple[ReadNumber, ...] = ()
    area: Place | None = None
    area_source: str | None = None
    place_name: str = ""
    place_differs: bool = False
    time_zone: str = ""
    lect: str | None = None
    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    reason: Fault | None = None
    remarks: tuple[Fault, ...] = ()

    def verdict(self) -> RowVerdict:
        """Say what becomes of this row."""
        return RowVerdict(self.row, self.reason is None, self.reason, self.remarks)


_Found = TypeVar("_Found")

_NO_NUMBER: Final = "There is no telephone number. Enter one or delete the row."
_ON_DO_NOT_CALL_LIST: Final = "The number %(number)s is on the do-not-call list. It is never called."
_IN_CAMPAIGN: Final = "The number %(number)s is already in this campaign."
_IN_FILE: Final = "The number %(number)s already stands in row %(first)s of this file."

# Field staff write several numbers into one cell.
_SEPARATORS: Final = re.compile(r"[/、;；,，|\n]+")


class _UnusableCellError(Exception):
    """A cell that costs its row the acceptance; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def read_rows(table: Table, mapping: ColumnMapping, lookups: Lookups) -> list[ReadRow]:
    """Read every row; one that cannot be used carries its reason and never stops the others."""
    return [_read_row(row, cells, mapping, lookups=lookups) for row, cells in table.records()]


def _read_row(row: Row, cells: Mapping[str, str], mapping: ColumnMapping, *, lookups: Lookups) -> ReadRow:
    if row.damage:
        return ReadRow(row.number, reason=row.damage)
    numbers, remarks = _read_numbers(row.number, [(column, cells[column]) for column in mapping.phone], lookups)
    if not numbers:
        reason, *others = remarks or [Fault(_where(row.number, mapping.phone[0]), _NO_NUMBER)]
        return ReadRow(row.number, reason=reason, remarks=tuple(others))
    try:
        return _Cells(row.number, cells, mapping, lookups).read(numbers, remarks)
    except _UnusableCellError as error:
        return ReadRow(row.number, numbers=numbers, reason=error.fault, remarks=tuple(remarks))


@dataclass(frozen=True)
class _Cells:
    """One row's cells together with what they are checked against."""

    row: int
    cells: Mapping[str, str]
    mapping: ColumnMapping
    lookups: Lookups

    def read(self, numbers: tuple[ReadNumber, ...], remarks: Sequence[Fault]) -> ReadRow:
        first = numbers[0].number
        named = self._look_up(self.mapping.area, self.lookups.find_place)
        by_number = self.lookups.place_of_number(first)
        zone = self._look_up(self.mapping.time_zone, _check_time_zone)
        area = named or by_number
        lect, doubts = self._lect()
        return ReadRow(
            self.row,
            numbers=numbers,
            area=area,
            area_source="frame" if named else "number" if by_number else None,
            place_name=area.name if area else first.name_zh,
            place_differs=named is not None and by_number is not None and not same_prefecture(named, by_number),
            time_zone=zone or (first.time_zones[0] if len(first.time_zones) == 1 else self.lookups.time_zone),
            lect=lect,
            name=self.cells.get(self.mapping.name or "", ""),
            columns={column: self.cells[column] for column in (*self.mapping.further, *doubts)},
            remarks=(*remarks, *doubts.values()),
        )

    def _lect(self) -> tuple[str | None, dict[str, Fault]]:
        """Read the declared lect; words nobody registered are kept as a further column, with a remark."""
        try:
            return self._look_up(self.mapping.language, self.lookups.find_lect), {}
        except _UnusableCellError as error:
            return None, {self.mapping.language or "": error.fault}

    def _look_up(self, column: str | None, find: Callable[[str], _Found]) -> _Found | None:
        """Read an optional cell; a blank one is no fault, an unknown text refuses the row."""
        text = self.cells.get(column or "", "")
        if not text:
            return None
        try:
            return find(text)
        except XiangyinError as error:
            raise _UnusableCellError(_fault_of(error, _where(self.row, column or ""), mask=mask_digits)) from error


def _read_numbers(
    row: int, cells: Sequence[tuple[str, str]], lookups: Lookups
) -> tuple[tuple[ReadNumber, ...], list[Fault]]:
    """Return the usable numbers of a row in order, each once, and what is wrong with the others."""
    numbers: dict[bytes, ReadNumber] = {}
    faults = []
    for column, text in ((column, text) for column, cell in cells for text in _SEPARATORS.split(cell) if text.strip()):
        try:
            number = lookups.read_number(text)
        except XiangyinError as error:
            faults.append(_fault_of(error, _where(row, column), mask=mask_cell))
            continue
        fingerprint = lookups.fingerprint(number.e164)
        numbers.setdefault(fingerprint, ReadNumber(column, number, fingerprint))
    return tuple(numbers.values()), faults


def _check_time_zone(text: str) -> str:
    if text not in _time_zones():
        raise InvalidInputError("The time zone %(zone)s is not known. Write a name such as Asia/Shanghai.", zone=text)
    return text


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def same_prefecture(one: Place, other: Place) -> bool:
    """Say whether two areas lie together, as far as the coarser of the two can tell."""
    return all(
        mine == theirs or "00" in (mine, theirs)
        for mine, theirs in ((one.code[:2], other.code[:2]), (one.code[2:4], other.code[2:4]))
    )


def refuse_known_numbers(
    rows: Sequence[ReadRow], *, in_campaign: Collection[bytes], do_not_call: Collection[bytes]
) -> list[ReadRow]:
    """Refuse what may not be called and what is there already, in the file or in the campaign.

    One number on the do-not-call list refuses its whole row, because its owner asked for it. A row
    whose numbers are only partly known keeps the new ones.
    """
    seen: dict[bytes, int] = {}
    checked = []
    for row in rows:
        kept = row if row.reason else _without_known(row, seen, in_campaign=in_campaign, do_not_call=do_not_call)
        if kept.reason is None:
            seen.update((number.fingerprint, row.row) for number in kept.numbers)
        checked.append(kept)
    return checked


def _without_known(
    row: ReadRow, seen: Mapping[bytes, int], *, in_campaign: Collection[bytes], do_not_call: Collection[bytes]
) -> ReadRow:
    refused = next((number for number in row.numbers if number.fingerprint in do_not_call), None)
    if refused:
        return replace(row, reason=_number_fault(row.row, refused, _ON_DO_NOT_CALL_LIST))
    kept, known = [], []
    for number in row.numbers:
        if number.fingerprint in in_campaign:
            known.append(_number_fault(row.row, number, _IN_CAMPAIGN))
        elif number.fingerprint in seen:
            first = str(seen[number.fingerprint])
            known.append(_number_fault(row.row, number, _IN_FILE, first=first))
        else:
            kept.append(number)
    if not kept:
        return replace(row, reason=known[0], remarks=(*row.remarks, *known[1:]))
    return replace(row, numbers=tuple(kept), remarks=(*row.remarks, *known))


def _number_fault(row: int, number: ReadNumber, message: str, **values: str) -> Fault:
    shown = {"number": mask_number(number.number.e164), **values}
    return Fault(_where(row, number.column), message, tuple(shown.items()))


def _where(row: int, column: str) -> str:
    return f"row {row}, column {column}"


def _fault_of(error: XiangyinError, where: str, *, mask: Callable[[str], str]) -> Fault:
    """Keep the words of the check, with the values it quotes masked: reports are stored and shown."""
    return Fault(where, error.message, tuple((name, mask(value)) for name, value in error.values.items()))
