"""Who answers a number on the emulated network: one person per number, the same one every time."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from app.telephony.emulator.draws import keyed_number, keyed_random, pick_weighted
from app.telephony.emulator.figures import AgeFigures, Population, PutonghuaFigures, load_population

__all__ = ["AreaShares", "Line", "Person", "Population", "following", "load_population", "person_of", "random_of"]

AreaShares = tuple[tuple[str, float], ...]

WELL: Final = 0.75  # fluency from which a person holds a conversation in a lect without effort


class Line(StrEnum):
    """What is behind a number."""

    WORKS = "works"
    NOT_WORKING = "not_working"  # never given out, or given up: nobody will ever answer


@dataclass(frozen=True)
class Person:
    """One simulated respondent, with what nobody on our side may know before asking.

    `lects` holds (tag, fluency 0 to 1), first language first. `presence` is the chance of being free to
    take a call per time slot, `trust` lies between 0 and 1, `content` is the latent satisfaction (mean 0, sd 1,
    before the population's shift) from which every opinion follows. `key` seeds this person's further draws.
    """

    key: int
    line: Line
    age: int
    is_employed: bool
    lects: tuple[tuple[str, float], ...]
    presence: tuple[float, ...]
    takes_unknown: float
    trust: float
    content: float
    talkativeness: float

    @property
    def main_lect(self) -> str:
        """The first language."""
        return self.lects[0][0]

    def fluency_in(self, lect: str) -> float:
        """Return 0 where the person does not speak it at all."""
        return max((fluency for own, fluency in self.lects if own == lect), default=0.0)


def person_of(population: Population, number: str, area_shares: AreaShares, *, seed: int) -> Person:
    """Draw the person behind a number; `area_shares` is the true mix of first languages at its place."""
    key = keyed_number(seed, "person", number)
    chance = Random(key)  # noqa: S311  simulated people are no secret
    line = Line.NOT_WORKING if chance.random() < population.line.not_working else Line.WORKS
    age = _age(population.age, chance)
    main = pick_weighted(chance.random(), area_shares or population.lects)
    is_employed = _is_employed(population.age, age, chance)
    return Person(
        key=key,
        line=line,
        age=age,
        is_employed=is_employed,
        lects=_lects(population, main, age=age, chance=chance),
        presence=_presence(population, is_employed=is_employed, chance=chance),
        takes_unknown=_takes_unknown(population, chance),
        trust=_trust(population, chance),
        content=_content(population, main, chance),
        talkativeness=chance.random(),
    )


def following(person: Person, lect: str, *, degree: float) -> float:
    """Return how far the person follows a lect: by speaking it, or by its nearness (`degree`) to the first language."""
    return max(person.fluency_in(lect), degree)


def _age(figures: AgeFigures, chance: Random) -> int:
    low, high = pick_weighted(chance.random(), [((low, high), share) for low, high, share in figures.bands])
    return chance.randint(low, high)


def _is_employed(figures: AgeFigures, age: int, chance: Random) -> bool:
    of_working_age = figures.employed_from <= age < figures.employed_to
    return chance.random() < figures.employed and of_working_age


def _lects(population: Population, main: str, *, age: int, chance: Random) -> tuple[tuple[str, float], ...]:
    fluency = _putonghua(population.putonghua, age, chance)
    if main == population.standard_lect:
        return ((main, 1.0),)
    return ((main, 1.0), (population.standard_lect, fluency))


def _putonghua(figures: PutonghuaFigures, age: int, chance: Random) -> float:
    speaks = next(share for from_age, share in reversed(figures.speaks_from_age) if age >= from_age)
    low, high = figures.fluency_of_speakers if chance.random() < speaks else figures.fluency_of_others
    return round(chance.uniform(low, high), 3)


def _presence(population: Population, *, is_employed: bool, chance: Random) -> tuple[float, ...]:
    slots = population.presence.employed if is_employed else population.presence.not_employed
    shift = chance.uniform(-population.presence.varies_by, population.presence.varies_by)
    return tuple(round(min(max(slot + shift, 0.0), 1.0), 3) for slot in slots)


def _takes_unknown(population: Population, chance: Random) -> float:
    never = chance.random() < population.pick_up.never_unknown
    return 0.0 if never else population.pick_up.takes_unknown


def _trust(population: Population, chance: Random) -> float:
    figures = population.trust
    return round(chance.triangular(figures.lowest, figures.highest, figures.usual), 3)


def _content(population: Population, main: str, chance: Random) -> float:
    shift = 0.0 if main == population.standard_lect else population.opinions.dialect_shift
    return round(chance.gauss(0.0, 1.0) + shift, 3)


def random_of(person: Person, *parts: str | int) -> Random:
    """Return a generator for one decision of this person."""
    return keyed_random(person.key, *parts)
