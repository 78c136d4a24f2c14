"""How the desk is laid out: which stage it shows, and which key chooses which answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from string import ascii_uppercase
from typing import Final

from app.interviewing.cards import DeskView, OutcomeCard, QuestionCard
from app.questionnaires.items import QuestionKind
from app.questionnaires.session import ChoiceWording
from app.staffing.domain import PresenceState

# D and R are don't know and refused on every question, so no ordinary choice may take them.
RESERVED_KEYS: Final = "DR"
CHOICE_KEYS: Final = "123456789" + "".join(letter for letter in ascii_uppercase if letter not in RESERVED_KEYS)

FIELD_CLOSED: Final = "The field of this campaign is closed: nobody is called any more. Finish work here."
NUMBERS: Final = "numbers"  # an appearance: digits that stay text
ENTRIES: Final[Mapping[str, str]] = {
    QuestionKind.SELECT_ONE: "one",
    QuestionKind.SELECT_MULTIPLE: "many",
    QuestionKind.INTEGER: "number",
    QuestionKind.DECIMAL: "number",
    QuestionKind.DATE: "date",
    QuestionKind.TEXT: "text",
    QuestionKind.TIME: "time",
    QuestionKind.DATETIME: "datetime",
    QuestionKind.RANK: "rank",
    QuestionKind.NOTE: "note",
    QuestionKind.ACKNOWLEDGE: "note",
    QuestionKind.REPEAT: "one",
}


@dataclass(frozen=True)
class KeyedChoice:
    """One choice of a question with the key that picks it."""

    code: str
    label: str
    key: str
    is_reserved: bool
    is_given: bool


@dataclass(frozen=True)
class ShownQuestion:
    """A question ready to be laid out."""

    card: QuestionCard
    entry: str  # one, many, rank, number, date, time, datetime, text, note
    choices: tuple[KeyedChoice, ...]
    given_text: str
    wording_differs: bool  # the questionnaire has no wording in the lect of the interview


@dataclass(frozen=True)
class OutcomeGroup:
    """Outcomes that stand together on the screen."""

    name: str
    outcomes: tuple[OutcomeCard, ...]


@dataclass(frozen=True)
class Screen:
    """The stage of the desk and what only the page needs."""

    stage: str  # a PresenceState, or opening, consent, question, finished while talking
    question: ShownQuestion | None
    groups: tuple[OutcomeGroup, ...]
    causes: Mapping[str, int]

    @property
    def may_hope(self) -> bool:
        """Whether a case can still come."""
        return FIELD_CLOSED not in self.causes


def screen_of(view: DeskView, causes: Mapping[str, int]) -> Screen:
    """Lay the desk out; `causes` counts what holds the next cases back, by English gettext id."""
    shown = shown_question(view.question) if view.question else None
    return Screen(_stage(view), shown, _groups(view.outcomes), causes)


def _stage(view: DeskView) -> str:
    if view.state != PresenceState.TALKING:
        return view.state
    if view.question is not None:
        return "consent" if view.recording is not None and view.recording.text is not None else "question"
    return "finished" if view.finished_as else "opening"


def shown_question(card: QuestionCard) -> ShownQuestion:
    """Lay a question out: how it is entered, and which key chooses what."""
    value = card.given.value if card.given else None
    given = {value} if isinstance(value, str) else set(value or ())
    text = _typed(value) or card.wording.proposed
    entry = entry_of(card.kind, card.appearance)
    differs = card.wording.lect.split("-")[0] != card.lect.tag.split("-")[0]
    return ShownQuestion(card, entry, keyed_choices(card.wording.choices, given), text, differs)


def entry_of(kind: str, appearance: str) -> str:
    """Return how a question is entered: one, many, rank, number, date, time, datetime, text, note."""
    return "number" if kind == QuestionKind.TEXT and NUMBERS in appearance.split() else ENTRIES[kind]


def _typed(value: str | tuple[str, ...] | None) -> str:
    """Return an answer as it is typed: of a rank, the codes in their order."""
    return value if isinstance(value, str) else " ".join(value or ())


def keyed_choices(
    choices: Iterable[ChoiceWording], given: Iterable[str], *, letters: Mapping[str, str] | None = None
) -> tuple[KeyedChoice, ...]:
    """Give every choice a key: its own digit where all codes are single digits, else its place in the list.

    `letters` are the keys of reserved codes; without them they are dealt in the order of the list.
    """
    listed = list(choices)
    chosen = set(given)
    ordinary = [choice.code for choice in listed if not choice.reserved]
    speaking = all(len(code) == 1 and code.isdigit() for code in ordinary)
    keys = dict(zip(ordinary, ordinary if speaking else CHOICE_KEYS, strict=False))
    dealt = dict(zip((choice.code for choice in listed if choice.reserved), RESERVED_KEYS, strict=False))
    keys |= dealt if letters is None else letters
    return tuple(
        KeyedChoice(choice.code, choice.label, keys.get(choice.code, ""), choice.reserved, choice.code in chosen)
        for choice in listed
    )


def _groups(outcomes: Iterable[OutcomeCard]) -> tuple[OutcomeGroup, ...]:
    return tuple(OutcomeGroup(name, tuple(cards)) for name, cards in groupby(outcomes, lambda card: card.group))
