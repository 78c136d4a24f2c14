"""What an answer is: a value with the status that says whether there is one."""

from dataclasses import dataclass
from enum import StrEnum


class AnswerStatus(StrEnum):
    """Why a value is there, or is not."""

    ANSWERED = "answered"  # also an optional question passed over, whose value is None
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"  # its condition did not hold, or the interview ended before


@dataclass(frozen=True)
class GivenAnswer:
    """A checked answer: a code, codes in the order of the list, a plain decimal number, an ISO date, or text.

    A reserved code of a select is kept as value beside its status; elsewhere "don't know" and
    "refused" have no value. An acknowledged note is answered with None.
    """

    value: str | tuple[str, ...] | None
    status: AnswerStatus


@dataclass(frozen=True)
class RawAnswer:
    """What the interviewer entered, unchecked: text for open questions, codes for selects."""

    text: str | None = None
    codes: tuple[str, ...] = ()
    status: AnswerStatus = AnswerStatus.ANSWERED


NOT_ASKED = GivenAnswer(None, AnswerStatus.NOT_ASKED)
ACKNOWLEDGED = GivenAnswer(None, AnswerStatus.ANSWERED)
