"""Which interviewers a supervisor should look at first: thresholds on the time in a state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.delivery.completion import WorkerRow
from app.staffing.domain import PresenceState
from app.telephony.lines import LineState

# State -> (amber after, red after). Judgement, to be tuned per campaign: long wrap-ups cost calls, and someone
# who waits ready this long has no cases to take.
LIMITS: Final[Mapping[str, tuple[timedelta, timedelta | None]]] = {
    PresenceState.WRAP_UP: (timedelta(seconds=60), timedelta(seconds=120)),
    PresenceState.READY: (timedelta(seconds=120), None),
    PresenceState.PREVIEW: (timedelta(seconds=120), timedelta(seconds=300)),
}
RESTING: Final = (PresenceState.OFF, PresenceState.BREAK)
WORST_FIRST: Final = ("red", "amber", "")


@dataclass(frozen=True)
class WatchedWorker:
    """An interviewer with how urgently someone should look: red, amber, or nothing."""

    row: WorkerRow
    urgency: str


def worst_first(workers: Iterable[WorkerRow], *, now: datetime) -> list[WatchedWorker]:
    """Order interviewers by urgency, then by how long they are in their state."""
    watched = [WatchedWorker(row, _urgency(row, now=now)) for row in workers]
    return sorted(watched, key=lambda worker: (WORST_FIRST.index(worker.urgency), worker.row.since))


def _urgency(row: WorkerRow, *, now: datetime) -> str:
    if row.line == LineState.LOST and row.state not in RESTING:
        return "red"  # whoever they call hears nobody
    amber, red = LIMITS.get(row.state, (None, None))
    lasted = now - row.since
    if red is not None and lasted > red:
        return "red"
    return "amber" if amber is not None and lasted > amber else ""
