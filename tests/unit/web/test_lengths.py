"""Lengths of time are read as people write them, and said in the largest units."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.lengths import read_length, say_length


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45), ("45 min", 45), ("3 h", 180), ("3h", 180), ("2 d", 2880), ("1 d 12 h", 2160), ("0", 0),
        ("2 天", 2880), ("3小时", 180), ("90 分钟", 90), ("１ 小时 30 分", 90), ("2 days", 2880),
    ],
)  # fmt: skip
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert read_length(text) == minutes


@pytest.mark.parametrize("text", ["  ", "soon", "3 h soon", "-5", "3 weeks", "1.5 h", "9999999"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        read_length(text)


@given(minutes=st.integers(0, 60 * 24 * 90), locale=st.sampled_from(["zh-CN", "en"]))
def test_what_is_said_is_read_back(minutes: int, locale: str) -> None:
    assert read_length(say_length(minutes, locale)) == minutes


def test_the_largest_units_are_said() -> None:
    assert (say_length(2880, "en"), say_length(90, "en"), say_length(2880, "zh-CN")) == ("2 d", "1 h 30 min", "2 天")
