"""Who interviews in a simulation, in which lects, and when they are at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.campaigns.domain import CallingHours
from app.languages.domain import Level


@dataclass(frozen=True)
class Shift:
    """A stretch of time at the desk; `ends_at` is exclusive."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Interviewer:
    """Somebody of the staff: at the desk in the rostered `shifts`, else in their `hours`, else in all calling hours."""

    skills: Mapping[str, Level]
    does_triage: bool = True
    hours: CallingHours | None = None
    shifts: tuple[Shift, ...] | None = None


@dataclass(frozen=True)
class Worker:
    """One interviewer in one run, with the lects that the policy lets them use."""

    number: int
    skills: Mapping[str, Level]
    does_triage: bool = True
    shifts: tuple[Shift, ...] = ()

    @property
    def own(self) -> list[str]:
        """The lects that the interviewer interviews in."""
        return [lect for lect, level in self.skills.items() if level is Level.INTERVIEWS]


def shifts_in(hours: CallingHours, time_zone: str, *, starts_at: datetime, days: int) -> tuple[Shift, ...]:
    """Return the windows of these hours within so many days, in their order."""
    ends_at, shifts = starts_at + timedelta(days=days), []
    opening = hours.next_opening(starts_at, time_zone)
    while opening < ends_at:
        closing = hours.closing(opening, time_zone)
        shifts.append(Shift(opening, min(closing, ends_at)))
        opening = hours.next_opening(closing, time_zone)
    return tuple(shifts)
