"""Which lect a case waits for, from all that was ever said about it."""

from hypothesis import given
from hypothesis import strategies as st

from app.dialing.domain import FactKind, Guess, KnownFact, best_guess
from app.languages.domain import PUTONGHUA, UNDETERMINED, UNIDENTIFIED

OFFERED = (PUTONGHUA, "yue", "za")
PLACE = (KnownFact(FactKind.PREDICTED, PUTONGHUA, 0.5), KnownFact(FactKind.PREDICTED, "za", 0.3))
LIST = KnownFact(FactKind.DECLARED, "yue", 0.9)
OWN = KnownFact(FactKind.DECLARED, "za", 1.0)
HEARD = KnownFact(FactKind.OBSERVED, "hak", 0.8)
USED = KnownFact(FactKind.USED, PUTONGHUA, 1.0)


def lect_of(*facts: KnownFact) -> str:
    return best_guess(facts, OFFERED).lect


def test_of_a_case_nothing_is_known_at_first() -> None:
    assert best_guess([], OFFERED) == Guess(UNDETERMINED, 0.0, None)


def test_the_place_makes_the_likeliest_offered_lect_the_guess() -> None:
    unoffered = KnownFact(FactKind.PREDICTED, "hak", 0.9)
    assert best_guess([*PLACE, unoffered], OFFERED) == Guess(PUTONGHUA, 0.5, FactKind.PREDICTED)


def test_the_order_of_predictions_does_not_matter() -> None:
    assert lect_of(*PLACE) == lect_of(*reversed(PLACE)) == PUTONGHUA


def test_the_respondents_own_word_outranks_everything() -> None:
    assert lect_of(OWN, *PLACE, HEARD, USED, LIST) == "za"


def test_what_was_heard_outranks_the_list_and_the_list_outranks_use_and_place() -> None:
    assert lect_of(HEARD, *PLACE, USED, LIST) == "hak"
    assert lect_of(LIST, *PLACE, USED) == "yue"
    assert lect_of(USED, KnownFact(FactKind.PREDICTED, "za", 0.9)) == PUTONGHUA


def test_a_later_word_replaces_an_earlier_one() -> None:
    assert lect_of(OWN, KnownFact(FactKind.DECLARED, "yue", 1.0)) == "yue"
    assert lect_of(HEARD, KnownFact(FactKind.OBSERVED, "za", 0.3)) == "za"


def test_a_lect_that_nobody_offers_is_waited_for_all_the_same() -> None:
    assert lect_of(KnownFact(FactKind.DECLARED, "bo", 1.0), *PLACE) == "bo"


def test_what_names_no_lect_leaves_the_guess_as_it_was() -> None:
    unclear = [KnownFact(FactKind.OBSERVED, tag, 0.8) for tag in (UNIDENTIFIED, UNDETERMINED, "mul", "zxx")]
    assert lect_of(*PLACE, *unclear) == PUTONGHUA
    assert lect_of(*unclear) == UNDETERMINED


FACTS = st.builds(KnownFact, st.sampled_from(FactKind), st.sampled_from([*OFFERED, "hak", "und"]), st.floats(0, 1))


@given(st.lists(FACTS))
def test_a_guess_is_something_that_was_said(facts: list[KnownFact]) -> None:
    guess = best_guess(facts, OFFERED)
    assert guess.kind is None or KnownFact(guess.kind, guess.lect, guess.confidence) in facts
    assert (guess.kind is None) == (guess.lect == UNDETERMINED)
