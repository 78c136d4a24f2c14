"""Regular expressions that cannot be made to run for ever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaires.patterns import LONGEST_TEXT, PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        (r"^1[3-9]\d{9}$", "13985012345", "1398501234"),
        (r"[\u4e00-\u9fa5]{2,4}", "欧阳修", "a欧阳"),
        (r"(ab|a)(c|bcd)*", "abcd", "abd"),
        (r"x?y+z*", "yyz", "xz"),
        (r"[^]a-]+\.", "bc.", "b-."),
        (r"(?:a{2,3}|)", "", "a"),
        (r"a.c", "a\nc", "ac"),
    ],
)
def test_a_pattern_holds_for_the_whole_text(pattern: str, fits: str, fits_not: str) -> None:
    machine = compile_pattern(pattern)
    assert machine.matches(fits)
    assert not machine.matches(fits_not)


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", "(?=a)b", r"\bword", "a**", "[z-a]", "a{1000}", "a{3,1}", "[a", "((", "[[:alpha:]]", "[a--b]"],
)
def test_what_cannot_be_matched_safely_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["a" * 501, "(x{0,99}){0,99}", "(" * 249 + "a|b" + ")" * 249])
def test_a_pattern_has_its_measure(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("depth", [10, 100, 240])
def test_nested_groups_do_no_harm(depth: int) -> None:
    assert not compile_pattern("(" * depth + "a" + ")" * depth).matches("b" * LONGEST_TEXT)


def test_nested_repeats_do_not_explode() -> None:
    assert not compile_pattern("(a+)+(a|aa)+$").matches("a" * 1000 + "b")


@given(st.text("ab", max_size=8), st.sampled_from(["(a|b)*", "a*b?", "(ab)+|b{2}", "[ab]a.?", "(a|)(b|ab)"]))
def test_it_agrees_with_the_standard_library(text: str, pattern: str) -> None:
    assert compile_pattern(pattern).matches(text) is (re.fullmatch(pattern, text) is not None)
