"""A phone list is read whatever its encoding, separator and container, and bad files say what to do."""

import pytest

from app.core.errors import InvalidInputError, TooLargeError
from app.sampling.domain import Table
from app.sampling.tables import read_table

LIST = "电话,地区代码,姓名\n13985012345,520100,王小二\n15185312345,520300,李四\n"


def words(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found_out_by_content(encoding: str) -> None:
    table = read_table(LIST.encode(encoding), "名单.csv")
    assert table.header == ("电话", "地区代码", "姓名")
    assert words(table) == [("13985012345", "520100", "王小二"), ("15185312345", "520300", "李四")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_out_by_content(separator: str) -> None:
    table = read_table(LIST.replace(",", separator).encode(), "list.csv")
    assert table.header == ("电话", "地区代码", "姓名")


def test_a_list_of_one_column_needs_no_separator() -> None:
    table = read_table(b"phone\r\n13985012345\r\n15185312345\r\n", "list.csv")
    assert words(table) == [("13985012345",), ("15185312345",)]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = read_table(b"\nphone\n13985012345\n\n15185312345\n", "list.csv")
    assert [row.number for row in table.rows] == [3, 5]


def test_a_line_break_within_quotation_marks_stays_in_its_row() -> None:
    table = read_table(b'phone,note\n13985012345,"evenings\nonly"\n15185312345,-\n', "list.csv")
    assert words(table) == [("13985012345", "evenings\nonly"), ("15185312345", "-")]
    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize("stray", ['13985012345,"lost', '"13985012345"x,lost'])
def test_a_stray_quotation_mark_costs_only_its_own_row(stray: str) -> None:
    table = read_table(f"phone,note\n{stray}\n15185312345,kept\n".encode(), "list.csv")
    assert table.rows[0].damage is not None
    assert table.rows[0].damage.where == "row 2"
    assert table.rows[1].cells == ("15185312345", "kept")


def test_two_stray_quotation_marks_do_not_swallow_the_rows_between() -> None:
    table = read_table(b'phone,note\n1,"a\n15185312345,kept\n3,b"\n4,c\n', "list.csv")
    assert [row.number for row in table.rows if row.damage is None] == [3, 4, 5]


def test_a_short_row_is_filled_up_and_a_long_one_is_damaged() -> None:
    table = read_table(b"phone,area\n13985012345\n15185312345,520300,extra\n", "list.csv")
    assert table.rows[0].cells == ("13985012345", "")
    assert table.rows[1].damage is not None
    assert table.rows[1].damage.where == "row 3, column C"


def test_a_blank_column_without_a_name_is_left_out() -> None:
    table = read_table(b"phone,,area\n13985012345,,520100\n", "list.csv")
    assert table.header == ("phone", "area")
    assert words(table) == [("13985012345", "520100")]


@pytest.mark.parametrize("source", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_an_empty_file_is_refused_by_name(source: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r"list\.csv is empty"):
        read_table(source, "list.csv")


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no row below"):
        read_table(b"phone,area\n", "list.csv")


@pytest.mark.parametrize("first", ["13985012345,贵阳", "+86 139 8501 2345,贵阳", "１３９８５０１２３４５,贵阳"])
def test_a_list_without_column_names_says_to_insert_them(first: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        read_table(f"{first}\n15185312345,遵义\n".encode(), "list.csv")
    assert error.value.faults[0].where == "row 1, column A"
    assert "Insert a row of column names" in error.value.faults[0].words()


def test_a_column_name_that_occurs_twice_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidInputError) as error:
        read_table(b"phone,area,phone\n1,2,3\n", "list.csv")
    assert [fault.where for fault in error.value.faults] == ["row 1, column C"]


@pytest.mark.parametrize(
    "source",
    [
        bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x00",
        "teléfono,nombre\n600123456,Núñez Muñoz\n".encode("latin-1"),
    ],
)
def test_what_is_no_text_is_refused_with_advice(source: bytes) -> None:
    with pytest.raises(InvalidInputError, match="CSV UTF-8"):
        read_table(source, "list.csv")


def test_a_list_with_too_many_rows_or_columns_is_refused() -> None:
    with pytest.raises(TooLargeError) as rows:
        read_table(b"phone\n" + b"1\n" * 200_001, "list.csv")
    with pytest.raises(TooLargeError) as columns:
        read_table(",".join(f"c{number}" for number in range(101)).encode(), "list.csv")
    assert rows.value.faults[0].where == "row 200002"
    assert columns.value.faults[0].where == "column CW"


def test_the_same_bytes_have_the_same_sha256() -> None:
    assert read_table(LIST.encode(), "a.csv").sha256 == read_table(LIST.encode(), "b.csv").sha256
