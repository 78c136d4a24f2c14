"""Files that are no workbook, or one made to hurt, are refused at once."""

import io
import zipfile
from collections.abc import Callable

import pytest

from app.core.errors import InvalidInputError
from app.questionnaires.excel import column_letters, read_sheets
from app.questionnaires.workbook import compile_workbook

SHEET = "xl/worksheets/sheet1.xml"
SURVEY = "|type|name|label::English (en)|\n|integer|age|Age?|"
MakeWorkbook = Callable[..., bytes]


def replaced(source: bytes, part: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, content if name == part else before.read(name))
    return target.getvalue()


def fault_of(source: bytes) -> str:
    with pytest.raises(InvalidInputError) as caught:
        compile_workbook(source, "hostile.xlsx")
    return caught.value.faults[0].words()


def sheet(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize("source", [b"", b"type,name\n", b"PK\x03\x04 not really", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_workbook_is_refused(source: bytes) -> None:
    assert fault_of(source).startswith("This is not an .xlsx workbook.")


def test_a_file_of_more_than_5_mb_is_refused() -> None:
    assert fault_of(b"PK" + bytes(5_000_000)).startswith("The file is larger than 5 MB.")


def test_a_zip_bomb_is_refused(make_workbook: MakeWorkbook) -> None:
    bomb = replaced(make_workbook(survey=SURVEY), SHEET, b"<a>" + b" " * 51_000_000 + b"</a>")
    assert fault_of(bomb).startswith("The file expands to more than 50 MB.")


def test_two_cells_in_far_corners_are_refused(make_workbook: MakeWorkbook) -> None:
    corners = sheet('<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>')
    assert "5000 rows or 100 columns" in fault_of(replaced(make_workbook(survey=SURVEY), SHEET, corners))


def test_formats_without_content_far_out_do_no_harm(make_workbook: MakeWorkbook) -> None:
    formats = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="90000"><c r="XFD90000"/></row>')
    assert read_sheets(replaced(make_workbook(survey=SURVEY), SHEET, formats)) == {"survey": [[1.0]]}


def test_entities_are_refused(make_workbook: MakeWorkbook) -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert fault_of(replaced(make_workbook(survey=SURVEY), SHEET, laughs)).startswith(
        "The file carries a document type"
    )


def test_one_long_text_in_thousands_of_cells_is_refused(make_workbook: MakeWorkbook) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 4001))
    source = replaced(make_workbook(survey=SURVEY), SHEET, sheet(cells))
    with zipfile.ZipFile(target := io.BytesIO(source), "a") as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>")
    assert fault_of(target.getvalue()).startswith("The workbook holds more text")


@pytest.mark.parametrize("content", [b"<worksheet><sheetData>", b"", b"<a><c><v>1</v></c></a>"])
def test_a_broken_sheet_is_refused(make_workbook: MakeWorkbook, content: bytes) -> None:
    assert fault_of(replaced(make_workbook(survey=SURVEY), SHEET, content)).startswith("The workbook is damaged.")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_broken_frame_is_refused(make_workbook: MakeWorkbook, part: str) -> None:
    assert fault_of(replaced(make_workbook(survey=SURVEY), part, b"<a/>"))


def test_an_error_cell_is_named_with_its_sheet(make_workbook: MakeWorkbook) -> None:
    broken = sheet('<row r="1"><c r="B1" t="e"><v>#REF!</v></c></row>')
    with pytest.raises(InvalidInputError) as caught:
        read_sheets(replaced(make_workbook(survey=SURVEY), SHEET, broken))
    assert caught.value.faults[0].where == "survey!B1"


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_columns_are_named_as_excel_does(number: int, letters: str) -> None:
    assert column_letters(number) == letters


def packed(**files: bytes) -> bytes:
    with zipfile.ZipFile(target := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return target.getvalue()


def test_a_file_of_100_mb_is_refused_before_it_is_opened() -> None:
    assert fault_of(packed(form_dot_xlsx=b"")[:4] + bytes(100_000_000)).startswith("The file is larger than 5 MB.")


@pytest.mark.parametrize("part", ["form_dot_xlsx", "list_dot_csv"])
def test_a_bomb_beside_or_inside_a_package_is_refused(make_workbook: MakeWorkbook, part: str) -> None:
    files = {"form_dot_xlsx": make_workbook(survey=SURVEY), part: b"a" * 60_000_000}
    assert fault_of(packed(**files)).startswith("The file is larger than")


def test_lists_have_one_allowance_together(make_workbook: MakeWorkbook) -> None:
    lists = {f"l{number}_dot_csv": b"name,label\n" + b"1,1\n" * 150_000 for number in range(9)}
    refused = fault_of(packed(form_dot_xlsx=make_workbook(survey=SURVEY), **lists))
    assert refused.startswith(("The file is larger than", "A list has a row of headings"))


def test_two_workbooks_in_one_package_are_refused(make_workbook: MakeWorkbook) -> None:
    book = make_workbook(survey=SURVEY)
    assert fault_of(packed(a_dot_xlsx=book, b_dot_xlsx=book)).startswith("A .zip holds one workbook")


@pytest.mark.parametrize(
    "condition",
    [
        "count(${age}" + "[count(${age}" * 60 + ")]" * 60 + ") > 1",
        "(" * 2_000 + "1" + ")" * 1_999,
        "regex(${age}, '" + "((a{1,99}){1,99}){1,99}" + "')",
    ],
)
def test_an_expression_made_to_hurt_is_refused_at_its_cell(make_workbook: MakeWorkbook, condition: str) -> None:
    survey = f"|type|name|label::English (en)|relevant|\n|integer|age|Age?||\n|integer|b|B?|{condition}|"
    with pytest.raises(InvalidInputError) as caught:
        compile_workbook(make_workbook(survey=survey), "hostile.xlsx")
    assert {fault.where for fault in caught.value.faults} == {"survey!D3"}
