"""How people take a call: bands over two thousand of them, and what language changes."""

from collections import Counter
from dataclasses import replace

import pytest

from app.telephony.emulator.conversation import hear
from app.telephony.emulator.population import Person, load_population
from app.telephony.emulator.speech import AskedQuestion, Memory, Misreading, Reply, Utterance, UtteranceKind
from tests.unit.telephony.people import people

PEOPLE = people(2000)
FRESH = Memory()
LIKE = AskedQuestion("police", "select_one", ("1", "2", "3", "4", "5", "98", "99"))
ITEMS = [replace(LIKE, name=f"item{position}") for position in range(20)]


def greeting(*, understands: float, lect: str = "cmn-x-putonghu") -> Utterance:
    return Utterance(lect, UtteranceKind.GREETING, understands=understands)


def greet(
    person: Person, memory: Memory = FRESH, *, understands: float, name: str = "population"
) -> tuple[Reply, Memory]:
    return hear(person, memory, greeting(understands=understands), population=load_population(name), seed=1)


def ask(person: Person, question: AskedQuestion, *, understands: float, memory: Memory = FRESH) -> Reply:
    asked = Utterance("cmn-x-putonghu", UtteranceKind.QUESTION, question, understands)
    reply, memory = hear(person, memory, asked, population=load_population(), seed=1)
    return ask(person, question, understands=understands, memory=memory) if reply.asks_to_repeat else reply


def completes(person: Person, *, understands: float) -> bool:
    opening, _memory = greet(person, understands=understands)
    if opening.misread or opening.hangs_up or opening.names_lect or opening.call_back_in_hours:
        return False
    return not any(ask(person, item, understands=understands).hangs_up for item in ITEMS)


def misread_share(*, understands: float) -> float:
    return sum(greet(person, understands=understands)[0].misread is not None for person in PEOPLE) / len(PEOPLE)


def test_a_matched_call_is_misread_by_one_or_two_in_ten() -> None:
    assert 0.10 <= misread_share(understands=1.0) <= 0.20


def test_a_mismatched_call_is_misread_by_three_to_six_in_ten() -> None:
    assert 0.30 <= misread_share(understands=0.1) <= 0.60


def test_nearly_half_of_matched_contacts_complete_and_few_mismatched_ones() -> None:
    matched, mismatched = (
        sum(completes(person, understands=degree) for person in PEOPLE) / len(PEOPLE) for degree in (1.0, 0.1)
    )
    assert 0.40 <= matched <= 0.50
    assert mismatched < matched / 2


def test_only_who_cannot_follow_says_so() -> None:
    matched, mismatched = (
        Counter(greet(person, understands=degree)[0].misread for person in PEOPLE) for degree in (1.0, 0.1)
    )
    assert matched[Misreading.CANNOT_FOLLOW] == 0
    assert set(mismatched) == {None, *Misreading}


def test_following_badly_makes_half_of_the_answers_noise() -> None:
    replies = [ask(person, LIKE, understands=0.1) for person in PEOPLE]
    heard = [reply for reply in replies if reply.said is not None]
    untrue = [reply for reply in heard if reply.said != reply.means]
    noise = [reply.said.codes for reply in untrue if reply.said is not None]
    assert 0.40 <= len(untrue) / len(heard) <= 0.80
    assert set(noise) == {("3",), ("1",)}


def test_who_follows_says_what_they_mean() -> None:
    assert all(reply.said == reply.means for reply in (ask(person, LIKE, understands=1.0) for person in PEOPLE))


@pytest.mark.parametrize("item", [LIKE, ITEMS[0]])
def test_where_language_does_not_matter_everybody_reacts_the_same(item: AskedQuestion) -> None:
    indifferent = load_population("language_does_not_matter")
    for person in people(2000, name="language_does_not_matter"):
        for asked in (greeting(understands=1.0), Utterance("yue", UtteranceKind.QUESTION, item, 1.0)):
            matched, mismatched = (
                hear(person, FRESH, replace(asked, understands=degree), population=indifferent, seed=1)
                for degree in (1.0, 0.0)
            )
            assert matched == mismatched


def test_where_language_does_not_matter_no_lect_opens_doors() -> None:
    indifferent = load_population("language_does_not_matter")
    for person in people(500, name="language_does_not_matter"):
        own, other = (
            hear(person, FRESH, greeting(understands=1.0, lect=lect), population=indifferent, seed=1)[0]
            for lect in (person.main_lect, "en")
        )
        assert (own.misread, own.hangs_up, own.refuses) == (other.misread, other.hangs_up, other.refuses)


def test_unexplained_calls_cost_trust() -> None:
    called = Memory(calls=3, unexplained_calls=3)
    fresh, known = (
        sum(greet(person, memory, understands=1.0)[0].hangs_up for person in PEOPLE) for memory in (FRESH, called)
    )
    assert known > fresh * 1.1


def test_ringing_without_a_word_is_an_unexplained_call() -> None:
    assert Memory().for_next_call(rang=True) == Memory(calls=1, unexplained_calls=1)
    assert Memory().for_next_call(rang=False) == Memory(calls=1)
    assert Memory(is_explained=True).for_next_call(rang=True) == Memory(calls=1)


def test_who_asked_to_be_called_again_does_not_take_the_call_for_a_fraud() -> None:
    expecting = Memory(calls=1, expects_call=True)
    replies = [greet(person, expecting, understands=1.0)[0] for person in PEOPLE]
    assert all(reply.misread is None and reply.call_back_in_hours is None for reply in replies)


def test_who_has_refused_mostly_refuses_again() -> None:
    refused = Memory(calls=1, has_refused=True)
    stays = [reply for person in PEOPLE if not (reply := greet(person, refused, understands=1.0)[0]).hangs_up]
    assert len(stays) / len(PEOPLE) < 0.2
