"""A seed gives the order that the ODK specification and JavaRosa give."""

import pytest

from app.questionnaires.shuffling import numeric_seed, shuffled


@pytest.mark.parametrize(("seed", "order"), [(42, "AFCBDE"), (-42, "EDAFBC"), (1, "BFEACD"), (11111111, "ACDBFE")])
def test_letters_come_in_the_order_of_the_specification(seed: int, order: str) -> None:
    assert "".join(shuffled("ABCDEF", seed)) == order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("33", "3548201697"),
        ("3.7", "8345102697"),
        ("-3.7", "5091463278"),
        ("2147483648", "6540278319"),
        ("10000000000000000000", "6278104593"),
        ("-10000000000000000000", "0952346781"),
        ("", "9180536472"),
        ("a", "9210346578"),
        ("seed", "6183470529"),
        ("ODK rocks", "7604958123"),
        ("नमस्ते", "1805936247"),
        ("1.5abc", "3802695471"),
    ],
)
def test_a_seed_of_any_kind_is_the_number_that_javarosa_makes_of_it(text: str, order: str) -> None:
    assert "".join(shuffled("0123456789", numeric_seed(text))) == order


def test_nothing_is_lost_and_nothing_shuffles_to_nothing() -> None:
    assert sorted(shuffled(range(1000), 5)) == list(range(1000))
    assert shuffled([], 5) == []
