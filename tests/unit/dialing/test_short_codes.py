"""Short codes survive being read out and typed, and no slip turns one into another."""

from hypothesis import given
from hypothesis import strategies as st

from app.dialing.codes import CODE_DIGITS, draw_code, is_well_formed, read_code, spaced

CODES = st.builds(draw_code)


@given(CODES)
def test_a_drawn_code_is_well_formed(code: str) -> None:
    assert len(code) == CODE_DIGITS
    assert is_well_formed(code)


@given(CODES, st.integers(0, CODE_DIGITS - 1), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, shift: int) -> None:
    wrong = str((int(code[place]) + shift) % 10)
    assert not is_well_formed(code[:place] + wrong + code[place + 1 :])


@given(CODES, st.integers(0, CODE_DIGITS - 2))
def test_two_digits_exchanged_are_noticed(code: str, place: int) -> None:
    exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert exchanged == code or not is_well_formed(exchanged)


@given(CODES)
def test_a_code_is_read_however_it_is_written(code: str) -> None:
    full_width = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    arabic = code.translate({ord(digit): ord(digit) + 0x630 for digit in "0123456789"})
    for written in (spaced(code), f"  {code}\n", "-".join(code), full_width, arabic):
        assert read_code(written) == code


@given(st.text())
def test_whatever_is_typed_can_be_read(typed: str) -> None:
    assert isinstance(is_well_formed(read_code(typed)), bool)


def test_codes_are_not_drawn_in_any_order() -> None:
    drawn = [draw_code() for _ in range(200)]
    assert len(set(drawn)) == len(drawn)
    assert len({code[:2] for code in drawn}) > 50
