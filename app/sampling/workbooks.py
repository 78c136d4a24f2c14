"""Read the first sheet of an Excel workbook as text, whatever a hostile file claims about itself."""

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.core.archives import UNREADABLE
from app.core.errors import Fault, InvalidInputError, TooLargeError

Cell = int | float | str | bool | time | date | datetime | timedelta

EXPANDED_LIMIT_BYTES: Final = 200_000_000
ROW_LIMIT: Final = 200_000
COLUMN_LIMIT: Final = 100
CELL_LIMIT: Final = 4_000_000

# calamine makes room for the whole rectangle up to the last filled cell, so one cell at XFD1048576 would
# take all memory. Rows and cells are found here first; formatted but empty cells do not count.
_TAG: Final = re.compile(rb"""<(?:\w+:)?(row|c)((?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?)>""")
_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
# Excel writes none of these; within them the tags above could hide.
_NOT_WRITTEN_BY_EXCEL: Final = (b"<!--", b"<![CDATA[", b"<!DOCTYPE")


def read_workbook(source: bytes, file_name: str) -> list[list[str]]:
    """Return the first visible sheet from its first row on; raises InvalidInputError or TooLargeError."""
    parts = _expand(source, file_name)
    _refuse_far_cells(parts, file_name)
    try:
        with CalamineWorkbook.from_object(_repack(parts)) as workbook:
            sheet = _first_sheet(workbook, file_name)
            return [[cell_text(cell) for cell in row] for row in sheet.iter_rows()]
    except (CalamineError, ValueError, OSError) as error:
        raise _unreadable(file_name) from error


def _expand(source: bytes, file_name: str) -> dict[str, bytes]:
    """Unpack the parts with a running count, because sizes written in the archive may lie."""
    parts: dict[str, bytes] = {}
    left = EXPANDED_LIMIT_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            for member in archive.infolist():
                if not member.filename.lower().endswith((".xml", ".rels")):
                    continue
                with archive.open(member) as part:
                    parts[member.filename] = part.read(left + 1)
                left -= len(parts[member.filename])
                if left < 0:
                    break
    except UNREADABLE as error:
        raise _unreadable(file_name) from error
    if left < 0:
        raise TooLargeError(
            "%(file)s is larger than %(limit)s MB when unpacked. Split the list into smaller files.",
            file=file_name,
            limit=str(EXPANDED_LIMIT_BYTES // 1_000_000),
        )
    if not any(name.lower() == "xl/workbook.xml" for name in parts):
        raise _unreadable(file_name)
    return parts


def _repack(parts: dict[str, bytes]) -> io.BytesIO:
    """Give calamine only what was counted, so that no part can expand further than it did here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _refuse_far_cells(parts: dict[str, bytes], file_name: str) -> None:
    for content in parts.values():
        if b"sheetData" not in content:
            continue
        if any(mark in content for mark in _NOT_WRITTEN_BY_EXCEL):
            raise _unreadable(file_name)
        rows, columns = _extent(content)
        refuse_large_table(file_name, rows=rows, columns=columns)


def _extent(sheet: bytes) -> tuple[int, int]:
    """Return the last row and column that hold something; a reference left out counts on from the one before."""
    row = column = last_row = last_column = 0
    for tag in _TAG.finditer(sheet):
        reference = _REFERENCE.search(tag[2])
        if tag[1] == b"row":
            row, column = (int(reference[2]) if reference else row + 1), 0
            continue
        column = column_number(reference[1].decode()) if reference else column + 1
        row = int(reference[2]) if reference else row
        if not tag[2].endswith(b"/"):
            last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row, last_column


def refuse_large_table(file_name: str, *, rows: int, columns: int) -> None:
    """Raise TooLargeError beyond the limits, saying what to delete or split."""
    faults = []
    if rows > ROW_LIMIT + 1:
        faults.append(_over(f"row {rows}", "The list ends after row %(limit)s at the latest. Split it.", ROW_LIMIT + 1))
    if columns > COLUMN_LIMIT:
        where = f"column {column_letters(columns)}"
        faults.append(_over(where, "A list has at most %(limit)s columns. Delete the others.", COLUMN_LIMIT))
    if not faults and rows * columns > CELL_LIMIT:
        message = "A list has at most %(limit)s cells. Delete columns that nobody needs, or split the list."
        faults.append(_over(f"row {rows}", message, CELL_LIMIT))
    if faults:
        raise TooLargeError("%(file)s is too large.", faults=tuple(faults), file=file_name)


def _over(where: str, message: str, limit: int) -> Fault:
    return Fault(where, message, (("limit", str(limit)),))


def column_number(letters: str) -> int:
    """Turn spreadsheet letters into a number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Turn a column's number into spreadsheet letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _first_sheet(workbook: CalamineWorkbook, file_name: str) -> CalamineSheet:
    for sheet in workbook.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            return workbook.get_sheet_by_name(sheet.name)
    raise _unreadable(file_name)


def _unreadable(file_name: str) -> InvalidInputError:
    return InvalidInputError(
        "%(file)s is not a readable Excel workbook. Open it in Excel, remove a password if it has one, "
        "and save it as .xlsx or as CSV UTF-8.",
        file=file_name,
    )


def cell_text(cell: Cell) -> str:
    """Write a cell as its reader sees it: 13985012345.0 is 13985012345, a day has no midnight."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def widest(rows: Iterable[list[str]]) -> int:
    """Return the number of cells of the longest row."""
    return max(map(len, rows), default=0)
