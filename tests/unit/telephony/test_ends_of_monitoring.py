"""When a supervisor no longer belongs in a call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.telephony.monitoring.domain import LEASE, LONGEST_CALLING_IN, MonitorEnding, Standing, why_over

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LISTENING = Standing(
    is_allowed=True, is_talking=True, is_same_interviewer=True, has_joined=True, asked_at=NOW, seen_at=NOW
)
SECOND = timedelta(seconds=1)


def test_it_goes_on_while_the_call_does_and_the_page_is_there() -> None:
    assert why_over(LISTENING, now=NOW + LEASE) is None


@pytest.mark.parametrize(
    ("standing", "ending"),
    [
        (replace(LISTENING, is_talking=False), MonitorEnding.CALL_OVER),
        (replace(LISTENING, is_same_interviewer=False), MonitorEnding.HANDED_OVER),
        (replace(LISTENING, is_allowed=False), MonitorEnding.FORBIDDEN),
        (replace(LISTENING, seen_at=NOW - LEASE - SECOND), MonitorEnding.PAGE_GONE),
        (
            replace(LISTENING, has_joined=False, asked_at=NOW - LONGEST_CALLING_IN - SECOND),
            MonitorEnding.NEVER_CAME,
        ),
    ],
)
def test_each_reason_ends_it(standing: Standing, ending: MonitorEnding) -> None:
    assert why_over(standing, now=NOW) is ending


def test_the_end_of_the_call_is_named_before_anything_else() -> None:
    gone = replace(LISTENING, is_talking=False, is_allowed=False, seen_at=NOW - 2 * LEASE)
    assert why_over(gone, now=NOW) is MonitorEnding.CALL_OVER
