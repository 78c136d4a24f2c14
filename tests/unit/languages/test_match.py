"""How well an interviewer's lects serve a respondent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages.domain import PUTONGHUA, UNDETERMINED, UNIDENTIFIED, Level, Match, Understanding, match_of

PARENTS = {"hea": "hmn", "cqd": "hmn", "cmn-x-chen1267": "cmn-x-xina1239", "cmn-x-xina1239": "cmn", PUTONGHUA: "cmn"}
WHO_FOLLOWS = Understanding(
    [
        ("cmn", PUTONGHUA, 0.88),
        (PUTONGHUA, "cmn", 0.6),
        ("yue", PUTONGHUA, 0.6),
        ("cjy", PUTONGHUA, 0.76),
        ("hmn", "hmn", 0.1),
        ("cmn-x-xina1239", "cmn-x-xina1239", 0.9),
    ],
    parents=PARENTS,
    collective=["hmn"],
)
ANA = {PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS}
BAO = {"za": Level.INTERVIEWS, PUTONGHUA: Level.INTERVIEWS}
LECTS = st.sampled_from(["yue", "za", "hmn", "hea", "cqd", "cjy", "cmn", PUTONGHUA, "cmn-x-chen1267", "und"])


def test_levels_are_ordered() -> None:
    assert Level.UNDERSTANDS.rank < Level.CONVERSES.rank < Level.INTERVIEWS.rank


def test_interviewing_in_the_lect_itself_is_a_full_match() -> None:
    assert match_of(ANA, "yue", WHO_FOLLOWS) is Match.FULL
    assert match_of(BAO, "yue", WHO_FOLLOWS) is Match.NONE


def test_conversing_in_the_lect_is_a_partial_match() -> None:
    assert match_of({"ug": Level.CONVERSES}, "ug", WHO_FOLLOWS) is Match.PARTIAL


def test_a_lect_that_the_respondent_follows_well_is_a_partial_match() -> None:
    assert match_of(ANA, "cjy", WHO_FOLLOWS) is Match.PARTIAL
    assert match_of({"bo": Level.INTERVIEWS}, "cjy", WHO_FOLLOWS) is Match.NONE


def test_each_speaking_their_own_is_a_partial_match() -> None:
    listens_only = {"yue": Level.UNDERSTANDS, PUTONGHUA: Level.INTERVIEWS}
    assert match_of(listens_only, "yue", WHO_FOLLOWS) is Match.PARTIAL
    assert match_of({"yue": Level.UNDERSTANDS}, "yue", WHO_FOLLOWS) is Match.NONE


@pytest.mark.parametrize("lect", [None, UNDETERMINED, UNIDENTIFIED, "mul", "zxx"])
def test_nothing_is_matched_to_an_unknown_lect(lect: str | None) -> None:
    assert match_of(ANA, lect, WHO_FOLLOWS) is Match.UNKNOWN


def test_a_collective_name_never_makes_a_match() -> None:
    assert match_of({"hea": Level.INTERVIEWS}, "hmn", WHO_FOLLOWS) is Match.UNKNOWN
    assert match_of({"hmn": Level.INTERVIEWS}, "hea", WHO_FOLLOWS) is Match.UNKNOWN
    assert match_of({"hmn": Level.INTERVIEWS}, "hmn", WHO_FOLLOWS) is Match.UNKNOWN
    assert match_of({"hea": Level.INTERVIEWS}, "cqd", WHO_FOLLOWS) is Match.NONE


def test_understanding_is_not_symmetric() -> None:
    assert WHO_FOLLOWS.degree("cmn-x-chen1267", PUTONGHUA) == 0.88
    assert WHO_FOLLOWS.degree(PUTONGHUA, "cmn-x-chen1267") == 0.6


def test_the_nearest_ancestors_answer_for_a_pair_without_a_row() -> None:
    assert WHO_FOLLOWS.degree("cmn-x-chen1267", "cmn-x-xina1239") == 0.9
    assert WHO_FOLLOWS.degree("yue", "bo") == 0.0


def test_a_circle_of_parents_ends() -> None:
    assert Understanding([], parents={"a": "b", "b": "a"}).lineage("a") == ("a", "b")


@given(LECTS, LECTS)
def test_a_degree_is_a_share_and_everybody_follows_their_own(listener: str, speaker: str) -> None:
    assert 0 <= WHO_FOLLOWS.degree(listener, speaker) <= 1
    assert WHO_FOLLOWS.degree(listener, listener) == 1


@given(st.dictionaries(LECTS, st.sampled_from(list(Level)), max_size=4), LECTS)
def test_more_skill_never_makes_a_worse_match(skills: dict[str, Level], lect: str) -> None:
    order = [Match.NONE, Match.UNKNOWN, Match.PARTIAL, Match.FULL]
    before = match_of(skills, lect, WHO_FOLLOWS)
    after = match_of({**skills, PUTONGHUA: Level.INTERVIEWS}, lect, WHO_FOLLOWS)
    assert order.index(after) >= order.index(before)
