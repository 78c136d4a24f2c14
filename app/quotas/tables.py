"""Read a quota from a table with one row per cell, and say what is wrong by row and column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.core.errors import Fault, InvalidInputError
from app.quotas.domain import AREA_DIGITS, FULL_CODE, Dimension, DimensionKind
from app.quotas.plans import REFUSED, CellPlan, QuotaPlan

TARGET: Final = "target"
MOST: Final = "most"
ANSWER: Final = f"{DimensionKind.ANSWER.value}:"
_CELL: Final = re.compile(r"cells\[(\d+)\](?:\.(.+))?")
_DIMENSION: Final = re.compile(r"dimensions\[(\d+)\].*")
_NUMBER: Final = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class TableRow:
    """One row under the header by its number in the file, its cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class TablePlan:
    """A plan with the rows its cells stand in."""

    plan: QuotaPlan
    rows: tuple[TableRow, ...]

    def at_rows(self, error: InvalidInputError) -> InvalidInputError:
        """Return the error with its faults at rows and columns of the file."""
        faults = tuple(replace(fault, where=self._place(fault.where)) for fault in error.faults)
        return InvalidInputError(error.message, faults, **error.values)

    def _place(self, where: str) -> str:
        cell, dimension = _CELL.fullmatch(where), _DIMENSION.fullmatch(where)
        if cell:
            row = f"row {self.rows[int(cell[1])].number}"
            return f"{row}, column {cell[2]}" if cell[2] else row
        if dimension:
            return f"column {self.plan.dimensions[int(dimension[1])].name}"
        return {"name": "quota", "cells": "table", "dimensions": "table"}.get(where, where)


def read_plan(name: str, header: Sequence[str], rows: Sequence[TableRow]) -> TablePlan:
    """Read the columns area, phone, lect and answer:<question>, each at most once, then target and most.

    An empty `most` is the target. The finest code of the column tells how many digits of the areas count: 450100
    stands for the whole prefecture where no county is named. Raises InvalidInputError that names rows and columns.
    """
    faults = [*_header_faults(header)]
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    dimensions = tuple(_dimension(column, rows) for column in header if column not in {TARGET, MOST})
    cells = []
    for row in rows:
        target, wrong = _number(row, TARGET)
        most, more = _number(row, MOST) if row.cells.get(MOST) else (target, [])
        faults += [*wrong, *more]
        cells.append(CellPlan(tuple(row.cells[d.name] for d in dimensions), target, most))
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    return TablePlan(QuotaPlan(name, dimensions, tuple(cells)), tuple(rows))


def _header_faults(header: Sequence[str]) -> list[Fault]:
    plain = {kind.value for kind in DimensionKind if kind is not DimensionKind.ANSWER}
    faults = [
        Fault(f"column {column}", "A quota has no such column. Use area, phone, lect, answer:question, target, most.")
        for column in header
        if column not in {*plain, TARGET, MOST} and not column.startswith(ANSWER)
    ]
    if TARGET not in header:
        faults.append(Fault(f"column {TARGET}", "This column is missing."))
    return faults


def _dimension(column: str, rows: Sequence[TableRow]) -> Dimension:
    if column.startswith(ANSWER):
        return Dimension(DimensionKind.ANSWER, question=column.removeprefix(ANSWER))
    kind = DimensionKind(column)
    if kind is not DimensionKind.AREA:
        return Dimension(kind)
    return Dimension(kind, digits=max((_digits(row.cells[column]) for row in rows), default=FULL_CODE))


def _digits(code: str) -> int:
    """Return how many digits of a code say something: 2, 4 or 6."""
    return next((digits for digits in AREA_DIGITS if not code[digits:].strip("0")), FULL_CODE)


def _number(row: TableRow, column: str) -> tuple[int, list[Fault]]:
    text = row.cells.get(column, "")
    if not _NUMBER.fullmatch(text):
        return 0, [Fault(f"row {row.number}, column {column}", "Write a whole number, 0 or more.")]
    return int(text), []
