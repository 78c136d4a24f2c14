"""Whether a caller number may be used now, and which of several: decided from counted calls alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.campaigns.rules import NumberRules

# SIP: 603 Decline; 607 Unwanted (RFC 8197), the person called it unwanted; 608 Rejected (RFC 8688), an analytics
# engine on the way did. The latter two are what a number with a bad name gets.
UNWANTED: Final = (607, 608)
REJECTED: Final = (603, *UNWANTED)
FRAUD: Final = "suspected_fraud"


class RestCause(StrEnum):
    """Why a number rests."""

    DAILY_CAP = "daily_cap"  # it has made its calls of the day
    REJECTIONS = "rejections"  # too many of its calls were rejected
    COMPLAINTS = "complaints"  # too many took it for a fraud, or marked it as unwanted
    BY_HAND = "by_hand"  # a supervisor rests it


@dataclass(frozen=True)
class Figures:
    """Calls of one number in some time; a call that was rejected as unwanted counts as both."""

    calls: int = 0
    answered: int = 0
    rejected: int = 0
    complaints: int = 0

    @property
    def answered_share(self) -> float:
        """Of all calls, those that somebody answered."""
        return self.answered / self.calls if self.calls else 0.0

    @property
    def rejected_share(self) -> float:
        """Of all calls, those that were declined or blocked."""
        return self.rejected / self.calls if self.calls else 0.0

    @property
    def complaint_share(self) -> float:
        """Of all calls, those that were taken for a fraud or marked as unwanted."""
        return self.complaints / self.calls if self.calls else 0.0


@dataclass(frozen=True)
class Rest:
    """A rest that is written down, and how it ends."""

    cause: RestCause
    until: datetime


@dataclass(frozen=True)
class Standing:
    """A registered number as it stands now; `rest` is None for a healthy one."""

    number_id: int
    number: str
    calls_today: int
    rest: Rest | None


def judge(figures: Figures, rules: NumberRules) -> RestCause | None:
    """Tell whether a number has to rest for what its calls met with; too few calls say nothing."""
    if figures.calls < rules.least_calls:
        return None
    if figures.complaint_share > rules.complaint_share:
        return RestCause.COMPLAINTS
    return RestCause.REJECTIONS if figures.rejected_share > rules.rejected_share else None


def resting(written: Rest | None, calls_today: int, rules: NumberRules, *, day_ends: datetime) -> Rest | None:
    """Return the rest of a number: the one that is written down, or the one its daily cap gives it."""
    if rules.calls_per_day is not None and calls_today >= rules.calls_per_day:
        cap = Rest(RestCause.DAILY_CAP, day_ends)
        return cap if written is None or written.until < day_ends else written
    return written


def choose(standings: Sequence[Standing]) -> Standing | None:
    """Return the healthy number with the fewest calls today, the first registered among equals; None if all rest."""
    healthy = [standing for standing in standings if standing.rest is None]
    return min(healthy, key=lambda standing: (standing.calls_today, standing.number_id), default=None)
