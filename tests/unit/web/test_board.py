"""Whom a supervisor sees first."""

from datetime import UTC, datetime, timedelta

from app.delivery.completion import WorkerRow
from app.staffing.domain import PresenceState
from app.telephony.lines import LineState
from app.web.board import worst_first

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def worker(person_id: int, state: PresenceState, *, minutes: float = 0, line: LineState | None = None) -> WorkerRow:
    since = NOW - timedelta(minutes=minutes)
    return WorkerRow(person_id, f"person {person_id}", state, since, 0, 0, line=line)


def urgencies(*workers: WorkerRow) -> list[tuple[int, str]]:
    return [(watched.row.person_id, watched.urgency) for watched in worst_first(workers, now=NOW)]


def test_who_wraps_up_for_long_comes_before_who_does_so_for_a_while() -> None:
    quick, slow = worker(1, PresenceState.WRAP_UP, minutes=1.5), worker(2, PresenceState.WRAP_UP, minutes=3)
    assert urgencies(quick, slow) == [(2, "red"), (1, "amber")]


def test_who_is_heard_by_nobody_is_urgent_at_once() -> None:
    talking = worker(1, PresenceState.TALKING, minutes=20, line=LineState.OPEN)
    unheard = worker(2, PresenceState.TALKING, line=LineState.LOST)
    assert urgencies(talking, unheard) == [(2, "red"), (1, "")]


def test_a_line_lost_on_a_break_is_nobodys_trouble() -> None:
    assert urgencies(worker(1, PresenceState.BREAK, line=LineState.LOST)) == [(1, "")]
