"""How a simulated interviewer takes a call: what they say first, and what they make of the reply.

The played day, which goes through HTTP, and the simulation in memory share it, so that both behave alike.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from app.languages.domain import UNIDENTIFIED
from app.telephony.domain import Ending
from app.telephony.emulator.speech import Misreading, Reply

# Lowest and highest, in seconds. Own judgement of an unhurried, practised interviewer.
PREVIEW_SECONDS: Final = (4.0, 12.0)
GREETING_SECONDS: Final = (8.0, 14.0)
READING_SECONDS: Final = (5.0, 11.0)
NOTING_SECONDS: Final = 0.5  # after a text that is only read out
CODING_SECONDS: Final = (5.0, 20.0)
IDLE_SECONDS: Final = 60.0  # until the next look when the queue had nothing
LONGEST_CALL: Final = 120  # utterances; a guard against an endless conversation

OUTCOME_OF_MISREADING: Final[Mapping[Misreading, str]] = {
    Misreading.MISDIAL: "said_misdial",
    Misreading.FRAUD: "suspected_fraud",
    Misreading.CANNOT_FOLLOW: "lect_unknown",
    Misreading.SILENT: "silent_pickup",
    Misreading.HUNG_UP_IN_OPENING: "hung_up_opening",
}
# What the screen suggests for calls that nobody answered.
OUTCOME_OF_ENDING: Final[Mapping[Ending, str]] = {
    Ending.BUSY: "busy",
    Ending.NO_ANSWER: "no_answer",
    Ending.SWITCHED_OFF: "switched_off",
    Ending.NOT_WORKING: "not_working",
    Ending.REJECTED: "rejected",
    Ending.TECHNICAL: "technical",
    Ending.CANCELLED: "hung_up_early",
}


@dataclass(frozen=True)
class Move:
    """What follows the greeting: a call-back to agree on, an outcome to code, or an interview in `lect`.

    `declared` is the lect that the respondent has named. With a `code`, `lect` is the one to code, if any.
    """

    lect: str | None = None
    code: str | None = None
    call_back_in_hours: int | None = None
    declared: str | None = None


def after_greeting(heard: Reply, *, lect: str, own: Collection[str]) -> Move:
    """Decide by what was heard alone; `lect` is the one greeted in, `own` are those the interviewer interviews in."""
    if heard.misread is not None:
        code = OUTCOME_OF_MISREADING[heard.misread]
        return Move(code=code, lect=UNIDENTIFIED if heard.misread is Misreading.CANNOT_FOLLOW else None)
    if heard.hangs_up or heard.refuses:
        return Move(code="refused_soft")
    if heard.call_back_in_hours is not None:
        return Move(call_back_in_hours=heard.call_back_in_hours)
    if heard.names_lect and heard.named_lect:
        is_own = heard.named_lect in own
        return Move(lect=heard.named_lect, code=None if is_own else "other_lect", declared=heard.named_lect)
    return Move(lect=lect)
