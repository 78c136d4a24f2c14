"""The first words are in the lect that most of those who may pick up follow."""

from app.dialing.domain import FactKind, KnownFact
from app.dialing.greeting import greeting_lect
from app.languages.domain import PUTONGHUA, Understanding

FOLLOWS = Understanding([("za", PUTONGHUA, 0.6), ("yue", PUTONGHUA, 0.8), (PUTONGHUA, "za", 0.0)])
NANNING = [
    KnownFact(FactKind.PREDICTED, PUTONGHUA, 0.4),
    KnownFact(FactKind.PREDICTED, "za", 0.3),
    KnownFact(FactKind.PREDICTED, "yue", 0.2),
]
VILLAGE = [KnownFact(FactKind.PREDICTED, "za", 0.9), KnownFact(FactKind.PREDICTED, PUTONGHUA, 0.1)]
OWN = ("za", PUTONGHUA)


def test_what_most_people_of_the_place_follow_comes_first() -> None:
    assert greeting_lect(NANNING, OWN, FOLLOWS) == PUTONGHUA


def test_where_nearly_all_speak_a_lect_it_is_the_greeting() -> None:
    assert greeting_lect(VILLAGE, OWN, FOLLOWS) == "za"


def test_what_somebody_stated_outweighs_the_place() -> None:
    stated = KnownFact(FactKind.DECLARED, "za", 1.0)
    assert greeting_lect([*NANNING, stated], OWN, FOLLOWS) == "za"


def test_a_stated_lect_that_the_interviewer_does_not_speak_gets_the_one_it_follows_best() -> None:
    stated = KnownFact(FactKind.OBSERVED, "yue", 0.8)
    assert greeting_lect([*VILLAGE, stated], OWN, FOLLOWS) == PUTONGHUA


def test_where_nothing_is_known_the_standard_language_opens() -> None:
    assert greeting_lect([], OWN, FOLLOWS) == PUTONGHUA
    assert greeting_lect([], ("za",), FOLLOWS) == "za"
