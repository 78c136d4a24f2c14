"""What is said on an emulated call, both ways, and what the respondent keeps in mind."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

RESERVED_CODES: Final = ("98", "99")


class UtteranceKind(StrEnum):
    """What the interviewer does."""

    LISTEN = "listen"  # waits for the first words after the pick-up
    GREETING = "greeting"  # says who calls and why
    LANGUAGE_QUESTION = "language_question"  # asks which language to speak
    QUESTION = "question"  # reads one item of the questionnaire
    GOODBYE = "goodbye"  # thanks and ends


class Misreading(StrEnum):
    """How a respondent takes the call for something it is not."""

    MISDIAL = "misdial"  # says it is a wrong number
    FRAUD = "fraud"  # says it is a fraud
    CANNOT_FOLLOW = "cannot_follow"  # says they cannot follow
    SILENT = "silent"  # picks up and says nothing
    HUNG_UP_IN_OPENING = "hung_up_in_opening"  # gone before the opening was over


class AnswerGiven(StrEnum):
    """Whether an answer has content."""

    ANSWERED = "answered"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"


@dataclass(frozen=True)
class AskedQuestion:
    """An item as the respondent hears it: choice codes in the order read out, labels as (Chinese, English)."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    reserved: tuple[str, ...] = RESERVED_CODES

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The codes that carry an opinion."""
        return tuple(code for code in self.choices if code not in self.reserved)


@dataclass(frozen=True)
class Utterance:
    """What the interviewer says, in which lect; `understands` (0 to 1) is how far the respondent follows it.

    None leaves it to the network, which knows the respondent's lects.
    """

    lect: str
    kind: UtteranceKind
    question: AskedQuestion | None = None
    understands: float | None = None


@dataclass(frozen=True)
class SpokenAnswer:
    """One answer: choice codes, or text (numbers and ISO dates as text), or neither when there is no content."""

    given: AnswerGiven = AnswerGiven.ANSWERED
    codes: tuple[str, ...] = ()
    text: str | None = None


@dataclass(frozen=True)
class Reply:
    """What comes back: captions for the screen and the part that an interviewer can hear.

    `said` is what the interviewer hears and codes, `means` the respondent's true answer, which nobody hears.
    The two differ where the respondent follows badly. `after_seconds` counts from the end of the utterance.
    """

    text_zh: str
    text_en: str
    lect: str
    after_seconds: float
    means: SpokenAnswer | None = None
    said: SpokenAnswer | None = None
    misread: Misreading | None = None
    hangs_up: bool = False
    refuses: bool = False  # understood what it is, and does not want to
    names_lect: bool = False  # wants another language than the one being spoken
    named_lect: str | None = None  # the language that they name, if they name one
    call_back_in_hours: int | None = None  # asks to be called again
    asks_to_repeat: bool = False


@dataclass(frozen=True)
class Caption:
    """What a respondent said, for screens without sound."""

    text_zh: str
    text_en: str
    lect: str


@dataclass(frozen=True)
class Memory:
    """What one person knows of our calls: `calls` counts those before this one."""

    calls: int = 0
    unexplained_calls: int = 0  # rang, or was taken, without it becoming clear who called
    is_explained: bool = False  # in this call it has become clear
    has_refused: bool = False
    expects_call: bool = False
    repeated: tuple[str, ...] = ()  # items that were read twice in this call

    def for_next_call(self, *, rang: bool) -> "Memory":
        """Return what is left of it when the telephone rings again."""
        is_unexplained = rang and not self.is_explained and not self.expects_call
        return replace(
            self,
            calls=self.calls + 1,
            unexplained_calls=self.unexplained_calls + int(is_unexplained),
            is_explained=False,
            repeated=(),
        )
