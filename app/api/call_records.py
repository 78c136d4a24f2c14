"""How the API writes the calls of a case: ours, and those that the respondent made to us."""

from datetime import datetime

from pydantic import BaseModel

from app.dialing.answering import Direction
from app.dialing.explained import AttemptTold, InboundTold


class AttemptOut(BaseModel):
    """One dial; `number` is the position of the number among those of the case."""

    id: int
    at: datetime
    interviewer_id: int
    number: int
    rang: bool
    answered: bool
    talk_seconds: int | None
    ending: str | None
    outcome: str | None
    time_slice: str | None
    match: str
    arm: str
    counts: bool | None
    direction: str


class InboundOut(BaseModel):
    """One call that the respondent made to us."""

    at: datetime
    lect: str | None
    result: str
    is_confirmed: bool
    seconds: int | None
    attempt_id: int | None


def write_inbound(call: InboundTold) -> InboundOut:
    """Write one down for a program."""
    lect = call.lect.code if call.lect else None
    return InboundOut(**{**vars(call), "lect": lect})


def write_attempt(attempt: AttemptTold) -> AttemptOut:
    """Write one of ours down for a program."""
    return AttemptOut(
        id=attempt.id,
        at=attempt.at,
        interviewer_id=attempt.who.person_id,
        number=attempt.position,
        rang=attempt.rang,
        answered=attempt.answered,
        talk_seconds=attempt.seconds,
        ending=attempt.ending,
        outcome=attempt.outcome.code if attempt.outcome else None,
        time_slice=attempt.time_slice.code if attempt.time_slice else None,
        match=attempt.match,
        arm=attempt.arm,
        counts=attempt.counts,
        direction=Direction.INBOUND if attempt.is_inbound else Direction.OUTBOUND,
    )
