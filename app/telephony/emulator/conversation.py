"""The audio of an emulated call: how a person takes what an interviewer says to them.

Every reaction compares draws that depend only on the person, the call and the item with chances that depend on
how far the person follows. So two interviewers who call the same person differ by language alone, and where
language does not matter they get the same reaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from app.telephony.emulator.captions import caption_of_answer, phrase_for, with_lect
from app.telephony.emulator.draws import keyed_random, pick_weighted
from app.telephony.emulator.figures import ConversationFigures, Population
from app.telephony.emulator.opinions import guessed_answer, true_answer
from app.telephony.emulator.population import WELL, Person, following
from app.telephony.emulator.speech import (
    AskedQuestion,
    Memory,
    Misreading,
    Reply,
    Utterance,
    UtteranceKind,
)

HANGS_UP: Final = frozenset({Misreading.MISDIAL, Misreading.FRAUD, Misreading.SILENT, Misreading.HUNG_UP_IN_OPENING})
UNDETERMINED: Final = "und"
Heard = tuple[Reply, Memory]


@dataclass(frozen=True)
class Listener:
    """One person on one call; `seed` is the network's."""

    person: Person
    memory: Memory
    population: Population
    seed: int

    def chance(self, *parts: str | int) -> Random:
        """Return the draws for one moment of this call."""
        return keyed_random(self.seed, self.person.key, self.memory.calls, *parts)


def hear(person: Person, memory: Memory, utterance: Utterance, *, population: Population, seed: int) -> Heard:
    """Return the person's reply to one utterance, and what they now have in mind."""
    return _REACTIONS[utterance.kind](Listener(person, memory, population, seed), utterance)


def badly_followed(person: Person, utterance: Utterance, figures: ConversationFigures) -> float:
    """Return 0 for a call as good as matched, 1 for a call wholly mismatched, between them in proportion."""
    degree = utterance.understands
    if degree is None:
        degree = following(person, utterance.lect, degree=0.0)
    degree = max(degree, figures.understanding_floor)
    span = figures.follows_well_from - figures.follows_badly_below
    return min(max((figures.follows_well_from - degree) / span, 0.0), 1.0)


def trust_in_call(listener: Listener, utterance: Utterance) -> float:
    """Return trust between 0 and 1 after earlier unexplained calls and the sound of one's own lect."""
    figures = listener.population.trust
    is_own = utterance.lect == listener.person.main_lect != listener.population.standard_lect
    lost = figures.lost_per_unexplained_call * listener.memory.unexplained_calls
    return min(max(listener.person.trust - lost + figures.gained_by_own_lect * is_own, 0.0), 1.0)


def _listen(listener: Listener, _utterance: Utterance) -> Heard:
    caption = phrase_for("listen", listener.person.main_lect, listener.chance("listen"))
    # One syllable into a telephone tells nobody which language is spoken.
    return Reply(*caption, UNDETERMINED, 1.0), listener.memory


def _greet(listener: Listener, utterance: Utterance) -> Heard:
    figures = listener.population.conversation
    chance = listener.chance("greeting")
    misreads, kind, asks, refuses, later = (chance.random() for _ in range(5))
    badly = badly_followed(listener.person, utterance, figures)
    wary = 1.5 - trust_in_call(listener, utterance)
    base = figures.misread_when_matched + badly * (figures.misread_when_mismatched - figures.misread_when_matched)
    if misreads < base * wary and not listener.memory.expects_call:
        return _misread(listener, utterance, kind=_kind(figures, kind, badly=badly))
    if asks < badly * figures.asks_other_lect:
        return _ask_for_own_lect(listener, utterance)
    if refuses < _chance_to_refuse(listener, wary=wary):
        return _refuse(listener, utterance)
    if later < figures.calls_later and not listener.memory.expects_call:
        return _put_off(listener, utterance)
    return _stay(listener, utterance)


def _kind(figures: ConversationFigures, position: float, *, badly: float) -> Misreading:
    """Mix both tables, so that the kinds shift as gradually as the understanding does."""
    names = {**figures.kinds_when_matched, **figures.kinds_when_mismatched}
    weights = {
        name: (1 - badly) * figures.kinds_when_matched.get(name, 0.0)
        + badly * figures.kinds_when_mismatched.get(name, 0.0)
        for name in names
    }
    return Misreading(pick_weighted(position, weights))


def _chance_to_refuse(listener: Listener, *, wary: float) -> float:
    figures = listener.population.conversation
    if listener.memory.has_refused:
        return figures.refuses_again
    if listener.memory.expects_call:
        return figures.refuses * figures.refuses_when_expecting
    return figures.refuses * wary


def _misread(listener: Listener, utterance: Utterance, *, kind: Misreading) -> Heard:
    chance = listener.chance("misread")
    hangs_up = kind in HANGS_UP or chance.random() < listener.population.conversation.hangs_up_when_lost
    caption = phrase_for(kind.value, _spoken(listener.person, utterance), chance)
    reply = _reply(listener, utterance, caption, after_seconds=round(chance.uniform(2, 8), 1))
    return replace(reply, misread=kind, hangs_up=hangs_up), listener.memory


