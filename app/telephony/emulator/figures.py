"""The figures that make up a simulated population, read from files in which each one names its source."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

DATA: Final = Path(__file__).parent / "data"
BASE: Final = "population"
VARIANTS: Final = ("dialect_less_content", "dialect_more_content", "language_does_not_matter")
MARKS: Final = frozenset({"R", "A"})  # read in a public source; assumed


class Figures(BaseModel):
    """A group of figures; a name that the code does not know is an error and not an idle line."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LineFigures(Figures):
    """What the network says before any telephone rings."""

    not_working: float
    switched_off: float
    busy: float
    technical: float


class RingingFigures(Figures):
    """How long things take, in seconds, and how ringing ends without an answer."""

    first_ring_seconds: tuple[float, float]
    answer_seconds: tuple[float, float, float]
    declines: float
    decline_seconds: tuple[float, float]
    longest_talk_seconds: int


class PresenceFigures(Figures):
    """Chance that a person is free to take a call, by time slot: weekday day, weekday evening, weekend, night."""

    employed: tuple[float, float, float, float]
    not_employed: tuple[float, float, float, float]
    varies_by: float


class PickUpFigures(Figures):
    """Who takes a call from a number they do not know."""

    never_unknown: float
    takes_unknown: float
    fall_off_per_call: float
    takes_expected: float


class CallBackFigures(Figures):
    """Who calls back after a missed call, when, and what for."""

    share: float
    after_minutes: tuple[int, int]
    wants_no_calls: float
    gives_up: float


class AgeFigures(Figures):
    """Age bands as (from, to, share), and up to which age people go to work."""

    bands: tuple[tuple[int, int, float], ...]
    employed_from: int
    employed_to: int
    employed: float


class PutonghuaFigures(Figures):
    """Who speaks the standard language beside their own, as (from age, share), and how well."""

    speaks_from_age: tuple[tuple[int, float], ...]
    fluency_of_speakers: tuple[float, float]
    fluency_of_others: tuple[float, float]


class TrustFigures(Figures):
    """Trust in an unknown caller between 0 and 1, and what moves it."""

    lowest: float
    usual: float
    highest: float
    lost_per_unexplained_call: float
    gained_by_own_lect: float


class ConversationFigures(Figures):
    """What happens once somebody has picked up."""

    understanding_floor: float
    follows_well_from: float
    follows_badly_below: float
    misread_when_matched: float
    misread_when_mismatched: float
    kinds_when_matched: dict[str, float]
    kinds_when_mismatched: dict[str, float]
    refuses: float
    refuses_again: float
    refuses_when_expecting: float
    hangs_up_when_lost: float
    calls_later: float
    call_later_hours: tuple[int, ...]
    asks_other_lect: float
    keeps_offered_lect: float
    guesses_when_following_badly: float
    guess_is_middle: float
    asks_to_repeat: float
    breaks_off_per_item: float
    breaks_off_per_item_following_badly: float
    does_not_know: float
    refuses_item: float
    answer_seconds: tuple[float, float]


class OpinionFigures(Figures):
    """True opinions: a latent content with mean and spread, and what each item adds to it."""

    mean: float
    dialect_shift: float
    loading: float
    highest_cut: float
    lowest_code_is_best: bool
    plain_numbers: tuple[int, ...]


class ItemFigures(Figures):
    """What is particular about one questionnaire item, found by its name."""

    is_reversed: bool = False
    is_age: bool = False
    is_scale: bool = True
    ease: float = 0.0
    first_share: float | None = None
    stands_alone: tuple[str, ...] = ()


class Population(Figures):
    """Everything that is assumed about the people on the emulated network."""

    title: str
    time_zone: str
    standard_lect: str
    lects: dict[str, float]
    line: LineFigures
    ringing: RingingFigures
    presence: PresenceFigures
    pick_up: PickUpFigures
    call_back: CallBackFigures
    age: AgeFigures
    putonghua: PutonghuaFigures
    trust: TrustFigures
    conversation: ConversationFigures
    opinions: OpinionFigures
    items: dict[str, ItemFigures]


@cache
def load_population(name: str = BASE) -> Population:
    """Read the base file, and over it a variant that names only what differs."""
    table = read_figures(BASE)
    if name != BASE:
        table = _overlaid(table, read_figures(name))
    return Population.model_validate(_values(table))


def read_figures(name: str) -> dict[str, Any]:
    """Read one file as it stands, each figure with its mark and source."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def is_figure(entry: object) -> bool:
    """Tell a figure from a group of figures."""
    return isinstance(entry, dict) and "value" in entry


def _overlaid(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, entry in over.items():
        is_group = isinstance(entry, dict) and not is_figure(entry)
        merged[key] = _overlaid(base.get(key, {}), entry) if is_group else entry
    return merged


def _values(entry: Any) -> Any:
    """Drop marks and sources, which are for readers."""
    if is_figure(entry):
        return entry["value"]
    if isinstance(entry, dict):
        return {key: _values(inner) for key, inner in entry.items()}
    return entry
