"""Each row becomes a case or carries its reason; none of them costs another, and no report shows a number."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import NotFoundError
from app.languages.numbers import NumberPlace, read_number
from app.sampling.domain import ColumnMapping, ImportReport, Row, Table, mask_cell, mask_digits, stored_faults
from app.sampling.reading import Lookups, Place, ReadRow, read_rows, refuse_known_numbers, same_prefecture

PLACES = {"520102": "贵州省贵阳市南明区", "520300": "贵州省遵义市"}
NUMBER_PLACES = {"贵州省贵阳市": Place("520100", "贵州省贵阳市"), "贵州省遵义市": Place("520300", "贵州省遵义市")}
MAPPING = ColumnMapping(("手机",), area="地区", name="姓名", time_zone="时区", language="方言", further=("户型",))


def find_place(text: str) -> Place:
    if text not in PLACES:
        raise NotFoundError("The area %(text)s is not known.", text=text)
    return Place(text, PLACES[text])


def find_lect(text: str) -> str:
    if text != "苗语":
        raise NotFoundError("The lect %(text)s is not known.", text=text)
    return "hmn"


def fingerprint(e164: str) -> bytes:
    return hashlib.sha256(e164.encode()).digest()


def place_of_number(number: NumberPlace) -> Place | None:
    return NUMBER_PLACES.get(number.name_zh)


LOOKUPS = Lookups(
    lambda text: read_number(text, region="CN"), find_place, place_of_number, find_lect, fingerprint, "Asia/Shanghai"
)


def read(*phones: str, **cells: str) -> list[ReadRow]:
    """Read rows that differ in their telephone cell only."""
    header = ("手机", *cells)
    rows = tuple(Row(number, (phone, *cells.values())) for number, phone in enumerate(phones, 2))
    meanings = {"area": "地区", "name": "姓名", "time_zone": "时区", "language": "方言"}
    chosen = {meaning: column for meaning, column in meanings.items() if column in cells}
    further = tuple(column for column in cells if column not in meanings.values())
    table = Table("list.csv", "", header, rows)
    return read_rows(table, ColumnMapping(("手机",), **chosen, further=further), LOOKUPS)


def read_one(phone: str = "13985012345", **cells: str) -> ReadRow:
    return read(phone, **cells)[0]


def test_a_good_row_knows_its_place_zone_lect_and_further_columns() -> None:
    row = read_one(地区="520102", 姓名="王小二", 方言="苗语", 户型="三居")
    assert (row.area, row.area_source) == (Place("520102", "贵州省贵阳市南明区"), "frame")
    assert (row.place_name, row.time_zone, row.lect) == ("贵州省贵阳市南明区", "Asia/Shanghai", "hmn")
    assert (row.name, row.columns, row.place_differs) == ("王小二", {"户型": "三居"}, False)


@pytest.mark.parametrize("phone", ["１３９８５０１２３４５", "139 8501 2345", "+86-139-8501-2345", "13985012345.0"])
def test_one_number_is_the_same_however_it_is_written(phone: str) -> None:
    assert [number.number.e164 for number in read_one(phone).numbers] == ["+8613985012345"]


@pytest.mark.parametrize(
    "phone", ["110", "120", "12340", "12345", "0851-12340", "96110", "139850123", "abc", "1.4E+10"]
)
def test_what_cannot_or_must_not_be_called_is_refused_with_row_and_column(phone: str) -> None:
    row = read_one(phone)
    assert row.reason is not None
    assert row.reason.where == "row 2, column 手机"
    assert not row.verdict().accepted


def test_a_blank_telephone_cell_is_refused() -> None:
    row = read_one(" ")
    assert row.reason is not None
    assert row.reason.words() == "There is no telephone number. Enter one or delete the row."


def test_a_bad_row_never_costs_the_good_ones() -> None:
    assert [row.reason is None for row in read("13985012345", "110", "nonsense", "15185312345")] == [
        True, False, False, True,
    ]  # fmt: skip


def test_several_numbers_in_one_cell_are_one_case_with_several_numbers() -> None:
    row = read_one("13985012345、15185312345/110;13985012345")
    assert [number.number.e164 for number in row.numbers] == ["+8613985012345", "+8615185312345"]
    assert row.reason is None
    assert len(row.remarks) == 1


def test_without_an_area_the_number_tells_the_place() -> None:
    row = read_one("15185312345")
    assert (row.area, row.area_source) == (Place("520300", "贵州省遵义市"), "number")


def test_a_number_from_elsewhere_is_a_remark_on_the_case_and_no_fault() -> None:
    row = read_one("15185312345", 地区="520102")
    assert row.place_differs
    assert row.reason is None


@pytest.mark.parametrize(("column", "text"), [("地区", "529999"), ("时区", "Asia/Guiyang")], ids=["area", "time zone"])
def test_an_unknown_area_or_zone_refuses_the_row_and_names_the_column(column: str, text: str) -> None:
    row = read_one(**{column: text})
    assert row.reason is not None
    assert row.reason.where == f"row 2, column {column}"
    assert text in row.reason.words()


def test_an_unknown_lect_is_kept_as_words_with_a_remark() -> None:
    row = read_one(方言="某某土话")
    assert row.reason is None
    assert (row.lect, row.columns) == (None, {"方言": "某某土话"})
    assert [remark.where for remark in row.remarks] == ["row 2, column 方言"]


def test_a_declared_time_zone_beats_the_number() -> None:
    assert read_one(时区="Asia/Urumqi").time_zone == "Asia/Urumqi"


def test_a_damaged_row_keeps_its_damage() -> None:
    damaged = Row(2, ("1",), damage=read_one("110").reason)
    table = Table("list.csv", "", ("手机",), (damaged,))
    assert read_rows(table, ColumnMapping(("手机",)), LOOKUPS)[0].reason == damaged.damage


def test_the_second_of_two_equal_numbers_is_refused_and_names_the_first() -> None:
    rows = refuse_known_numbers(read("13985012345", "139-8501-2345"), in_campaign=(), do_not_call=())
    assert rows[0].reason is None
    assert rows[1].reason is not None
    assert rows[1].reason.words() == "The number +86139****2345 already stands in row 2 of this file."


def test_a_number_of_the_campaign_is_not_taken_again() -> None:
    rows = refuse_known_numbers(
        read("13985012345/15185312345"), in_campaign={fingerprint("+8613985012345")}, do_not_call=()
    )
    assert [number.number.e164 for number in rows[0].numbers] == ["+8615185312345"]
    assert rows[0].remarks[0].words() == "The number +86139****2345 is already in this campaign."


def test_one_number_on_the_do_not_call_list_refuses_the_whole_row() -> None:
    rows = refuse_known_numbers(
        read("13985012345/15185312345"), in_campaign=(), do_not_call={fingerprint("+8615185312345")}
    )
    assert rows[0].reason is not None
    assert "do-not-call" in rows[0].reason.words()


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("520102", "520100", True), ("520000", "520300", True), ("520102", "520300", False),
        ("110101", "110000", True), ("110000", "310000", False),
    ],
)  # fmt: skip
def test_areas_are_compared_as_far_as_the_coarser_one_tells(one: str, other: str, *, together: bool) -> None:
    assert same_prefecture(Place(one, ""), Place(other, "")) is together


def test_a_report_counts_reasons_and_survives_storage() -> None:
    rows = refuse_known_numbers(read("13985012345", "13985012345", "110", "120"), in_campaign=(), do_not_call=())
    report = ImportReport(tuple(row.verdict() for row in rows))
    assert (report.accepted, report.refused) == (1, 3)
    assert sorted(report.reasons.values()) == [1, 2]
    assert stored_faults(report.as_json()) == report.faults


@given(st.from_regex(r"(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\+\d{8,15}|\d{7,20})x?", fullmatch=True))
def test_no_report_shows_a_long_number_in_clear(phone: str) -> None:
    rows = refuse_known_numbers(read(phone, phone), in_campaign=(), do_not_call=())
    shown = str(ImportReport(tuple(row.verdict() for row in rows)).as_json())
    assert re.search(r"\d{7}", shown) is None


def test_masks_hide_names_and_numbers_but_not_service_numbers() -> None:
    assert mask_cell("王小二 13985012345") == "*** 139******45"
    assert mask_cell("12340") == "12340"
    assert mask_digits("The area 5201 0213 985 is not known, choose 520102, 520103.") == (
        "The area 520* **** *85 is not known, choose 520102, 520103."
    )
