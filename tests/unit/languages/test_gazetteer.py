"""How an area is found by what people and telephone directories write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages.gazetteer import DECIMAL_CODE, SEVERAL_AREAS, UNKNOWN_AREA, Gazetteer, Place, UnknownAreaError
from app.languages.numbers import read_number
from app.languages.reference import read_areas, read_csv

CHINA = Gazetteer(
    (Place(str(row["code"]), str(row["name_zh"]), row["parent_code"], str(row["level"])) for row in read_areas()),
    {row["alias"]: row["area_code"] for row in read_csv("area_aliases")},
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("520100", "520100"),
        ("５２０１００", "520100"),
        ("贵阳", "520100"),
        ("贵州省贵阳市", "520100"),
        ("贵州贵阳", "520100"),
        ("毕节地区", "520500"),
        ("522400", "520500"),
        ("铜仁地区", "520600"),
        ("黔东南州凯里市", "522601"),
        ("广西南宁市", "450100"),
        ("恩施市", "422801"),
    ],
)
def test_an_area_is_found_by_code_name_or_former_name(text: str, code: str) -> None:
    assert CHINA.find(text) == code


@pytest.mark.parametrize("text", ["和平区", "吉林"])
def test_a_name_of_several_areas_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(UnknownAreaError) as refusal:
        CHINA.find(text)
    assert refusal.value.message == SEVERAL_AREAS
    assert "省" in refusal.value.values["choices"]


def test_a_code_that_became_a_decimal_is_refused_with_the_remedy() -> None:
    with pytest.raises(UnknownAreaError) as refusal:
        CHINA.find("520100.0")
    assert refusal.value.message == DECIMAL_CODE


@pytest.mark.parametrize("text", ["", "没有这个地方", "999999", "a\x00"])
def test_an_unknown_area_is_refused(text: str) -> None:
    with pytest.raises(UnknownAreaError) as refusal:
        CHINA.find(text)
    assert refusal.value.message == UNKNOWN_AREA


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("13985012345", "520100"),
        ("15185312345", "520300"),
        ("13708621234", "533100"),
        ("010-61234567", "110000"),
        ("+85291234567", "810000"),
        ("19812345678", None),
        ("0851-85123456", None),
        ("028-61234567", None),
        ("+12125551234", None),
    ],
)
def test_a_number_tells_its_prefecture_or_nothing(number: str, code: str | None) -> None:
    assert CHINA.place_of(read_number(number, region="CN").name_zh) == code


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("安徽省合肥市、巢湖市", "340100"),
        ("湖北省襄樊市、襄樊市", "420600"),
        ("山东省莱芜市", "370100"),
        ("内蒙古锡林郭勒", "152500"),
        ("云南省香格里拉市", "533400"),
        ("新疆石河子市", "659001"),
        ("四川省内江市、资阳市", None),
        ("和平区", None),
    ],
)
def test_stale_and_merged_places_resolve_to_todays_code(place: str, code: str | None) -> None:
    assert CHINA.place_of(place) == code


@given(st.sampled_from([row["code"] for row in read_areas()]))
def test_every_area_is_found_by_its_full_name(code: str) -> None:
    full = "".join(str(row["name_zh"]) for row in read_areas() if row["code"] in CHINA.path(code))
    assert CHINA.find(full) == code
