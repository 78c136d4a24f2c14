"""A table with one row per cell becomes a plan, or its faults stand at rows and columns."""

import pytest

from app.core.errors import Fault, InvalidInputError
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.plans import CellPlan
from app.quotas.tables import TablePlan, TableRow, read_plan


def read(*lines: str) -> TablePlan:
    header = lines[0].split(",")
    rows = [
        TableRow(number, dict(zip(header, line.split(","), strict=True))) for number, line in enumerate(lines[1:], 2)
    ]
    return read_plan("wanted", header, rows)


def faults(*lines: str) -> list[str]:
    with pytest.raises(InvalidInputError) as error:
        read(*lines)
    return [fault.where for fault in error.value.faults]


def test_columns_are_dimensions_in_their_order() -> None:
    plan = read("answer:sex,phone,target,most", "1,mobile,40,44").plan
    assert plan.dimensions == (Dimension(DimensionKind.ANSWER, question="sex"), Dimension(DimensionKind.PHONE))
    assert plan.cells == (CellPlan(("1", "mobile"), 40, 44),)


@pytest.mark.parametrize(("codes", "digits"), [(("450000", "52"), 2), (("450000", "450100"), 4), (("450102", "45"), 6)])
def test_the_finest_code_tells_how_many_digits_count(codes: tuple[str, str], digits: int) -> None:
    [area] = read("area,target,most", *(f"{code},1,1" for code in codes)).plan.dimensions
    assert area.digits == digits


@pytest.mark.parametrize("header", ["phone,target,most", "phone,target"])
def test_without_a_most_the_target_is_all_there_may_be(header: str) -> None:
    row = "mobile,7" + "," * (header.count(",") - 1)
    assert read(header, row).plan.cells == (CellPlan(("mobile",), 7, 7),)


def test_every_wrong_number_is_named() -> None:
    assert faults("phone,target,most", "mobile,many,7", "fixed,,-1", "voip,3,4") == [
        "row 2, column target",
        "row 3, column target",
        "row 3, column most",
    ]


@pytest.mark.parametrize(
    ("header", "where"), [("sex,target", ["column sex"]), ("phone", ["column target"]), ("target", None)]
)
def test_an_unknown_or_missing_column_is_named(header: str, where: list[str] | None) -> None:
    if where is None:
        assert read(header, "1").plan.dimensions == ()
    else:
        assert faults(header) == where


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("cells[1].phone", "row 3, column phone"),
        ("cells[0]", "row 2"),
        ("dimensions[0].question", "column phone"),
        ("name", "quota"),
        ("cells", "table"),
    ],
)
def test_a_fault_of_the_plan_is_shown_where_it_stands_in_the_file(where: str, place: str) -> None:
    plan = read("phone,target,most", "mobile,1,1", "fixed,1,1")
    [fault] = plan.at_rows(InvalidInputError("", (Fault(where, ""),))).faults
    assert fault.where == place
