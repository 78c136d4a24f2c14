"""Keep below the number of calls that a provider takes in a second, whichever process places them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.core.db import SessionFactory
from app.core.straight import rows
from app.telephony.gateway import GatewayError

LONGEST_WAIT_SECONDS: Final = 5.0
# Each call takes the next free moment; moments that nobody used are not saved up.
_NEXT: Final = """
    INSERT INTO call_allowance (id, next_at) VALUES (1, %(now)s::timestamptz + %(gap)s)
    ON CONFLICT (id) DO UPDATE SET next_at = greatest(call_allowance.next_at, %(now)s) + %(gap)s
    WHERE call_allowance.next_at <= %(now)s::timestamptz + %(longest)s
    RETURNING next_at
"""


@dataclass(frozen=True)
class _Next:
    next_at: datetime


class Allowance:
    """Hands out the moments at which calls may be placed; 0 a second means as many as you like.

    Twilio queues what comes faster, for up to a day, and would dial a respondent whose interviewer has gone home.
    """

    def __init__(self, make_session: SessionFactory, *, per_second: float, sleep: Callable[[float], None]) -> None:
        self._make_session = make_session
        self._gap = timedelta(seconds=1 / per_second) if per_second else None
        self._sleep = sleep

    def wait(self, *, now: datetime) -> None:
        """Wait for the next moment; raises GatewayError when that is too far away."""
        if self._gap is None:
            return
        longest = timedelta(seconds=LONGEST_WAIT_SECONDS)
        with self._make_session() as session, session.begin():
            given = rows(session, _Next, _NEXT, now=now, gap=self._gap, longest=longest)
        if not given:
            raise GatewayError("Too many calls are being placed at once. Dial again in some seconds.", permanent=False)
        self._sleep(max((given[0].next_at - self._gap - now).total_seconds(), 0.0))
