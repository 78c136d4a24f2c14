"""Read uploaded CSV tables so that one bad row is reported and never loses the good ones."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.core.errors import Fault, InvalidInputError

UNREADABLE: Final = "The file is not a CSV table in UTF-8 or GB18030. Save it as CSV and upload it again."
MISSING_COLUMNS: Final = "The first line must name the columns %(columns)s; %(missing)s is missing."
EMPTY_CELL: Final = "The cell is empty. Fill it in."
_LONGEST_CELL: Final = 1_000


@dataclass(frozen=True)
class ImportReport:
    """What an import did: rows read, rows taken, and a fault for each row left out."""

    rows: int
    accepted: int
    faults: tuple[Fault, ...]


@dataclass
class Tally:
    """Counts rows and collects faults while an import runs."""

    rows: int = 0
    accepted: int = 0
    faults: list[Fault] = field(default_factory=list)

    def report(self) -> ImportReport:
        """Close the count."""
        return ImportReport(self.rows, self.accepted, tuple(self.faults))


@dataclass(frozen=True)
class Row:
    """One line of the table; `number` is the line in the file, as an editor shows it."""

    number: int
    cells: dict[str, str]

    def fault(self, column: str, message: str, **values: str) -> Fault:
        """Describe what is wrong with one cell."""
        return Fault(f"row {self.number}, column {column}", message, tuple(values.items()))

    def required(self, column: str) -> str:
        """Return the cell's text; raises `BadRowError` when it is empty."""
        text = self.cells.get(column, "")
        if not text:
            raise BadRowError(self.fault(column, EMPTY_CELL))
        return text


class BadRowError(InvalidInputError):
    """This row cannot be taken."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message, (fault,), **dict(fault.values))
        self.fault = fault


def read_rows(source: bytes, *, columns: tuple[str, ...]) -> Iterator[Row]:
    """Yield the rows that hold anything; raises `InvalidInputError` when it is no table or a column is missing."""
    reader = csv.reader(io.StringIO(_decode(source), newline=""))
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if missing := [column for column in columns if column not in header]:
            raise InvalidInputError(MISSING_COLUMNS, columns=", ".join(columns), missing=", ".join(missing))
        for line in reader:
            cells = dict(zip(header, (cell.strip()[:_LONGEST_CELL] for cell in line), strict=False))
            if any(cells.values()):
                yield Row(reader.line_num, cells)
    except csv.Error as error:
        raise InvalidInputError(UNREADABLE) from error


def _decode(source: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = source.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInputError(UNREADABLE)
