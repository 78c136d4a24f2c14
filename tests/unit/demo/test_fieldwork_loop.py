"""The discrete-event loop: everybody acts in the order of simulated time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from app.demo.fieldwork import Stage, play
from app.demo.player import Player, Waits
from app.demo.server import SharedClock

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@dataclass
class Hand:
    value: int = 0


class Worker:
    """Completes an interview each time the given seconds are over, and says when."""

    def __init__(self, name: str, seconds: float, diary: list[tuple[str, float]], clock: SharedClock) -> None:
        self.name, self.seconds, self.diary, self.clock = name, seconds, diary, clock
        self.completes = 0

    def shift(self, is_over: Callable[[], bool]) -> Waits:
        while not is_over():
            yield self.seconds
            self.completes += 1
            self.diary.append((self.name, (self.clock() - START).total_seconds()))


@dataclass
class Field:
    """A loop with workers of given speeds, and what happened in it."""

    clock: SharedClock
    diary: list[tuple[str, float]]
    ticks: list[float]

    def play(self, *, completes: int, longest: float = 3600, **speeds: float) -> int:
        workers = [Worker(name, seconds, self.diary, self.clock) for name, seconds in speeds.items()]
        stage = Stage(self.clock, lambda at: self.ticks.append((at - START).total_seconds()), lambda _n, _at: None)
        players = cast("list[Player]", workers)
        return play(players, stage, completes=completes, longest=timedelta(seconds=longest))


@pytest.fixture
def field() -> Iterator[Field]:
    clock = SharedClock(Hand())
    clock.set(START)
    yield Field(clock, [], [])


def test_turns_come_in_the_order_of_simulated_time(field: Field) -> None:
    field.play(completes=4, slow=50.0, fast=20.0)
    assert field.diary == [("fast", 20), ("fast", 40), ("slow", 50), ("fast", 60), ("slow", 100)]


def test_a_tie_goes_to_whoever_was_there_first(field: Field) -> None:
    field.play(completes=3, first=10.0, second=10.0)
    assert [name for name, _at in field.diary] == ["first", "second", "first", "second"]


def test_a_call_under_way_is_finished_after_the_last_complete(field: Field) -> None:
    assert field.play(completes=1, quick=10.0, slow=99.0) == 2


def test_the_shift_ends_when_the_time_is_over(field: Field) -> None:
    assert field.play(completes=1_000, longest=100, only=30.0) == 4


def test_background_work_is_done_every_minute_before_the_turns(field: Field) -> None:
    field.play(completes=2, only=100.0)
    assert field.ticks == [0, 60, 120, 180]


def test_simulated_time_never_runs_backwards(field: Field) -> None:
    field.clock.set(START + timedelta(hours=1))
    field.clock.set(START)
    assert field.clock() == START + timedelta(hours=1)
