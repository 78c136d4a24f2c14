"""What is looked at in an ended interview, what belongs together in its questionnaire, and what a flag is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.questionnaires.answers import AnswerStatus


class FlagKind(StrEnum):
    """Why an interview is worth hearing again; a flag does nothing else."""

    LONG_STRING = "long_string"  # one choice in a row over a battery
    LOW_VARIATION = "low_variation"  # hardly any spread over a battery
    INCONSISTENT_PAIR = "inconsistent_pair"  # two questions that ask the same were answered differently
    REVERSED_ITEM = "reversed_item"  # a question and its reverse were answered alike
    TOO_QUICK = "too_quick"
    TOO_SLOW = "too_slow"
    DONT_KNOW = "dont_know"
    BROKE_OFF = "broke_off"  # where somebody hung up
    COMPREHENSION = "comprehension"  # a low mean rating of how well somebody follows
    TROUBLE = "trouble"  # many questions had to be repeated or clarified


@dataclass(frozen=True)
class Bounds:
    """How long an answer may take from the question shown, in milliseconds."""

    quickest: float
    slowest: float


@dataclass(frozen=True)
class Item:
    """The answer that counts to one question, by its address.

    `step` is the place of the choice in its list from 1, None for whatever is no step of a scale. `taken_ms` runs
    from the question shown, its reading included; `bounds` are those of the question in the wording that was read.
    """

    question: str
    status: AnswerStatus
    step: int | None = None
    taken_ms: int | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True)
class HeldInterview:
    """One ended interview as far as its quality goes, the answers in the order of the questionnaire.

    `ratings` are how well each section was followed, from 1 to 5; `troubles` counts questions repeated and
    clarified; `left_at` is the question that was on the screen when somebody hung up.
    """

    items: tuple[Item, ...]
    ratings: Mapping[str, int] = field(default_factory=dict)
    troubles: Mapping[str, int] = field(default_factory=dict)
    left_at: str | None = None


@dataclass(frozen=True)
class Battery:
    """Questions that are read one after the other with one list of so many steps."""

    questions: tuple[str, ...]
    steps: int


@dataclass(frozen=True)
class Pair:
    """Two questions on scales of so many steps that ask the same, or the reverse of each other."""

    first: str
    second: str
    steps: int
    is_reversed: bool = False


@dataclass(frozen=True)
class Design:
    """What belongs together in a questionnaire."""

    batteries: tuple[Battery, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Flag:
    """One flag: the figure found, the threshold it lies on or beyond, and the questions it was found in."""

    kind: FlagKind
    figure: float
    threshold: float
    questions: tuple[str, ...] = ()
