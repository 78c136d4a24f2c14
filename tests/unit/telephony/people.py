"""Simulated people in numbers, for tests of what holds over many of them."""

from functools import cache

from app.telephony.emulator.figures import BASE, load_population
from app.telephony.emulator.population import AreaShares, Person, person_of


def numbers(count: int) -> list[str]:
    return [f"+86139{position:08d}" for position in range(count)]


@cache
def people(count: int, *, name: str = BASE, area_shares: AreaShares = (), seed: int = 1) -> tuple[Person, ...]:
    population = load_population(name)
    return tuple(person_of(population, number, area_shares, seed=seed) for number in numbers(count))
