"""The life of one telephone call, as any provider reports it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class CallEventKind(StrEnum):
    """What a provider can tell about a call."""

    INITIATED = "initiated"  # the provider took the call on and asks the network for the number
    RINGING = "ringing"  # the respondent's telephone rings: from here on the attempt was felt
    ANSWERED = "answered"  # somebody, or a machine, picked up
    ENDED = "ended"  # the line is free again; carries the ending and its raw cause


class CallState(StrEnum):
    """Where a call stands; each state is later than the ones above it."""

    REQUESTED = "requested"  # the attempt is written down, the provider has not reported yet
    DIALLING = "dialling"  # the network looks for the telephone
    RINGING = "ringing"  # it rings
    TALKING = "talking"  # somebody is on the line
    ENDED = "ended"  # over, for whatever reason


class Ending(StrEnum):
    """How a call came to its end, read from the provider's cause and never from a human's code."""

    BUSY = "busy"  # the line is engaged
    NO_ANSWER = "no_answer"  # it rang and nobody picked up
    SWITCHED_OFF = "switched_off"  # switched off or out of area: it never rang
    NOT_WORKING = "not_working"  # no such number; confirm on another day, carriers misuse this cause
    REJECTED = "rejected"  # declined or blocked on the handset or on the way; not a refusal of the interview
    TECHNICAL = "technical"  # the network or the provider failed
    HUNG_UP_BY_RESPONDENT = "hung_up_by_respondent"  # answered, and the other side ended it
    HUNG_UP_BY_US = "hung_up_by_us"  # answered, and the interviewer ended it
    CANCELLED = "cancelled"  # we gave up before anybody answered


class Seen(StrEnum):
    """What an interviewer who dials on a telephone of their own can tell about a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    NOT_WORKING = "not_working"
    REJECTED = "rejected"
    HUNG_UP = "hung_up"  # whoever had answered put the telephone down


@dataclass(frozen=True)
class CallEvent:
    """One report about one call; `sequence` counts the provider's reports about it from 1."""

    attempt_id: int
    sequence: int
    kind: CallEventKind
    at: datetime
    ending: Ending | None = None
    sip_code: int | None = None
    q850: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class RawCause:
    """A provider's own words for the end of a call; whatever it does not say is None."""

    sip_code: int | None = None
    q850: int | None = None
    status: str | None = None


_REACHED: Final = {
    CallEventKind.INITIATED: CallState.DIALLING,
    CallEventKind.RINGING: CallState.RINGING,
    CallEventKind.ANSWERED: CallState.TALKING,
    CallEventKind.ENDED: CallState.ENDED,
}
_ORDER: Final = {state: rank for rank, state in enumerate(CallState)}

_BY_SIP: Final = {
    404: Ending.NOT_WORKING,
    408: Ending.NO_ANSWER,
    410: Ending.NOT_WORKING,
    484: Ending.NOT_WORKING,
    486: Ending.BUSY,
    487: Ending.CANCELLED,
    600: Ending.BUSY,
    603: Ending.REJECTED,
    604: Ending.NOT_WORKING,
    607: Ending.REJECTED,
    608: Ending.REJECTED,
}
_BY_Q850: Final = {
    1: Ending.NOT_WORKING,
    17: Ending.BUSY,
    18: Ending.NO_ANSWER,
    20: Ending.SWITCHED_OFF,
    21: Ending.REJECTED,
    22: Ending.NOT_WORKING,
    28: Ending.NOT_WORKING,
}
_BY_STATUS: Final = {
    "busy": Ending.BUSY,
    "no-answer": Ending.NO_ANSWER,
    "canceled": Ending.CANCELLED,
}
# These two causes say only "nobody took it": the ringing before them tells an absent person from a dead handset.
_NOBODY_SIP: Final = 480
_NOBODY_Q850: Final = 19


def advance(state: CallState, event: CallEvent) -> CallState:
    """Return the later of the two: a duplicate, late or reordered event never moves a call back."""
    reached = _REACHED[event.kind]
    return max(state, reached, key=_ORDER.__getitem__)


def state_after(events: Iterable[CallEvent]) -> CallState:
    """Fold events, in any order, into the state that they prove."""
    state = CallState.REQUESTED
    for event in events:
        state = advance(state, event)
    return state


def rang(events: Iterable[CallEvent]) -> bool:
    """Tell whether the respondent's telephone rang; an answer proves it where the ringing was not reported."""
    return any(event.kind in {CallEventKind.RINGING, CallEventKind.ANSWERED} for event in events)


def classify(cause: RawCause, *, rang: bool, answered: bool = False, hung_up_by_us: bool = False) -> Ending:
    """Turn a raw cause into a provisional ending.

    SIP outranks Q.850, and Q.850 outranks a status word, because gateways translate downwards with losses.
    An answered call was a conversation whatever its cause says: some gateways report 0 for a clean end.
    """
    if answered:
        return Ending.HUNG_UP_BY_US if hung_up_by_us else Ending.HUNG_UP_BY_RESPONDENT
    if hung_up_by_us:
        return Ending.CANCELLED
    return _ending_of_unanswered(cause, rang=rang)


def _ending_of_unanswered(cause: RawCause, *, rang: bool) -> Ending:
    if cause.sip_code == _NOBODY_SIP or (cause.sip_code is None and cause.q850 == _NOBODY_Q850):
        return Ending.NO_ANSWER if rang else Ending.SWITCHED_OFF
    if cause.sip_code is not None:
        return _BY_SIP.get(cause.sip_code, Ending.TECHNICAL)
    if cause.q850 is not None:
        return _BY_Q850.get(cause.q850, Ending.TECHNICAL)
    return _BY_STATUS.get(cause.status or "", Ending.TECHNICAL)


def counts_as_attempt(ending: Ending, *, rang: bool) -> bool:
    """Tell whether a call used up one of the case's attempts.

    A failure of the network never does, and a call that we took back does only if it rang.
    """
    if ending is Ending.TECHNICAL:
        return False
    return rang or ending is not Ending.CANCELLED
