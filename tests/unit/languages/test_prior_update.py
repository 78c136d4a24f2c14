"""How a guess of the respondent's lect moves with what is heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages.domain import PUTONGHUA, Clue, LectShare, Understanding, normalise_shares, rank_lects, update_prior

WHO_FOLLOWS = Understanding([("yue", PUTONGHUA, 0.6), ("za", PUTONGHUA, 0.4)])
PLACE = (LectShare("za", 0.5, "census"), LectShare("yue", 0.3, "census"), LectShare(PUTONGHUA, 0.2, "census"))


def _shares(prior: tuple[LectShare, ...]) -> dict[str, float]:
    return {share.lect: share.share for share in prior}


def test_a_persons_own_word_decides() -> None:
    after = update_prior(PLACE, Clue.DECLARED, "yue", understanding=WHO_FOLLOWS)
    assert _shares(after) == {"yue": 1.0}


def test_what_an_interviewer_heard_weighs_more_than_the_place() -> None:
    after = update_prior(PLACE, Clue.OBSERVED, "gan", understanding=WHO_FOLLOWS)
    assert after[0].lect == "gan"
    assert _shares(after)["za"] > _shares(after)["yue"] > _shares(after)[PUTONGHUA]


def test_a_call_turned_away_makes_other_lects_likelier() -> None:
    after = _shares(update_prior(PLACE, Clue.TURNED_AWAY, PUTONGHUA, understanding=WHO_FOLLOWS))
    assert after[PUTONGHUA] < 0.2
    assert after["za"] > 0.5


def test_without_a_prior_a_clue_is_all_there_is() -> None:
    assert _shares(update_prior((), Clue.HOUSEHOLD, "za", understanding=WHO_FOLLOWS)) == {"za": 1.0}
    assert update_prior((), Clue.TURNED_AWAY, "za", understanding=WHO_FOLLOWS) == ()


def test_equal_shares_keep_one_order() -> None:
    ranked = rank_lects([LectShare("yue", 0.5, ""), LectShare("gan", 0.5, "")])
    assert [share.lect for share in ranked] == ["gan", "yue"]


def test_shares_of_nothing_are_nothing() -> None:
    assert normalise_shares([LectShare("yue", 0.0, "")]) == ()


@given(st.lists(st.tuples(st.sampled_from(list(Clue)), st.sampled_from(["za", "yue", "gan", PUTONGHUA])), max_size=8))
def test_probabilities_always_sum_to_one(clues: list[tuple[Clue, str]]) -> None:
    prior: tuple[LectShare, ...] = PLACE
    for clue, lect in clues:
        prior = update_prior(prior, clue, lect, understanding=WHO_FOLLOWS)
    assert sum(share.share for share in prior) == pytest.approx(1)
