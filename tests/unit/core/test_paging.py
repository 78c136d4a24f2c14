"""Cursors are handed back, never built."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.paging import LARGEST, InvalidCursorError, read_cursor, write_cursor


@given(st.integers(0, LARGEST))
def test_a_cursor_leads_back_to_where_it_was_written(sequence: int) -> None:
    assert read_cursor(write_cursor(sequence)) == sequence


def test_without_a_cursor_one_begins_at_the_beginning() -> None:
    assert read_cursor(None) == 0


@pytest.mark.parametrize("text", ["seq:-1", "seq:1_0", "seq: 7", "seq:٣", "seq:", "7", f"seq:{LARGEST + 1}"])
def test_what_was_never_given_out_is_refused(text: str) -> None:
    made_up = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    with pytest.raises(InvalidCursorError):
        read_cursor(made_up)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_breaks_nothing(text: str) -> None:
    with contextlib.suppress(InvalidCursorError):
        assert write_cursor(read_cursor(text)) == text
