"""Which telephone numbers are read, what they tell, and which are never dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.languages import numbers
from app.languages.numbers import NumberKind, read_number


@pytest.mark.parametrize(
    "written",
    [
        "13985012345",
        "8613985012345",
        "+86 139 8501 2345",
        "0086-139-8501-2345",
        "１３９８５０１２３４５",
        "13985012345.0",
        "\u202a13985012345\u202c",
        "139–8501–2345",
        "tel:+8613985012345",
    ],
)
def test_one_number_has_one_spelling(written: str) -> None:
    assert read_number(written, region="CN").e164 == "+8613985012345"


def test_a_number_tells_its_place_and_time_zone() -> None:
    place = read_number("13985012345", region="CN")
    assert (place.name_zh, place.name_en) == ("贵州省贵阳市", "Guiyang, Guizhou")
    assert place.time_zones == ("Asia/Shanghai",)
    assert place.kind is NumberKind.MOBILE


def test_a_landline_is_told_from_a_mobile() -> None:
    assert read_number("028-61234567", region="CN").kind is NumberKind.FIXED
    assert read_number("212 555 1234", region="US").kind is NumberKind.UNKNOWN


SHORT_NUMBERS = (
    "110 １１０ 110.0 119 120 12340 12345 96110 10086 95588 86110 +86110 0086-110 8612340 010-12340 0851-12340 "
    "0571-96110 +86-10-12345 1-1-0"
)


@pytest.mark.parametrize("short", SHORT_NUMBERS.split())
def test_emergency_and_service_numbers_are_never_accepted(short: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_number(short, region="CN")
    assert refusal.value.message == numbers.SHORT_NUMBER


def test_a_foreign_emergency_number_is_refused_too() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_number("+86 12340", region="US")
    assert refusal.value.message == numbers.SHORT_NUMBER


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", numbers.NOT_A_NUMBER),
        ("请勿拨打", numbers.NOT_A_NUMBER),
        ("139850l2345", numbers.NOT_A_NUMBER),
        ("13985012345/13985012346", numbers.NOT_A_NUMBER),
        ("1" * 6000, numbers.NOT_A_NUMBER),
        ("1.3985E+10", numbers.LOST_DIGITS),
        ("139-8501-2345 转 12", numbers.WITH_EXTENSION),
        ("1390", numbers.WRONG_LENGTH),
        ("1398501234", numbers.NOT_IN_USE),
        ("139850123456", numbers.NOT_IN_USE),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(written: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_number(written, region="CN")
    assert refusal.value.message == message


def test_a_premium_number_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_number("1-900-555-1234", region="US")
    assert refusal.value.message == numbers.PREMIUM_NUMBER


def test_a_refusal_never_shows_a_whole_number() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_number("139850123456", region="CN")
    assert "139…56" in str(refusal.value)


@given(st.text(alphabet="0123456789+-() .１转Ee", max_size=25))
def test_any_text_is_a_number_or_a_clear_refusal(text: str) -> None:
    try:
        place = read_number(text, region="CN")
    except InvalidInputError:
        return
    assert read_number(place.e164, region="CN").e164 == place.e164