def _ask_for_own_lect(listener: Listener, utterance: Utterance) -> Heard:
    main = listener.person.main_lect
    caption = with_lect(phrase_for("asks_for_lect", main, listener.chance("asks")), main)
    reply = replace(_reply(listener, utterance, caption, after_seconds=3.0), names_lect=True, named_lect=main)
    return replace(reply, lect=main), replace(listener.memory, is_explained=True)


def _refuse(listener: Listener, utterance: Utterance) -> Heard:
    reply = replace(_phrase(listener, utterance, "refuses"), refuses=True, hangs_up=True)
    return reply, replace(listener.memory, is_explained=True, has_refused=True, expects_call=False)


def _put_off(listener: Listener, utterance: Utterance) -> Heard:
    hours = listener.chance("hours").choice(listener.population.conversation.call_later_hours)
    reply = replace(_phrase(listener, utterance, "calls_later"), call_back_in_hours=hours)
    return reply, replace(listener.memory, is_explained=True, expects_call=True)


def _stay(listener: Listener, utterance: Utterance) -> Heard:
    return _phrase(listener, utterance, "stays"), replace(listener.memory, is_explained=True, expects_call=False)


def _choose_lect(listener: Listener, utterance: Utterance) -> Heard:
    """Name a language: bilingual people often stay with the one offered, anyone else names their own."""
    person = listener.person
    chance = listener.chance("chooses")
    keeps = chance.random() < listener.population.conversation.keeps_offered_lect
    named = utterance.lect if keeps and person.fluency_in(utterance.lect) >= WELL else person.main_lect
    caption = with_lect(phrase_for("chooses_lect", _spoken(person, utterance), chance), named)
    reply = _reply(listener, utterance, caption, after_seconds=2.5)
    return replace(reply, names_lect=named != utterance.lect, named_lect=named), listener.memory


def _answer(listener: Listener, utterance: Utterance) -> Heard:
    question = utterance.question
    if question is None or question.kind == "note":
        return _phrase(listener, utterance, "mumbles"), listener.memory
    return _answer_item(listener, utterance, question)


def _answer_item(listener: Listener, utterance: Utterance, question: AskedQuestion) -> Heard:
    figures = listener.population.conversation
    chance = listener.chance("item", question.name)
    leaves, repeats, guesses = (chance.random() for _ in range(3))
    badly = badly_followed(listener.person, utterance, figures)
    patience = figures.breaks_off_per_item
    if leaves < patience + badly * (figures.breaks_off_per_item_following_badly - patience):
        return replace(_phrase(listener, utterance, "breaks_off"), hangs_up=True), listener.memory
    if repeats < badly * figures.asks_to_repeat and question.name not in listener.memory.repeated:
        return _ask_to_repeat(listener, utterance, question)
    means = true_answer(listener.person, question, population=listener.population)
    is_guess = guesses < badly * figures.guesses_when_following_badly
    said = guessed_answer(listener.person, question, population=listener.population) if is_guess else means
    caption = caption_of_answer(said, question, lect=_spoken(listener.person, utterance), chance=chance)
    seconds = chance.uniform(*figures.answer_seconds) * (1 + badly)
    reply = _reply(listener, utterance, caption, after_seconds=round(seconds, 1))
    return replace(reply, means=means, said=said), listener.memory


def _ask_to_repeat(listener: Listener, utterance: Utterance, question: AskedQuestion) -> Heard:
    reply = replace(_phrase(listener, utterance, "repeat"), asks_to_repeat=True, misread=Misreading.CANNOT_FOLLOW)
    return reply, replace(listener.memory, repeated=(*listener.memory.repeated, question.name))


def _say_goodbye(listener: Listener, utterance: Utterance) -> Heard:
    return replace(_phrase(listener, utterance, "goodbye"), hangs_up=True), listener.memory


def _spoken(person: Person, utterance: Utterance) -> str:
    """Return the language of the reply: the one addressed in if the person speaks it well, else their own."""
    return utterance.lect if person.fluency_in(utterance.lect) >= WELL else person.main_lect


def _phrase(listener: Listener, utterance: Utterance, occasion: str) -> Reply:
    chance = listener.chance(occasion)
    caption = phrase_for(occasion, _spoken(listener.person, utterance), chance)
    return _reply(listener, utterance, caption, after_seconds=round(chance.uniform(1.5, 4), 1))


def _reply(listener: Listener, utterance: Utterance, caption: tuple[str, str], *, after_seconds: float) -> Reply:
    return Reply(*caption, _spoken(listener.person, utterance), after_seconds)


_REACTIONS: Final[Mapping[UtteranceKind, Callable[[Listener, Utterance], Heard]]] = {
    UtteranceKind.LISTEN: _listen,
    UtteranceKind.GREETING: _greet,
    UtteranceKind.LANGUAGE_QUESTION: _choose_lect,
    UtteranceKind.QUESTION: _answer,
    UtteranceKind.GOODBYE: _say_goodbye,
}
