"""What a questionnaire is made of: questions, their choices, and wording with answers piped in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.questionnaires.expressions import Expression


class QuestionKind(StrEnum):
    """The types of question that can be asked over the telephone, by their XLSForm names."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    NOTE = "note"  # read aloud and acknowledged
    CALCULATE = "calculate"  # never on the screen

    @property
    def is_select(self) -> bool:
        """Tell whether the answer is made of codes."""
        return self in (QuestionKind.SELECT_ONE, QuestionKind.SELECT_MULTIPLE)


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


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen; the code is what is stored."""

    code: str
    label: Texts


@dataclass(frozen=True)
class Group:
    """Questions under one condition; `parents` are the names of the groups around it."""

    name: str
    parents: tuple[str, ...]
    label: Texts = field(default_factory=dict)
    relevant: Expression | None = None


@dataclass(frozen=True)
class Question:
    """One item; `group` names the groups around it from the outside in.

    `dont_know` and `refused` are the reserved codes. In a select they are choices; elsewhere they say
    that the interviewer may record "don't know" or "refused" in place of a value.
    """

    name: str
    kind: QuestionKind
    group: tuple[str, ...] = ()
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    required: bool = False
    required_message: Texts = field(default_factory=dict)
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Texts = field(default_factory=dict)
    calculation: Expression | None = None
    default: Expression | None = None
    dont_know: str | None = None
    refused: str | None = None

    @property
    def reserved(self) -> frozenset[str]:
        """Return the codes that stand for "don't know" and "refused"."""
        return frozenset(code for code in (self.dont_know, self.refused) if code is not None)

    @property
    def is_asked(self) -> bool:
        """Tell whether the question comes up on the screen, be it only to be read aloud."""
        return self.kind is not QuestionKind.CALCULATE

    @property
    def holds_data(self) -> bool:
        """Tell whether there is anything to store."""
        return self.kind is not QuestionKind.NOTE

    def choice(self, code: str) -> Choice | None:
        """Find a choice by its code."""
        return next((choice for choice in self.choices if choice.code == code), None)
