"""The items that a simulated interview asks, who is eligible, and the index that comes of the answers."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from app.campaigns.outcomes import COMPLETE
from app.telephony.emulator.figures import Population
from app.telephony.emulator.opinions import true_answer
from app.telephony.emulator.population import Person
from app.telephony.emulator.speech import AskedQuestion, SpokenAnswer

RESIDENCE: Final = "residence"
AGE: Final = "age"
ADULT: Final = "adult"
SCREENER: Final = (RESIDENCE, AGE, ADULT)
YES: Final = ("1",)
NO: Final = ("0",)
NOT_ELIGIBLE: Final = "not_eligible"
OUT_OF_AREA: Final = "out_of_area"

Answers = Mapping[str, SpokenAnswer]


@dataclass(frozen=True)
class ShortForm:
    """The items in the order in which they are asked, and which one makes the index."""

    items: tuple[AskedQuestion, ...]
    index_item: str
    top_two: frozenset[str]
    adult_from: int

    def item(self, name: str) -> AskedQuestion:
        """Return the item of that name."""
        return next(item for item in self.items if item.name == name)

    def next_item(self, answers: Answers) -> AskedQuestion | None:
        """Return the first item that applies and has no answer; None at the end of the interview."""
        return next((item for item in self.items if item.name not in answers and self._applies(item, answers)), None)

    def finished_as(self, answers: Answers) -> str:
        """Return the outcome that a finished interview comes to, by the questionnaire's own rule."""
        if self.is_eligible(answers):
            return COMPLETE
        return OUT_OF_AREA if _codes(answers, RESIDENCE) == NO else NOT_ELIGIBLE

    def is_eligible(self, answers: Answers) -> bool:
        """Tell whether the screener lets the respondent in: a resident, and an adult by age or by word."""
        age = _age(answers)
        is_adult = age >= self.adult_from if age is not None else _codes(answers, ADULT) == YES
        return _codes(answers, RESIDENCE) == YES and is_adult

    def is_truly_eligible(self, person: Person, population: Population) -> bool:
        """Tell whether the person would get through the screener if they understood and answered it truly."""
        truth = {name: true_answer(person, self.item(name), population=population) for name in (RESIDENCE, AGE)}
        return self.is_eligible(truth)

    def index_of(self, answers: Iterable[SpokenAnswer]) -> tuple[float | None, int]:
        """Return the share, in percent, of the top two categories among answers with an opinion, and their number."""
        said = [answer.codes[0] for answer in answers if answer.codes]
        return (100 * sum(code in self.top_two for code in said) / len(said) if said else None), len(said)

    def _applies(self, item: AskedQuestion, answers: Answers) -> bool:
        if item.name == RESIDENCE:
            return True
        if item.name == AGE:
            return _codes(answers, RESIDENCE) == YES
        if item.name == ADULT:
            return _codes(answers, RESIDENCE) == YES and _age(answers) is None
        return self.is_eligible(answers)


@cache
def short_form() -> ShortForm:
    """Read the shipped subset of the questionnaire."""
    table = tomllib.loads(files("app.simulation").joinpath("data/interview.toml").read_text("utf-8"))
    items = tuple(
        AskedQuestion(
            item["name"], item["kind"], tuple(item.get("choices", ())), reserved=tuple(item.get("reserved", ()))
        )
        for item in table["items"]
    )
    return ShortForm(items, table["index_item"], frozenset(table["top_two"]), table["adult_from"])


def _codes(answers: Answers, name: str) -> tuple[str, ...]:
    return answers[name].codes if name in answers else ()


def _age(answers: Answers) -> int | None:
    text = answers[AGE].text if AGE in answers else None
    return int(text) if text else None
