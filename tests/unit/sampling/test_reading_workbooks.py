"""Excel lists read as their author sees them, and hostile workbooks are refused in bounded memory."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from app.core.errors import InvalidInputError, TooLargeError
from app.sampling import workbooks
from app.sampling.tables import read_table

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(*rows: list[object], other_sheet: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if other_sheet:
        book.create_sheet("notes").append(["not this one"])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def with_sheet(rows_xml: str) -> bytes:
    """Replace the sheet of an honest workbook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["phone"], ["1"]))) as honest, zipfile.ZipFile(packed, "w") as forged:
        for name in honest.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            forged.writestr(name, SHEET.format(rows_xml) if is_sheet else honest.read(name))
    return packed.getvalue()


def test_numbers_that_excel_keeps_as_floats_lose_no_digit_and_gain_no_decimal() -> None:
    table = read_table(workbook(["phone", "area"], [13985012345, 520100.0], ["013985012345", "052"]), "list.xlsx")
    assert [row.cells for row in table.rows] == [("13985012345", "520100"), ("013985012345", "052")]


def test_days_truth_and_fractions_read_as_text() -> None:
    table = read_table(workbook(["phone", "a", "b", "c"], [1, date(2026, 1, 2), True, 1.5]), "list.xlsx")
    assert table.rows[0].cells == ("1", "2026-01-02", "TRUE", "1.5")
    assert workbooks.cell_text(datetime(2026, 1, 2, 3, 4)) == "2026-01-02T03:04:00"  # noqa: DTZ001  as Excel has it


def test_the_first_sheet_is_read_and_its_rows_keep_their_numbers() -> None:
    table = read_table(workbook([], ["phone"], [], ["13985012345"], other_sheet=True), "list.xlsx")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("13985012345",))]


def test_the_content_decides_and_not_the_ending_of_the_name() -> None:
    assert read_table(workbook(["phone"], ["13985012345"]), "list.csv").header == ("phone",)


@pytest.mark.parametrize(
    "source",
    [
        b"PK\x03\x04 and nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an older or an encrypted workbook",
        workbook(["phone"], ["1"])[:2_000],
    ],
)
def test_a_broken_workbook_is_refused_with_advice(source: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r"list\.xlsx is not a readable Excel workbook"):
        read_table(source, "list.xlsx")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(InvalidInputError, match="not a readable Excel workbook"):
        read_table(packed.getvalue(), "list.xlsx")


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"/><c><v>1</v></c></row>',
        '<row spans=">" r="2"><c s=">" r="XFD2"><v>1</v></c></row>',
        "<row r='900000'><c><v>1</v></c></row>",
    ],
)
def test_one_far_cell_does_not_take_all_memory(far: str) -> None:
    with pytest.raises(TooLargeError):
        read_table(with_sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{far}'), "list.xlsx")


def test_cells_cannot_hide_behind_a_comment() -> None:
    hidden = '<!-- <c s=" --><row r="1"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(InvalidInputError):
        read_table(with_sheet(hidden), "list.xlsx")


def test_formatted_but_empty_rows_below_the_list_do_no_harm() -> None:
    phone = '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    table = read_table(with_sheet(phone + '<row r="1048576"><c r="A1048576" s="1"/></row>'), "list.xlsx")
    assert len(table.rows) == 1


def test_a_part_that_unpacks_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "EXPANDED_LIMIT_BYTES", 10_000)
    with pytest.raises(TooLargeError, match="when unpacked"):
        read_table(with_sheet(" " * 20_000), "list.xlsx")


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16384, "XFD")])
def test_columns_are_named_as_in_a_spreadsheet(number: int, letters: str) -> None:
    assert workbooks.column_letters(number) == letters
    assert workbooks.column_number(letters) == number
