"""Read an .xlsx file that may be damaged or hostile, in bounded time and memory."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from app.core.archives import UNREADABLE
from app.core.errors import Fault, InvalidInputError

CellValue = str | float | bool | date | datetime | time | timedelta
Sheets = Mapping[str, list[list[CellValue]]]

NOT_PUBLISHED: Final = "The questionnaire cannot be published."
MOST_BYTES: Final = 5_000_000
MOST_EXPANDED_BYTES: Final = 50_000_000
MOST_PARTS: Final = 500
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
MOST_TEXT: Final = 2_000_000
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class _DamagedError(ValueError):
    """The file is not a workbook; the first argument is a gettext id."""


@dataclass
class _Survey:
    """What a look over the XML found before anything was laid out in memory."""

    lengths: list[int] = field(default_factory=list)
    text_cells: list[int] = field(default_factory=list)
    inline_text: int = 0
    bad_cells: list[tuple[str, str]] = field(default_factory=list)
    furthest_row: int = 0
    furthest_column: int = 0


def read_sheets(source: bytes) -> Sheets:
    """Return the cells of every sheet from A1 on; raises InvalidInputError, with a fault for each bad cell."""
    try:
        parts = _unpack(source)
        found = _look_over(parts)
        _check_extent(found)
    except _DamagedError as error:
        raise InvalidInputError(NOT_PUBLISHED, faults=(Fault("file", str(error)),)) from error
    if found.bad_cells:
        names = _sheet_names(parts)
        message = "Excel shows an error or an uncalculated formula here. Write the value itself."
        faults = tuple(Fault(f"{names.get(part, part)}!{cell}", message) for part, cell in found.bad_cells[:100])
        raise InvalidInputError(NOT_PUBLISHED, faults=faults)
    return _lay_out(parts)


def _unpack(source: bytes) -> dict[str, bytes]:
    """Inflate the XML parts and no more than was allowed, whatever the archive says of itself."""
    if len(source) > MOST_BYTES:
        raise _DamagedError("The file is larger than 5 MB. Remove pictures and unused sheets.")
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            return dict(_inflate(archive))
    except (*UNREADABLE, ValueError) as error:
        if isinstance(error, _DamagedError):
            raise
        raise _DamagedError("This is not an .xlsx workbook. Save it in Excel as .xlsx, without a password.") from error


def _inflate(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels"))]
    left = MOST_EXPANDED_BYTES
    for entry in entries[: MOST_PARTS + 1]:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        with archive.open(entry) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0 or len(entries) > MOST_PARTS:
            raise _DamagedError("The file expands to more than 50 MB. It is damaged or no questionnaire.")
        if b"<!DOCTYPE" in content.replace(b"\0", b""):
            raise _DamagedError("The file carries a document type, which no workbook needs. Save it anew in Excel.")
        yield entry.filename, content


def _look_over(parts: Mapping[str, bytes]) -> _Survey:
    found = _Survey()
    for name, content in parts.items():
        if not name.endswith(".xml"):
            continue
        parsing = etree.iterparse(io.BytesIO(content), events=("end",), no_network=True, resolve_entities=False)
        try:
            for _event, element in parsing:
                _note(found, name, element)
        except etree.XMLSyntaxError as error:
            raise _DamagedError("The workbook is damaged. Open it in Excel and save it anew.") from error
    return found


def _note(found: _Survey, part: str, element: etree._Element) -> None:
    """Note a shared text or a cell, and let go of what has been read."""
    kind = etree.QName(element).localname
    if kind == "si":
        found.lengths.append(sum(len(str(text)) for text in element.itertext()))
    elif kind == "c":
        _note_cell(found, part, element)
    if kind in ("row", "si"):
        element.clear()


def _note_cell(found: _Survey, part: str, cell: etree._Element) -> None:
    reference = _CELL.fullmatch(cell.get("r", ""))
    content = [etree.QName(child).localname for child in cell]
    if not content:
        return
    if reference is None:
        raise _DamagedError("The workbook is damaged. Open it in Excel and save it anew.")
    found.furthest_row = max(found.furthest_row, int(reference[2]))
    found.furthest_column = max(found.furthest_column, _column_number(reference[1]))
    value = next((str(child.text or "") for child in cell if etree.QName(child).localname == "v"), "")
    if cell.get("t") == "e" or ("f" in content and not value and cell.get("t") != "str"):
        found.bad_cells.append((part, reference[0]))
    found.inline_text += sum(len(str(text)) for text in cell.itertext())
    if cell.get("t") == "s" and value.isdecimal():
        found.text_cells.append(int(value))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Name a column as Excel does: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _check_extent(found: _Survey) -> None:
    """Two cells in far corners make a sheet of billions; one long text can stand in every cell."""
    if found.furthest_row > MOST_ROWS or found.furthest_column > MOST_COLUMNS:
        raise _DamagedError("A sheet has more than 5000 rows or 100 columns. Delete what lies outside the table.")
    lengths = found.lengths
    shared = sum(lengths[place] for place in found.text_cells if place < len(lengths))
    if shared + found.inline_text > MOST_TEXT:
        raise _DamagedError("The workbook holds more text than a questionnaire can.")


def _sheet_names(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Tell which part of the archive is which sheet."""
    try:
        workbook = etree.fromstring(parts["xl/workbook.xml"])
        relations = etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, etree.XMLSyntaxError):
        return {}
    targets = {
        relation.get("Id"): posixpath.join("/xl", relation.get("Target", "")).strip("/") for relation in relations
    }
    sheets = (element for element in workbook.iter() if element.get(_RELATION))
    return {targets.get(sheet.get(_RELATION), ""): str(sheet.get("name")) for sheet in sheets}


def _lay_out(parts: Mapping[str, bytes]) -> Sheets:
    """Hand the parser only what was inflated and looked over here, in a new archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(packed)
        names = workbook.sheet_names
        return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except BaseException as error:
        # A panic of the Rust parser is no Exception and would end the whole server process.
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        fault = Fault("file", "The workbook is damaged. Open it in Excel and save it anew.")
        raise InvalidInputError(NOT_PUBLISHED, faults=(fault,)) from error
