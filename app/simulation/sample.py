"""Draw the people of a simulated sample, with what a campaign predicts of their lects."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from app.dialing.domain import FactKind, KnownFact
from app.dialing.intake import LIKELIEST
from app.simulation.plans import Ground
from app.telephony.emulator.figures import Population
from app.telephony.emulator.population import Person, person_of


@dataclass(frozen=True)
class Sampled:
    """One sampled number with its person; `number` tells them apart and is no telephone number."""

    number: str
    area: str
    person: Person
    facts: tuple[KnownFact, ...]


def draw_people(ground: Ground, population: Population, *, numbers: int, seed: int) -> tuple[Sampled, ...]:
    """Return the same people for the same seed, whatever the policy; populations change only what they differ in."""
    return tuple(
        Sampled(
            number,
            area,
            person_of(population, number, ground.shares.get(area, ()), seed=seed),
            tuple(
                KnownFact(FactKind.PREDICTED, lect, share) for lect, share in ground.shares.get(area, ())[:LIKELIEST]
            ),
        )
        for number, area in _numbers(ground, numbers=numbers, seed=seed)
    )


def _numbers(ground: Ground, *, numbers: int, seed: int) -> Iterator[tuple[str, str]]:
    if ground.is_count:
        areas = [area for area, count in ground.places for _ in range(int(count))]
    else:
        chance = Random(f"sample/{seed}")  # noqa: S311  a draw that can be repeated
        areas = chance.choices([area for area, _ in ground.places], [share for _, share in ground.places], k=numbers)
    for position, area in enumerate(areas):
        yield f"{area}-{position:06d}", area
