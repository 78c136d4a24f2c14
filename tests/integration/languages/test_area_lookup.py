"""Areas in the database, and trees of other countries."""

import pytest
from sqlalchemy.orm import Session

from app.languages import areas
from app.languages.gazetteer import UnknownAreaError
from app.languages.numbers import read_number
from app.languages.service import area_path, find_area, import_areas, place_code

SENEGAL = """code,name_zh,name_en,parent,level
SN-DK-1,达喀尔市,Dakar,SN-DK,
SN-DK,达喀尔大区,Dakar region,,
"""


def test_an_area_is_found_by_code_or_former_name(session: Session) -> None:
    assert find_area(session, " 520100 ").name_zh == "贵阳市"
    assert find_area(session, "毕节地区").code == "520500"
    with pytest.raises(UnknownAreaError):
        find_area(session, "520100.0")


def test_the_path_runs_from_the_province_down(session: Session) -> None:
    assert [area.name_zh for area in area_path(session, "522601")] == ["贵州省", "黔东南苗族侗族自治州", "凯里市"]
    assert area_path(session, "999999") == []


def test_a_number_leads_to_its_prefecture(session: Session) -> None:
    assert place_code(session, read_number("13985012345", region="CN")) == "520100"
    assert place_code(session, read_number("19812345678", region="CN")) is None


def test_a_tree_of_another_country_is_imported_in_any_order(session: Session) -> None:
    report = import_areas(session, SENEGAL.encode())
    assert (report.rows, report.accepted, report.faults) == (2, 2, ())
    assert [area.level for area in area_path(session, "SN-DK-1")] == ["province", "prefecture"]


def test_importing_again_renames_and_adds_nothing(session: Session) -> None:
    import_areas(session, SENEGAL.encode())
    import_areas(session, SENEGAL.replace("达喀尔市", "达喀尔城").encode("gb18030"))
    assert find_area(session, "SN-DK-1").name_zh == "达喀尔城"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A B,甲,,SN-DK,", areas.BAD_CODE),
        ("SN-DK,甲,,,", areas.REPEATED),
        ("SN-9,甲,,SN-8,", areas.UNKNOWN_PARENT),
        ("SN-9,甲,,SN-9,", areas.CIRCLE),
        ("SN-9,甲,,SN-DK,village", areas.UNKNOWN_LEVEL),
        ("SN-9,,,SN-DK,", "The cell is empty. Fill it in."),
    ],
)
def test_a_bad_row_is_reported_and_loses_no_good_one(session: Session, row: str, message: str) -> None:
    report = import_areas(session, (SENEGAL + row + "\n").encode())
    assert [fault.message for fault in report.faults] == [message]
    assert report.faults[0].where.startswith("row 4, column ")
    assert find_area(session, "SN-DK-1").name_en == "Dakar"


def test_an_import_cannot_close_a_circle_through_known_areas(session: Session) -> None:
    import_areas(session, SENEGAL.encode())
    report = import_areas(session, "code,name_zh,parent\nSN-DK,达喀尔大区,SN-DK-1\n".encode())
    assert [fault.message for fault in report.faults] == [areas.CIRCLE]


def test_an_import_of_nothing_changes_nothing(session: Session) -> None:
    assert import_areas(session, b"code,name_zh,parent\n").rows == 0
