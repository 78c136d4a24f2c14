"""Agreement counts what two coders share beyond chance, question by question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quality.agreement import Coded, agreement_of

CODED = st.builds(Coded, st.sampled_from("ab"), st.sampled_from("123"), st.sampled_from("123"))


def test_the_textbook_table_gives_the_textbook_kappa() -> None:
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    found = agreement_of(Coded("q", *pair) for pair in pairs)
    assert (found.answers, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_telling_two_questions_apart_is_no_agreement() -> None:
    pairs = [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")]
    chance = [Coded("a", *pair) for pair in pairs] + [Coded("b", f"x{k}", f"x{h}") for k, h in pairs]
    assert agreement_of(chance).kappa == pytest.approx(0)


def test_nothing_heard_agrees_on_nothing_and_one_answer_for_all_has_no_kappa() -> None:
    assert agreement_of([]).share is None
    assert agreement_of([Coded("q", "1", "1")] * 9).kappa is None


@given(st.lists(CODED, min_size=1, max_size=40))
def test_kappa_never_exceeds_the_share_agreed(coded: list[Coded]) -> None:
    found = agreement_of(coded)
    assert found.kappa is None or found.kappa <= found.agreed / found.answers + 1e-9


@given(st.lists(CODED, min_size=1, max_size=40))
def test_it_does_not_matter_who_is_whom(coded: list[Coded]) -> None:
    turned = [Coded(one.question, one.heard, one.kept) for one in coded]
    assert agreement_of(coded).kappa == pytest.approx(agreement_of(turned).kappa)
