"""What a questionnaire is made of: questions, their choices, and wording with answers piped in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from app.questionnaires.expression import Expression

ANOTHER: Final = "1"  # the answer of an open-ended repeat that has one more instance
NO_MORE: Final = "0"


class QuestionKind(StrEnum):
    """The types of question that can be asked over the telephone, by their XLSForm names."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"  # codes in the order of preference
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    NOTE = "note"  # read aloud and acknowledged
    ACKNOWLEDGE = "acknowledge"  # the same, and the data say so
    CALCULATE = "calculate"  # never on the screen
    REPEAT = "repeat"  # holds how many instances there are; an open-ended one asks for another

    @property
    def is_select(self) -> bool:
        """Tell whether the answer is made of codes."""
        return self in _OF_CODES

    @property
    def takes_many(self) -> bool:
        """Tell whether the answer may be made of several codes."""
        return self in (QuestionKind.SELECT_MULTIPLE, QuestionKind.RANK)

    @property
    def is_read_only(self) -> bool:
        """Tell whether it is only read aloud."""
        return self in (QuestionKind.NOTE, QuestionKind.ACKNOWLEDGE)


_OF_CODES: Final = frozenset({QuestionKind.SELECT_ONE, QuestionKind.SELECT_MULTIPLE, QuestionKind.RANK})


@dataclass(frozen=True)
class Template:
    """A text in which answers are piped."""

    parts: tuple[str | Expression, ...]

    @property
    def plain(self) -> str:
        """Return the text as its author wrote it, with ${name} where an answer comes in."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


# One template for each language tag.
Texts = Mapping[str, Template]
Row = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen; the code is what is stored."""

    code: str
    label: Texts


@dataclass(frozen=True)
class ItemList:
    """A list of choices with all its columns, for filters and look-ups."""

    rows: tuple[Row, ...]
    columns: frozenset[str]

    def rows_with(self, column: str, text: str) -> Sequence[Row]:
        """Return the rows with exactly this text in a column; every column is indexed once."""
        index = self._indexes.get(column)
        if index is None:
            index = {}
            for row in self.rows:
                index.setdefault(row.get(column, ""), []).append(row)
            self._indexes[column] = index
        return index.get(text, ())

    @cached_property
    def _indexes(self) -> dict[str, dict[str, list[Row]]]:
        return {}


@dataclass(frozen=True)
class ItemSet:
    """Which items of a list are offered, in which order; `code` is the column that holds the code."""

    nodes: Expression
    code: str


@dataclass(frozen=True)
class Scale:
    """The numbers that a range offers."""

    start: Decimal
    end: Decimal
    step: Decimal

    def has(self, number: Decimal) -> bool:
        """Tell whether a number is one of them."""
        low, high = sorted((self.start, self.end))
        return low <= number <= high and (number - self.start) % self.step == 0


@dataclass(frozen=True)
class Group:
    """Questions under one condition; `parents` are the names of the groups around it."""

    name: str
    parents: tuple[str, ...]
    label: Texts = field(default_factory=dict)
    relevant: Expression | None = None


@dataclass(frozen=True)
class Checks:
    """What an author says about how answers hang together, for those who look after quality.

    `battery` names a series read with one list of choices, and a hyphen keeps a question out of any; `same_as` and
    `reverse_of` name a question that asks the same, or the reverse. `quickest` and `slowest` are seconds from the
    question shown to its answer.
    """

    battery: str = ""
    same_as: str = ""
    reverse_of: str = ""
    quickest: float | None = None
    slowest: float | None = None


UNCHECKED: Final = Checks()
NO_BATTERY: Final = "-"  # as a battery's name


@dataclass(frozen=True)
class Question:
    """One item; `group` names the groups and repeats around it from the outside in.

    `dont_know` and `refused` are the reserved codes. In a select they are choices; elsewhere they say
    that the interviewer may record "don't know" or "refused" in place of a value. `required_if` is the condition
    of `required` where it has one. Beside `triggers`, `calculation` is proposed once one of them is answered.
    `another` is how an open-ended repeat asks for one more instance; `recorded` names a sound file by language tag.
    """

    name: str
    kind: QuestionKind
    group: tuple[str, ...] = ()
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    another: Texts = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    item_set: ItemSet | None = None
    required: bool = False
    required_if: Expression | None = None
    required_message: Texts = field(default_factory=dict)
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Texts = field(default_factory=dict)
    calculation: Expression | None = None
    triggers: tuple[str, ...] = ()
    default: Expression | None = None
    scale: Scale | None = None
    appearance: str = ""
    dont_know: str | None = None
    refused: str | None = None
    checks: Checks = UNCHECKED

    @property
    def reserved(self) -> frozenset[str]:
        """Return the codes that stand for "don't know" and "refused"."""
        return frozenset(code for code in (self.dont_know, self.refused) if code is not None)

    @cached_property
    def in_order(self) -> tuple[str, ...]:
        """Return the codes of the choices in their order, the reserved ones left out: the steps of a scale."""
        return tuple(choice.code for choice in self.choices if choice.code not in self.reserved)

    @property
    def is_asked(self) -> bool:
        """Tell whether the question comes up on the screen, be it only to be read aloud."""
        return self.kind not in (QuestionKind.CALCULATE, QuestionKind.REPEAT)

    @property
    def is_calculated(self) -> bool:
        """Tell whether its value is worked out and not given; a note may show one."""
        return self.kind is QuestionKind.CALCULATE or (self.kind.is_read_only and self.calculation is not None)

    @property
    def holds_data(self) -> bool:
        """Tell whether there is anything to store."""
        return self.kind is not QuestionKind.NOTE or self.calculation is not None

    @property
    def is_open_ended(self) -> bool:
        """Tell whether it is a repeat that asks for another instance."""
        return self.kind is QuestionKind.REPEAT and self.calculation is None

    def choice(self, code: str) -> Choice | None:
        """Find a choice by its code."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> Mapping[str, Choice]:
        return {choice.code: choice for choice in self.choices}
