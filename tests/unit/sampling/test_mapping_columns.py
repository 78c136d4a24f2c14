"""Column names are understood in the users' own words, and a wrong mapping names its column."""

import pytest

from app.core.errors import InvalidInputError
from app.sampling.domain import ColumnMapping, Row, Table, guess_mapping, refuse_identifying_columns


@pytest.mark.parametrize(
    "name",
    ["电话", "手机号码", "联系电话", "家庭电话", "电话1", "固话", "Phone_Number", "MOBILE", "home phone", "teléfono"],
)
def test_a_telephone_column_is_recognised(name: str) -> None:
    assert guess_mapping([name]).phone == (name,)


@pytest.mark.parametrize("name", ["电话访问次数", "phone_model", "是否有手机信号", "hotel", "intel"])
def test_a_column_that_only_mentions_telephones_is_none(name: str) -> None:
    assert guess_mapping([name]).phone == ()


def test_every_kind_of_column_is_guessed_and_the_rest_is_further() -> None:
    header = ["手机", "座机", "行政区划代码", "姓名", "时区", "方言", "户型", "stratum"]
    assert guess_mapping(header) == ColumnMapping(
        phone=("手机", "座机"), area="行政区划代码", name="姓名", time_zone="时区", language="方言",
        further=("户型", "stratum"),
    )  # fmt: skip


def test_a_missing_column_is_named_together_with_those_that_exist() -> None:
    with pytest.raises(InvalidInputError) as error:
        ColumnMapping(phone=("手机",), area="area").check(["手机", "地区"])
    assert error.value.faults[0].where == "column area"
    assert "手机, 地区" in error.value.faults[0].words()


def test_a_list_without_telephone_column_is_refused() -> None:
    with pytest.raises(InvalidInputError) as error:
        ColumnMapping(phone=()).check(["a"])
    assert [fault.where for fault in error.value.faults] == ["phone"]


def test_one_column_cannot_mean_two_things() -> None:
    with pytest.raises(InvalidInputError) as error:
        ColumnMapping(phone=("a",), area="a").check(["a"])
    assert error.value.faults[0].words() == "This column is used twice. Give it one meaning."


@pytest.mark.parametrize("cell", ["139 8501 2345", "+8613985012345", "52010219900101123X"])
def test_numbers_and_identity_cards_do_not_slip_in_as_further_columns(cell: str) -> None:
    table = Table("list.csv", "", ("phone", "备用"), (Row(2, ("13985012345", cell)), Row(3, ("15185312345", ""))))
    with pytest.raises(InvalidInputError) as error:
        refuse_identifying_columns(table, ColumnMapping(phone=("phone",), further=("备用",)))
    assert error.value.faults[0].where == "column 备用"


def test_ordinary_further_columns_pass() -> None:
    table = Table("list.csv", "", ("phone", "stratum"), (Row(2, ("13985012345", "12")), Row(3, ("1", "13985012345"))))
    table = Table(table.file_name, "", table.header, (*table.rows, Row(4, ("1", "4"))))
    refuse_identifying_columns(table, ColumnMapping(phone=("phone",), further=("stratum",)))
