"""Draw the people behind a sample, synthetic or past, with what a campaign knows of their lects on the first day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from app.dialing.domain import FactKind, KnownFact
from app.dialing.intake import DECLARED_BEFORE, LIKELIEST
from app.dialing.score import draw_for
from app.languages.numbers import NumberKind
from app.simulation.ground import Ground
from app.simulation.survey import Survey
from app.telephony.emulator.draws import keyed_random, pick_weighted
from app.telephony.emulator.figures import Population
from app.telephony.emulator.population import AreaShares, Line, Person, person_of

FIRST_KIND: Final = NumberKind.MOBILE.value


@dataclass(frozen=True)
class Unit:
    """A sampled person or household as its list has it; `kinds` are those of its numbers, in their order.

    `declared` is the list's word. `learnt` is a lect that the past fieldwork found out, with how sure it was: it
    decides who the simulated person is, and nobody in the simulation is told.
    """

    area: str
    time_zone: str
    kinds: tuple[str, ...] = (FIRST_KIND,)
    declared: str | None = None
    learnt: tuple[str, float] | None = None


@dataclass(frozen=True)
class Places:
    """Where a synthetic sample is drawn: `places` are (area code, share), the other shares lie between 0 and 1."""

    places: tuple[tuple[str, float], ...]
    numbers: int
    time_zone: str
    two_numbers: float
    second_kinds: tuple[tuple[str, float], ...]

    def units(self, *, seed: int) -> Iterator[Unit]:
        """Draw the sample; the same seed draws the same one."""
        chance = Random(f"sample/{seed}")  # noqa: S311  a draw that can be repeated
        further = Random(f"numbers/{seed}")  # noqa: S311  a draw that can be repeated
        codes, shares = zip(*self.places, strict=True)
        for area in chance.choices(codes, shares, k=self.numbers):
            has_two, kind = further.random() < self.two_numbers, pick_weighted(further.random(), self.second_kinds)
            yield Unit(area, self.time_zone, (FIRST_KIND, kind) if has_two else (FIRST_KIND,))


@dataclass(frozen=True)
class Sampled:
    """One unit with its person; `key` tells them apart and is no telephone number.

    `lines` say what is behind each of the numbers. `truth` is what the person's own index would be, None for those
    whom the survey is not about.
    """

    key: str
    unit: Unit
    person: Person
    lines: tuple[Line, ...]
    facts: tuple[KnownFact, ...]
    truth: float | None


@dataclass(frozen=True)
class Crowd:
    """Everybody who may be drawn."""

    population: Population
    ground: Ground
    survey: Survey
    seed: int

    def behind(self, units: Sequence[Unit]) -> tuple[Sampled, ...]:
        """Return the same people for the same seed, whatever the policy."""
        return tuple(self._sampled(f"{unit.area}-{place:06d}", unit) for place, unit in enumerate(units))

    def _sampled(self, key: str, unit: Unit) -> Sampled:
        person = person_of(self.population, key, self._spoken_by(key, unit), seed=self.seed)
        lines = (person.line, *(self._line(key, place) for place in range(2, len(unit.kinds) + 1)))
        is_reachable = Line.WORKS in lines
        truth = self.survey.true_score(person, self.population) if is_reachable else None
        return Sampled(key, unit, person, lines, self._facts(unit), truth)

    def _spoken_by(self, key: str, unit: Unit) -> AreaShares:
        """Return the lects the person may have: the one that was stated as often as it is sure, or the place's."""
        for lect, confidence in self._stated(unit):
            if draw_for(self.seed, f"lect/{key}") < confidence:
                return ((lect, 1.0),)
        return self.ground.shares.get(unit.area, ())

    def _stated(self, unit: Unit) -> Iterator[tuple[str, float]]:
        if unit.learnt is not None:
            yield unit.learnt
        elif unit.declared is not None:
            yield unit.declared, DECLARED_BEFORE

    def _line(self, key: str, place: int) -> Line:
        luck = keyed_random(self.seed, "line", key, place).random()
        return Line.NOT_WORKING if luck < self.population.line.not_working else Line.WORKS

    def _facts(self, unit: Unit) -> tuple[KnownFact, ...]:
        likeliest = self.ground.shares.get(unit.area, ())[:LIKELIEST]
        facts = tuple(KnownFact(FactKind.PREDICTED, lect, share) for lect, share in likeliest)
        if unit.declared is None:
            return facts
        return (*facts, KnownFact(FactKind.DECLARED, unit.declared, DECLARED_BEFORE))
