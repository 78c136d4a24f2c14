"""How much a cell is wanted, and when it closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotas.domain import CellCount, CellState, Dimension, DimensionKind, key_of, need_of

AREA = Dimension(DimensionKind.AREA, digits=4)
SEX = Dimension(DimensionKind.ANSWER, question="sex")
NUMBER = st.integers(0, 500)


@given(completes=NUMBER, target=NUMBER)
def test_need_is_a_share(completes: int, target: int) -> None:
    assert 0.0 <= need_of(completes=completes, target=target) <= 1.0


@given(completes=NUMBER, target=st.integers(1, 500))
def test_need_falls_with_every_complete(completes: int, target: int) -> None:
    before, after = (need_of(completes=n, target=target) for n in (completes, completes + 1))
    assert after < before or before == after == 0.0


def test_need_is_what_is_missing_of_the_target() -> None:
    assert (need_of(completes=30, target=40), need_of(completes=0, target=0)) == (0.25, 0.0)


@given(target=NUMBER, spare=NUMBER, completes=NUMBER, held=NUMBER, is_closed=st.booleans())
def test_the_state_says_who_is_let_in(
    target: int, spare: int, *, completes: int, held: int, is_closed: bool
) -> None:  # fmt: skip
    cell = CellCount(("1",), target, target + spare, completes=completes, held=held, is_closed=is_closed)
    assert cell.takes_anybody_new == (cell.state is CellState.OPEN)
    assert cell.has_room == (cell.state in {CellState.OPEN, CellState.REACHED})


@pytest.mark.parametrize(
    ("completes", "held", "is_closed", "state"),
    [
        (9, 0, False, CellState.OPEN),
        (10, 0, False, CellState.REACHED),
        (9, 3, False, CellState.FULL),
        (12, 0, False, CellState.FULL),
        (0, 0, True, CellState.CLOSED),
    ],
)
def test_a_cell_of_ten_that_may_have_twelve(completes: int, held: int, *, is_closed: bool, state: CellState) -> None:
    assert CellCount(("1",), 10, 12, completes, held, is_closed).state is state


def test_a_cell_is_named_once_every_value_is_known() -> None:
    assert key_of([AREA, SEX], {"area": "450102"}) is None
    assert key_of([AREA, SEX], {"area": "450102", "answer:sex": "2"}) == ("4501", "2")


def test_a_value_that_is_known_to_be_missing_names_a_cell_that_nobody_has() -> None:
    assert key_of([AREA], {"area": ""}) == ("",)


@pytest.mark.parametrize("dimension", [AREA, SEX, Dimension(DimensionKind.LECT), Dimension(DimensionKind.PHONE)])
def test_a_dimension_is_read_as_it_was_written(dimension: Dimension) -> None:
    assert Dimension.read(dimension.as_json()) == dimension
