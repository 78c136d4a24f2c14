"""How much a cell is wanted, and when it closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotas.domain import CellCount, CellState, Closing, Dimension, DimensionKind, key_of, need_of

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


@given(target=NUMBER, spare=NUMBER, completes=NUMBER, held=NUMBER, closing=st.sampled_from([None, *Closing]))
def test_the_state_says_who_is_let_in(
    target: int, spare: int, *, completes: int, held: int, closing: Closing | None
) -> None:  # fmt: skip
    cell = CellCount(("1",), target, target + spare, completes=completes, held=held, closing=closing)
    assert cell.takes_anybody_new == (cell.state is CellState.OPEN)
    assert cell.has_room == (cell.state in {CellState.OPEN, CellState.REACHED, CellState.STOPPED})


@pytest.mark.parametrize(
    ("completes", "held", "closing", "state"),
    [
        (9, 0, None, CellState.OPEN),
        (10, 0, None, CellState.REACHED),
        (9, 3, None, CellState.FULL),
        (12, 0, None, CellState.FULL),
        (9, 3, Closing.SOFT, CellState.FULL),
        (11, 0, Closing.SOFT, CellState.STOPPED),
        (0, 0, Closing.HARD, CellState.CLOSED),
    ],
)
def test_a_cell_of_ten_that_may_have_twelve(
    completes: int, held: int, *, closing: Closing | None, state: CellState
) -> None:  # fmt: skip
    assert CellCount(("1",), 10, 12, completes, held, closing).state is state


def test_a_cell_is_named_once_every_value_is_known() -> None:
    assert key_of([AREA, SEX], {"area": "450102"}) is None
    assert key_of([AREA, SEX], {"area": "450102", "answer:sex": "2"}) == ("4501", "2")


def test_a_value_that_is_known_to_be_missing_names_a_cell_that_nobody_has() -> None:
    assert key_of([AREA], {"area": ""}) == ("",)


@pytest.mark.parametrize("dimension", [AREA, SEX, Dimension(DimensionKind.LECT), Dimension(DimensionKind.PHONE)])
def test_a_dimension_is_read_as_it_was_written(dimension: Dimension) -> None:
    assert Dimension.read(dimension.as_json()) == dimension
