"""What a text costs, and what is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.notices import parts_of
from app.campaigns.slots import filled


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("您" * 70, 1),
     ("您" * 71, 2), ("您" * 134, 2), ("您" * 135, 3), ("a" * 100 + "您", 2), ("😀" * 35, 1), ("😀" * 36, 2)],
)  # fmt: skip
def test_a_text_is_carried_in_as_many_messages_as_the_standard_says(text: str, parts: int) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=400), st.text(max_size=50))
def test_a_longer_text_never_takes_fewer_messages(text: str, more: str) -> None:
    assert parts_of(text + more) >= parts_of(text) >= 1


def test_slots_are_filled_once_and_what_fills_them_is_taken_as_it_is() -> None:
    values = {"organisation": "{code}", "code": "1234"}
    assert filled("{organisation}: {code}", values) == "{code}: 1234"
