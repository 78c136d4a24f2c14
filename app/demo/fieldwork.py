"""Play fieldwork as a discrete-event loop: whoever is next in simulated time acts, and nobody really waits."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.demo.player import Player, Waits
from app.demo.server import SharedClock

TICK: Final = timedelta(seconds=60)


@dataclass(order=True)
class Turn:
    """Somebody's next act; ties go to whoever was there first, so a run repeats exactly."""

    at: datetime
    order: int
    waits: Waits = field(compare=False)


@dataclass(frozen=True)
class Stage:
    """What the loop drives besides the interviewers.

    `tick` is the background work, done at simulated times as a worker would do it; `show` is told the
    completes so far and the simulated time after each tick.
    """

    clock: SharedClock
    tick: Callable[[datetime], object]
    show: Callable[[int, datetime], None]


def play(players: Sequence[Player], stage: Stage, *, completes: int, longest: timedelta) -> int:
    """Run until `completes` interviews are complete and the calls under way are over; returns how many are.

    A call that was under way may still become a complete, so the result can be a little higher;
    it is lower when `longest` of simulated time did not suffice.
    """
    started = stage.clock()

    def reached() -> int:
        return sum(player.completes for player in players)

    def is_over() -> bool:
        return reached() >= completes or stage.clock() - started >= longest

    turns = [Turn(started, order, player.shift(is_over)) for order, player in enumerate(players)]
    heapq.heapify(turns)
    next_tick = started
    while turns:
        while next_tick <= turns[0].at:
            stage.clock.set(next_tick)
            stage.tick(next_tick)
            stage.show(reached(), next_tick)
            next_tick += TICK
        _act(heapq.heappop(turns), turns, stage)
    return reached()


def _act(turn: Turn, turns: list[Turn], stage: Stage) -> None:
    stage.clock.set(turn.at)
    seconds = next(turn.waits, None)
    if seconds is not None:
        heapq.heappush(turns, Turn(turn.at + timedelta(seconds=seconds), turn.order, turn.waits))
