"""What a campaign decides beforehand: when it may call, and what an outcome does next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from app.core.errors import Fault, InvalidInputError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS_TO_LOOK_AHEAD = 14
WRITE_WINDOW = 'Write the window as two times, for example "09:00" and "21:00".'
WRITE_WINDOWS = "Write the day as a list of windows, each of two times; leave it out for a day without calls."


class CampaignState(StrEnum):
    """Life of a campaign; it only moves forward."""

    DRAFT = "draft"  # rules may change, nobody is called
    OPEN = "open"  # in the field
    CLOSED = "closed"  # nobody is called any more


class OutcomeGroup(StrEnum):
    """How the outcome list is laid out on the interviewer's screen."""

    INTERVIEW = "interview"
    CONTACT = "contact"
    LANGUAGE = "language"
    TRUST = "trust"
    NO_CONTACT = "no_contact"
    INELIGIBLE = "ineligible"
    TECHNICAL = "technical"


class Action(StrEnum):
    """What happens to the case after an outcome."""

    CLOSE = "close"  # never called again in this campaign
    RETRY = "retry"  # called again after the delay, by anyone who speaks the lect
    OTHER_LECT = "other_lect"  # goes to the pool of the lect that was heard, at once
    APPOINTMENT = "appointment"  # waits for the time that was agreed


class SliceChoice(StrEnum):
    """In which time slice a case is called again."""

    ANY = "any"
    OTHER = "other"  # another one than the last try's, those with too few tries first
    SAME = "same"


class NumberChoice(StrEnum):
    """Which of a case's numbers is dialled next."""

    SAME = "same"
    NEXT = "next"


class InterviewerChoice(StrEnum):
    """Who may take the case next."""

    ANY = "any"
    OTHER = "other"  # anybody but the one who had it last


class UnknownLect(StrEnum):
    """Who takes cases of which no lect is known."""

    ANYONE = "anyone"
    TRIAGE = "triage"  # interviewers who tell lects apart


class PacingMode(StrEnum):
    """Who begins a dial once a case is on the screen; one interviewer has one dial in every mode."""

    MANUAL = "manual"  # the interviewer presses, whenever they are ready
    PREVIEW = "preview"  # by itself after some seconds, unless the interviewer skips the case with a reason
    PROGRESSIVE = "progressive"  # by itself at once


@dataclass(frozen=True)
class Window:
    """One stretch of a day in which calls are allowed; `end` is exclusive."""

    start: time
    end: time


@dataclass(frozen=True)
class CallingHours:
    """The week's calling windows, always read in the respondent's own time zone."""

    days: tuple[tuple[Window, ...], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def read(cls, stored: Mapping[str, Any], *, holidays: Iterable[date] = ()) -> Self:
        """Read {"monday": [["09:00", "21:00"]], ...}; a missing day allows no calls.

        Raises InvalidInputError that names the day and the window.
        """
        faults = [
            Fault(f"calling_hours.{day}", "There is no weekday %(day)s. Use monday to sunday.", (("day", day),))
            for day in stored
            if day not in WEEKDAYS
        ]
        days: list[tuple[Window, ...]] = []
        for day in WEEKDAYS:
            windows, wrong = _read_day(day, stored.get(day, ()))
            days.append(windows)
            faults += wrong
        if not faults and not any(days):
            faults.append(Fault("calling_hours", "No calling hours at all: nobody could ever be called."))
        if faults:
            raise InvalidInputError("The calling hours cannot be used.", tuple(faults))
        return cls(tuple(days), frozenset(holidays))

    def is_open(self, at: datetime, time_zone: str) -> bool:
        """Tell whether a respondent in `time_zone` may be called at this instant."""
        local = at.astimezone(ZoneInfo(time_zone))
        if local.date() in self.holidays:
            return False
        return any(window.start <= local.time() < window.end for window in self.days[local.weekday()])

    def next_opening(self, at: datetime, time_zone: str) -> datetime:
        """Return `at` itself inside a window, otherwise the start of the next one."""
        if self.is_open(at, time_zone):
            return at
        zone = ZoneInfo(time_zone)
        local = at.astimezone(zone)
        for ahead in range(DAYS_TO_LOOK_AHEAD + len(self.holidays)):
            day = local.date() + timedelta(days=ahead)
            for window in sorted(self.days[day.weekday()], key=lambda window: window.start):
                opening = datetime.combine(day, window.start, zone).astimezone(UTC)
                # Compared as instants: where a clock jumps, wall times neither order nor exist as written.
                if opening >= at and self.is_open(opening, time_zone):
                    return opening.astimezone(at.tzinfo)
        message = "a read week always has a window"
        raise AssertionError(message)

    def closing(self, at: datetime, time_zone: str) -> datetime:
        """Return when the window that `at` lies in ends; `at` itself outside every window."""
        zone = ZoneInfo(time_zone)
        local = at.astimezone(zone)
        if not self.is_open(at, time_zone):
            return at
        ends = (window.end for window in self.days[local.weekday()] if window.start <= local.time() < window.end)
        return datetime.combine(local.date(), max(ends), zone).astimezone(at.tzinfo)

    def within(self, other: "CallingHours") -> "CallingHours":
        """Return the minutes of the week that lie in both, without the holidays of either."""
        days = tuple(
            tuple(
                Window(max(one.start, two.start), min(one.end, two.end))
                for one in mine
                for two in theirs
                if max(one.start, two.start) < min(one.end, two.end)
            )
            for mine, theirs in zip(self.days, other.days, strict=True)
        )
        return CallingHours(days, self.holidays | other.holidays)

    @property
    def is_empty(self) -> bool:
        """There is no minute in it."""
        return not any(self.days)

    def overlaps(self, other: "CallingHours") -> bool:
        """Tell whether some minute of the week lies in both."""
        return not self.within(other).is_empty

    def is_covered_by(self, others: Sequence["CallingHours"]) -> bool:
        """Tell whether every minute of the week in which calls are allowed lies in one of the others."""
        for day, windows in enumerate(self.days):
            covering = sorted((w for other in others for w in other.days[day]), key=lambda w: w.start)
            if not all(_is_covered(window, covering) for window in windows):
                return False
        return True


def _is_covered(window: Window, covering: Sequence[Window]) -> bool:
    reached = window.start
    for part in covering:
        if part.start <= reached < part.end:
            reached = part.end
    return reached >= window.end


def _read_day(day: str, stored: Any) -> tuple[tuple[Window, ...], list[Fault]]:
    if not isinstance(stored, Sequence) or isinstance(stored, str):
        return (), [Fault(f"calling_hours.{day}", WRITE_WINDOWS)]
    windows: list[Window] = []
    faults: list[Fault] = []
    for number, pair in enumerate(stored, start=1):
        where = f"calling_hours.{day}[{number}]"
        try:
            start, end = (_clock_time(text) for text in pair)
        except (TypeError, ValueError):
            faults.append(Fault(where, WRITE_WINDOW))
            continue
        if start >= end:
            faults.append(Fault(where, "The window ends before it starts."))
        windows.append(Window(start, end))
    return tuple(sorted(windows, key=lambda window: window.start)), faults


def _clock_time(text: str) -> time:
    """Read "09:00"; a time with a zone of its own is refused, because the respondent's zone decides."""
    found = time.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError(text)
    return found
