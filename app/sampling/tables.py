"""Turn an uploaded phone list, CSV or Excel in any usual encoding, into one table of text."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from app.core.errors import Fault, InvalidInputError
from app.sampling.domain import Row, Table
from app.sampling.workbooks import column_letters, read_workbook, refuse_large_table, widest

_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"\+?[\d\s\-()]{7,}")
_LONG_NUMBER: Final = re.compile(r"\d{7}")
_DELIMITERS: Final = (",", ";", "\t")
# A record that the csv module could not read: its text is not shown, only its place.
_BROKEN: Final = "\0broken"


def read_table(source: bytes, file_name: str) -> Table:
    """Read a CSV or .xlsx file, told apart by content; row numbers are those of the spreadsheet.

    Raises InvalidInputError or TooLargeError naming file, row and column. A damaged row below the
    header is kept with its damage, so that it never costs the others.
    """
    records = read_workbook(source, file_name) if _is_archive(source) else _read_text(source, file_name)
    refuse_large_table(file_name, rows=len(records), columns=widest(records))
    top = next((index for index, record in enumerate(records) if any(record)), None)
    if top is None:
        raise InvalidInputError("%(file)s is empty. Put column names in row 1 and numbers below.", file=file_name)
    header = _read_header(records[top], row=top + 1, file_name=file_name)
    below = [(number, record) for number, record in enumerate(records[top + 1 :], top + 2) if any(record)]
    if not below:
        raise InvalidInputError(
            "%(file)s has column names but no row below them. Add the numbers and upload it again.", file=file_name
        )
    rows = tuple(_read_row(number, record, header) for number, record in below)
    names = tuple(name for name in header if name)
    return Table(file_name, hashlib.sha256(source).hexdigest(), names, rows)


def _is_archive(source: bytes) -> bool:
    """Zip archives are .xlsx; the older Excel format and encrypted workbooks are refused by their reader."""
    return source.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _read_header(record: Sequence[str], *, row: int, file_name: str) -> tuple[str, ...]:
    header = tuple(unicodedata.normalize("NFKC", name).strip() for name in record)
    faults = []
    for position, name in enumerate(header, 1):
        where = f"row {row}, column {column_letters(position)}"
        if _LOOKS_LIKE_A_NUMBER.fullmatch(name):
            faults.append(Fault(where, "This is a number, not a column name. Insert a row of column names on top."))
        elif name == _BROKEN:
            faults.append(Fault(where, "A quotation mark is not closed. Close it."))
        elif name and name in header[: position - 1]:
            faults.append(Fault(where, "The column name %(name)s occurs twice. Rename one.", (("name", name),)))
    if faults:
        raise InvalidInputError("The column names of %(file)s cannot be used.", faults=tuple(faults), file=file_name)
    return header


def _read_row(number: int, record: Sequence[str], header: Sequence[str]) -> Row:
    padded = [*record, *[""] * (len(header) - len(record))]
    cells = tuple(cell for cell, name in zip(padded, header, strict=False) if name)
    return Row(number, cells, _damage(number, record, header))


def _damage(number: int, record: Sequence[str], header: Sequence[str]) -> Fault | None:
    if record[0] == _BROKEN:
        return Fault(f"row {number}", "A quotation mark is not closed or stands in the wrong place. Correct it.")
    for position, cell in enumerate(record):
        if cell and (position >= len(header) or not header[position]):
            where = f"row {number}, column {column_letters(position + 1)}"
            message = "A cell without a column name is filled. Empty it, or put a text with commas in quotation marks."
            return Fault(where, message)
    return None


def _read_text(source: bytes, file_name: str) -> list[list[str]]:
    text = _decode(source, file_name)
    lines = list(io.StringIO(text, newline=""))
    delimiter = _find_delimiter(lines)
    try:
        records = [_strip(record) for record in csv.reader(lines, delimiter=delimiter, strict=True)]
    except csv.Error:
        records = None
    # One stray quotation mark would swallow every later row: read each line alone instead.
    return (
        [_read_line(line, delimiter) for line in lines] if records is None or _swallows(records, delimiter) else records
    )


def _swallows(records: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Two stray quotation marks make one cell of many rows: then its row is short, or rows stand in the cell."""
    width = len(next((record for record in records if record), []))
    return any(
        len(record) != width or any(_is_row(line, delimiter, width) for line in cell.splitlines())
        for record in records
        for cell in record
        if "\n" in cell
    )


def _is_row(line: str, delimiter: str, width: int) -> bool:
    return line.count(delimiter) == width - 1 and _LONG_NUMBER.search(line) is not None


def _read_line(line: str, delimiter: str) -> list[str]:
    try:
        return _strip(next(csv.reader([line], delimiter=delimiter, strict=True), []))
    except csv.Error:
        return [_BROKEN]


def _strip(record: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in record]


def _find_delimiter(lines: Sequence[str]) -> str:
    """Take the separator that the first filled line uses most outside quotation marks."""
    first = next((line for line in lines if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)


def _decode(source: bytes, file_name: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if source.startswith(mark):
            return _checked(_try(source[len(mark) :], encoding), file_name)
    for encoding in _candidates(source):
        text = _try(source, encoding)
        if text is not None:
            return _checked(text, file_name)
    return _checked(None, file_name)


def _candidates(source: bytes) -> tuple[str, ...]:
    """Text in Latin letters and digits, written as UTF-16, has a zero in every second byte."""
    head = source[:4096]
    if head[1::2].count(0) * 2 > len(head) // 2:
        return ("utf-16-le",)
    if head[::2].count(0) * 2 > len(head) // 2:
        return ("utf-16-be",)
    return ("utf-8", "gb18030")


def _try(source: bytes, encoding: str) -> str | None:
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if encoding == "gb18030" and not _reads_as_chinese(text) else text


def _reads_as_chinese(text: str) -> bool:
    """Nearly any bytes decode as GB18030; real Chinese text is mostly of the common characters of GB 2312."""
    special = "".join(character for character in text if not character.isascii())
    common = special.encode("gb2312", "ignore").decode("gb2312")
    return len(common) * 2 >= len(special)


def _checked(text: str | None, file_name: str) -> str:
    if text is None or any(unicodedata.category(character) == "Cc" for character in set(text) - set("\t\r\n")):
        raise InvalidInputError(
            "The characters of %(file)s cannot be read. Save the list as .xlsx or as CSV UTF-8.", file=file_name
        )
    return text
