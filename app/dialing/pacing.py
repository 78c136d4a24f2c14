"""Which cases on the screens of a floor are dialled now: pure, so that recorded floors give the same decisions again.

A dial always belongs to one interviewer who is idle and would hear whoever answers, so that at no time are there more
dials in flight than idle interviewers, and nobody picks up to silence. Dialling ahead of interviewers is not offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.campaigns.desk_rules import PacingRules
from app.campaigns.domain import PacingMode

AT_ONCE: Final = timedelta(0)


class SeatState(StrEnum):
    """What an interviewer does, as far as dials go."""

    AWAY = "away"  # no case on the screen
    READING = "reading"  # a case on the screen that is not dialled
    DIALLING = "dialling"  # their dial is in flight
    BUSY = "busy"  # talks, or codes a call


@dataclass(frozen=True)
class Seat:
    """One interviewer; `since` is when the state began, `is_heard` whether whoever answers would hear them."""

    person_id: int
    state: SeatState
    since: datetime
    is_heard: bool = True

    @property
    def is_idle(self) -> bool:
        """Nobody is on the line with them: they wait for an answer, or for a dial."""
        return self.state in {SeatState.READING, SeatState.DIALLING}


def dials_at(pacing: PacingRules, seat: Seat) -> datetime | None:
    """Return when the case on the screen is dialled by itself, None where only the interviewer can do that."""
    if seat.state != SeatState.READING or pacing.mode == PacingMode.MANUAL:
        return None
    reads = timedelta(seconds=pacing.preview_seconds) if pacing.mode == PacingMode.PREVIEW else AT_ONCE
    return seat.since + reads


def pace(pacing: PacingRules, seats: Sequence[Seat], *, now: datetime) -> tuple[int, ...]:
    """Return the people whose cases are to be dialled now, those who have waited longest first."""
    due = [(at, seat.person_id) for seat in seats if seat.is_heard and (at := dials_at(pacing, seat)) is not None]
    return tuple(person_id for at, person_id in sorted(due) if at <= now)
