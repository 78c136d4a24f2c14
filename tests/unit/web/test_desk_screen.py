from hypothesis import given
from hypothesis import strategies as st

from app.questionnaires.session import ChoiceWording
from app.web.desk_screen import CHOICE_KEYS, keyed_choices

codes = st.lists(st.from_regex(r"[a-z][a-z0-9]?|[0-8]", fullmatch=True), unique=True, max_size=20)


def choices(*listed: str, reserved: tuple[str, ...] = ()) -> list[ChoiceWording]:
    ordinary = [ChoiceWording(code, code, reserved=False) for code in listed]
    return [*ordinary, *(ChoiceWording(code, code, reserved=True) for code in reserved)]


def test_a_single_digit_code_is_its_own_key() -> None:
    keyed = keyed_choices(choices("1", "2", "0", reserved=("98", "99")), given=("2",))
    assert [(choice.code, choice.key) for choice in keyed] == [
        ("1", "1"), ("2", "2"), ("0", "0"), ("98", "D"), ("99", "R"),
    ]  # fmt: skip
    assert [choice.code for choice in keyed if choice.is_given] == ["2"]


def test_longer_codes_are_keyed_by_their_place() -> None:
    assert [choice.key for choice in keyed_choices(choices("10", "20", "30"), given=())] == ["1", "2", "3"]


@given(codes)
def test_no_key_is_given_twice_and_none_takes_dont_know_or_refused(listed: list[str]) -> None:
    keys = [choice.key for choice in keyed_choices(choices(*listed, reserved=("98", "99")), given=())]
    assert len(set(keys)) == len(keys)
    assert keys[-2:] == ["D", "R"]
    assert set(keys[:-2]) <= set(CHOICE_KEYS) | {"0"}
