"""Keep played fieldwork in the order of simulated time where order matters, and let the rest run at once.

Each simulated interviewer has a thread and a time of their own. Only three things depend on what others do: who gets
which case, which complete counts in its quota cells when, and the background work. They wait until everybody else's
time has passed that moment, so they happen in the order of simulated time (ties by seat), and a run repeats exactly;
calls and interviews touch nobody else's cases and run as fast as the machine allows. Whoever is on the line says so:
others need not wait for the seconds that coding the call will take at least.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

TICK: Final = timedelta(seconds=60)


class CalledOffError(Exception):
    """Another interviewer's thread failed, so the play is over."""


@dataclass(frozen=True)
class Plot:
    """What is to be played: until `completes` interviews are complete, for `longest` of simulated time at most.

    `tick` does the background work of one simulated minute; `show` is told the completes so far and the time.
    """

    starts_at: datetime
    completes: int
    longest: timedelta
    tick: Callable[[datetime], object]
    show: Callable[[int, datetime], None]


class Conductor:
    """Says whose turn it is."""

    def __init__(self, plot: Plot, *, seats: int) -> None:
        self._plot = plot
        self._times = dict.fromkeys(range(seats), plot.starts_at)
        self._quiet_until = dict(self._times)
        self._next_tick = plot.starts_at
        self._completed: list[datetime] = []
        self._lock = threading.Lock()
        self._waiting: dict[int, threading.Event] = {}
        self._is_called_off = False

    def time_of(self, seat: int) -> datetime:
        """Return the simulated time at a seat."""
        return self._times[seat]

    def pass_time(self, seat: int, seconds: float, *, quiet_seconds: float = 0.0) -> None:
        """Let time pass at one seat; for `quiet_seconds` more, nothing it does will concern the others."""
        with self._lock:
            self._times[seat] += timedelta(seconds=seconds)
            self._quiet_until[seat] = self._times[seat] + timedelta(seconds=quiet_seconds)
            self._wake_first()

    @contextmanager
    def turn(self, seat: int) -> Iterator[None]:
        """Wait until nobody else is behind this seat's time; hold the turn until the block ends."""
        with self._lock:
            its_turn = self._waiting[seat] = threading.Event()
            self._wake_first()
        its_turn.wait()
        if self._is_called_off:
            raise CalledOffError
        # Being first is exclusive: nobody else can become first before this seat's time moves on.
        self._catch_up(self._times[seat])
        yield

    def complete(self, seat: int) -> None:
        """Note that an interview is complete."""
        self._completed.append(self._times[seat])

    @property
    def completes(self) -> int:
        """How many interviews are complete."""
        return len(self._completed)

    def is_over(self, seat: int) -> bool:
        """Tell, in this seat's turn, whether no further case is to be taken."""
        now = self._times[seat]
        return self._completes_before(now) >= self._plot.completes or now - self._plot.starts_at >= self._plot.longest

    def leave(self, seat: int) -> None:
        """Go home: nobody waits for this seat any more."""
        with self._lock:
            del self._times[seat], self._quiet_until[seat]
            self._wake_first()

    def call_off(self) -> None:
        """Wake everybody who waits, so that a failure of one ends the play."""
        with self._lock:
            self._is_called_off = True
            self._wake_first()

    def _wake_first(self) -> None:
        """Give the turn to whoever is first in simulated time, if that one waits for it; to all when it is over."""
        first = min(self._quiet_until, key=lambda seat: (self._quiet_until[seat], seat), default=None)
        for seat in [first] if not self._is_called_off else list(self._waiting):
            if seat in self._waiting:
                self._waiting.pop(seat).set()

    def _catch_up(self, now: datetime) -> None:
        while self._next_tick <= now:
            self._plot.tick(self._next_tick)
            self._plot.show(self._completes_before(self._next_tick), self._next_tick)
            self._next_tick += TICK

    def _completes_before(self, now: datetime) -> int:
        # Others may be ahead in simulated time: what they completed later has not happened yet.
        return sum(at < now for at in list(self._completed))


@dataclass(frozen=True)
class Seat:
    """One interviewer's place in the play."""

    conductor: Conductor
    number: int

    @property
    def now(self) -> datetime:
        """The simulated time here."""
        return self.conductor.time_of(self.number)

    def wait(self, seconds: float, *, quiet_seconds: float = 0.0) -> None:
        """Let time pass."""
        self.conductor.pass_time(self.number, max(seconds, 0.0), quiet_seconds=quiet_seconds)
