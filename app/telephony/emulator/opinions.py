"""What simulated people truly think, and what they say when they did not understand the question."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Final

from app.telephony.emulator.captions import remark_on
from app.telephony.emulator.draws import keyed_random
from app.telephony.emulator.figures import ItemFigures, Population
from app.telephony.emulator.population import Person, random_of
from app.telephony.emulator.speech import AnswerGiven, AskedQuestion, SpokenAnswer

QUESTIONS_REMEMBERED: Final = 1_024
SHORTEST_SCALE: Final = 4  # fewer categories are read as a plain choice

_PLAIN: Final = ItemFigures()


def true_answer(person: Person, question: AskedQuestion, *, population: Population) -> SpokenAnswer:
    """Return what this person would answer to a question fully understood, the same at every asking."""
    chance = random_of(person, "opinion", question.name)
    item = population.items.get(question.name, _PLAIN)
    if item.is_age:
        return SpokenAnswer(text=str(person.age))
    given = _given(population, chance)
    if given is not AnswerGiven.ANSWERED:
        return SpokenAnswer(given)
    if question.offered:
        return SpokenAnswer(codes=_codes(person, question, item=item, population=population, chance=chance))
    if question.kind in _OPEN:
        return SpokenAnswer(text=_OPEN[question.kind](population, chance))
    return SpokenAnswer(text=remark_on(question.name, chance, is_content=person.content >= 0)[0])


def guessed_answer(person: Person, question: AskedQuestion, *, population: Population) -> SpokenAnswer:
    """Return an answer to a question not understood: near the middle, or the first option heard.

    To a yes or no that is the first: people who did not understand say yes.
    """
    if not question.offered:
        return SpokenAnswer(AnswerGiven.DONT_KNOW)
    chance = random_of(person, "guess", question.name)
    has_middle = len(question.offered) > len(("yes", "no"))
    middle = chance.random() < population.conversation.guess_is_middle and has_middle
    return SpokenAnswer(codes=(question.offered[len(question.offered) // 2 if middle else 0],))


def _given(population: Population, chance: Random) -> AnswerGiven:
    figures = population.conversation
    luck = chance.random()
    if luck < figures.does_not_know:
        return AnswerGiven.DONT_KNOW
    return AnswerGiven.REFUSED if luck < figures.does_not_know + figures.refuses_item else AnswerGiven.ANSWERED


def _codes(
    person: Person, question: AskedQuestion, *, item: ItemFigures, population: Population, chance: Random
) -> tuple[str, ...]:
    offered = question.offered
    if question.kind == "select_multiple":
        return _several(person, question, item=item, chance=chance)
    if item.first_share is not None:
        return (offered[0] if chance.random() < item.first_share else chance.choice(offered[1:] or offered),)
    if item.is_scale and _is_scale(offered):
        category = _category(person, item, population=population, chance=chance, categories=len(offered))
        return (sorted(offered, key=int)[category],)
    liking = _popularity(question.name, offered)
    return (max(offered, key=lambda code: liking[code] + chance.random()),)


def _several(person: Person, question: AskedQuestion, *, item: ItemFigures, chance: Random) -> tuple[str, ...]:
    """Pick one to three, popular ones more often; returned in the order of the questionnaire."""
    how_many = 1 + round(2 * person.talkativeness)
    liking = {code: weight + chance.random() for code, weight in _popularity(question.name, question.offered).items()}
    picked = sorted(question.offered, key=liking.__getitem__, reverse=True)[:how_many]
    if picked[0] in item.stands_alone:
        return (picked[0],)
    picked = [code for code in picked if code not in item.stands_alone]
    return tuple(code for code in question.offered if code in picked)


@lru_cache(QUESTIONS_REMEMBERED)
def _popularity(name: str, offered: tuple[str, ...]) -> Mapping[str, float]:
    """Return how well liked each option is by everybody, whoever is asked."""
    return {code: keyed_random(0, name, code).random() for code in offered}


def _is_scale(codes: tuple[str, ...]) -> bool:
    """Tell whether the codes count up or down without a gap, as those of a rating scale do."""
    if len(codes) < SHORTEST_SCALE or not all(code.isdecimal() for code in codes):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(codes)}
    return steps in ({1}, {-1})


def _category(person: Person, item: ItemFigures, *, population: Population, chance: Random, categories: int) -> int:
    """Cut the person's view of one item into categories, 0 being the lowest code."""
    figures = population.opinions
    noise = math.sqrt(1 - figures.loading**2) * chance.gauss(0.0, 1.0)
    view = figures.mean + item.ease + figures.loading * person.content + noise
    width = 2 * figures.highest_cut / (categories - 2)
    category = min(max(math.floor((view + figures.highest_cut) / width) + 1, 0), categories - 1)
    best_is_lowest = figures.lowest_code_is_best != item.is_reversed
    return categories - 1 - category if best_is_lowest else category


def _number(population: Population, chance: Random) -> str:
    return str(chance.choice(population.opinions.plain_numbers))


def _date(_population: Population, chance: Random) -> str:
    return f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


_OPEN: Final[Mapping[str, Callable[[Population, Random], str]]] = {
    "integer": _number,
    "decimal": _number,
    "date": _date,
}
