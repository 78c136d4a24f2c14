"""What people say: languages named, opinions, captions."""

from dataclasses import replace

import pytest

from app.telephony.emulator.captions import with_lect
from app.telephony.emulator.conversation import hear
from app.telephony.emulator.opinions import guessed_answer, true_answer
from app.telephony.emulator.population import Person, load_population, person_of
from app.telephony.emulator.speech import (
    AnswerGiven,
    AskedQuestion,
    Memory,
    Reply,
    SpokenAnswer,
    Utterance,
    UtteranceKind,
)
from tests.unit.telephony.people import people

PEOPLE = people(1000)
FIVE = ("1", "2", "3", "4", "5", "98", "99")
SAFETY = AskedQuestion("safety_overall", "select_one", FIVE)


def says(person: Person, kind: UtteranceKind, *, lect: str = "cmn-x-putonghu", understands: float = 1.0) -> Reply:
    utterance = Utterance(lect, kind, understands=understands)
    return hear(person, Memory(), utterance, population=load_population(), seed=1)[0]


def truth(person: Person, question: AskedQuestion) -> SpokenAnswer:
    return true_answer(person, question, population=load_population())


def cantonese(fluency: float) -> Person:
    person = person_of(load_population(), "+8613985012345", (("yue", 1.0),), seed=1)
    return replace(person, lects=(("yue", 1.0), ("cmn-x-putonghu", fluency)))


def test_the_first_words_tell_no_language() -> None:
    assert says(PEOPLE[0], UtteranceKind.LISTEN).lect == "und"


def test_who_speaks_no_putonghua_names_and_speaks_the_own_lect() -> None:
    reply = says(cantonese(0.2), UtteranceKind.LANGUAGE_QUESTION, understands=0.2)
    assert (reply.lect, reply.named_lect, reply.names_lect) == ("yue", "yue", True)
    assert "粤语" in reply.text_zh
    assert "Cantonese" in reply.text_en


def test_bilingual_people_often_stay_with_the_language_offered() -> None:
    bilingual = [person for person in PEOPLE if 0.8 < person.fluency_in("cmn-x-putonghu") < 1.0]
    named = [says(person, UtteranceKind.LANGUAGE_QUESTION).named_lect for person in bilingual]
    assert 0.5 < named.count("cmn-x-putonghu") / len(named) < 0.7


def test_following_badly_some_ask_for_their_own_lect() -> None:
    asks = [reply for person in PEOPLE if (reply := says(person, UtteranceKind.GREETING, understands=0.1)).names_lect]
    assert len(asks) > 100
    assert all(reply.named_lect == reply.lect and not reply.hangs_up for reply in asks)


def test_a_lect_without_a_short_name_is_the_language_of_home() -> None:
    assert with_lect(("讲{lect}", "speak {lect}"), "tdd") == ("讲家乡话", "speak the language of my home")


def test_saying_goodbye_ends_the_call() -> None:
    assert says(PEOPLE[0], UtteranceKind.GOODBYE).hangs_up


def test_about_four_in_five_are_content() -> None:
    answers = [truth(person, SAFETY).codes for person in PEOPLE]
    given = [codes for codes in answers if codes]
    assert 0.75 <= sum(codes[0] in "45" for codes in given) / len(given) <= 0.85


def test_a_reversed_item_turns_the_scale_round() -> None:
    high = [person for person in PEOPLE if person.content > 1]
    reversed_item = replace(SAFETY, name="feel_unsafe")
    answers = [codes[0] for person in high if (codes := truth(person, reversed_item).codes)]
    assert sum(code in "12" for code in answers) / len(answers) > 0.9


def test_the_order_read_out_does_not_change_an_opinion() -> None:
    backwards = replace(SAFETY, choices=tuple(reversed(FIVE)))
    assert all(truth(person, SAFETY) == truth(person, backwards) for person in PEOPLE)


def test_people_say_their_own_age() -> None:
    assert all(truth(person, AskedQuestion("age", "integer")).text == str(person.age) for person in PEOPLE)


@pytest.mark.parametrize(("name", "share"), [("residence", 0.94), ("victim", 0.06)])
def test_named_items_have_their_own_share(name: str, share: float) -> None:
    answers = [truth(person, AskedQuestion(name, "select_one", ("yes", "no"))).codes for person in PEOPLE]
    given = [codes for codes in answers if codes]
    assert given.count(("yes",)) / len(given) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("kind", ["integer", "decimal", "date", "text"])
def test_an_open_item_gets_a_plausible_answer(kind: str) -> None:
    answers = [truth(person, AskedQuestion("x", kind)) for person in PEOPLE[:50]]
    assert all(answer.text for answer in answers if answer.given is AnswerGiven.ANSWERED)


def test_several_options_come_in_the_order_of_the_questionnaire() -> None:
    worries = AskedQuestion("worries", "select_multiple", ("theft", "fraud", "traffic", "noise", "98"))
    answers = [truth(person, worries).codes for person in PEOPLE]
    assert {len(codes) for codes in answers} == {0, 1, 2, 3}
    assert all(list(codes) == sorted(codes, key=worries.choices.index) and "98" not in codes for codes in answers)


def test_nothing_in_particular_is_never_said_beside_a_worry() -> None:
    worries = AskedQuestion("worries", "select_multiple", ("1", "2", "3", "97"))
    answers = {truth(person, worries).codes for person in PEOPLE}
    assert ("97",) in answers
    assert all(len(codes) == 1 for codes in answers if "97" in codes)


def test_an_open_item_with_words_of_its_own_gets_those() -> None:
    told = {truth(person, AskedQuestion("told_what", "text")).text for person in PEOPLE}
    remarks = {truth(person, AskedQuestion("comment", "text")).text for person in PEOPLE}
    assert told & remarks == {None}


def test_a_question_not_understood_is_answered_in_the_middle_or_first() -> None:
    guesses = {guessed_answer(person, SAFETY, population=load_population()).codes for person in PEOPLE}
    assert guesses == {("3",), ("1",)}


def test_a_yes_or_no_not_understood_is_a_yes() -> None:
    residence = AskedQuestion("residence", "select_one", ("1", "0", "98"))
    guesses = {guessed_answer(person, residence, population=load_population()).codes for person in PEOPLE}
    assert guesses == {("1",)}


def test_an_open_question_not_understood_has_no_answer() -> None:
    guess = guessed_answer(PEOPLE[0], AskedQuestion("age", "integer"), population=load_population())
    assert guess.given is AnswerGiven.DONT_KNOW


def test_captions_speak_the_labels_where_there_are_some() -> None:
    labels = tuple((f"第{code}", f"number {code}") for code in FIVE)
    asked = Utterance("yue", UtteranceKind.QUESTION, replace(SAFETY, labels=labels), 1.0)
    replies = [hear(person, Memory(), asked, population=load_population(), seed=1)[0] for person in PEOPLE[:50]]
    for reply in replies:
        if reply.said is not None and reply.said.codes:
            code = reply.said.codes[0]
            assert (reply.text_zh, reply.text_en) == (f"第{code}。", f"number {code}.")


def test_a_note_is_only_acknowledged() -> None:
    asked = Utterance("yue", UtteranceKind.QUESTION, AskedQuestion("intro", "note"), 1.0)
    reply, _memory = hear(PEOPLE[0], Memory(), asked, population=load_population(), seed=1)
    assert (reply.said, reply.hangs_up) == (None, False)
