"""Who is next in played fieldwork: simulated time decides, however fast each thread runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.demo.conductor import CalledOffError, Conductor, Plot

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@dataclass
class Diary:
    """What happened, in the order it happened."""

    turns: list[tuple[int, float]] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


def since_start(at: datetime) -> float:
    return (at - START).total_seconds()


def conduct(diary: Diary, *paces: float, completes: int = 1_000, longest: float = 300) -> Conductor:
    """Let each seat complete an interview every so many seconds, in a thread of its own."""
    plot = Plot(
        START,
        completes,
        timedelta(seconds=longest),
        lambda at: diary.ticks.append(since_start(at)),
        lambda reached, _at: diary.shown.append(reached),
    )
    conductor = Conductor(plot, seats=len(paces))

    def work(seat: int) -> None:
        while True:
            with conductor.turn(seat):
                if conductor.is_over(seat):
                    break
                diary.turns.append((seat, since_start(conductor.time_of(seat))))
            conductor.pass_time(seat, paces[seat])
            conductor.complete(seat)
        conductor.leave(seat)

    run_all(work, seats=len(paces))
    return conductor


def run_all(work: Callable[[int], None], *, seats: int) -> None:
    with ThreadPoolExecutor(seats) as threads:
        for done in [threads.submit(work, seat) for seat in range(seats)]:
            done.result(timeout=30)


def test_turns_come_in_the_order_of_simulated_time() -> None:
    diary = Diary()
    conduct(diary, 50.0, 20.0, longest=100)
    assert diary.turns == [(0, 0), (1, 0), (1, 20), (1, 40), (0, 50), (1, 60), (1, 80)]


def test_a_tie_goes_to_the_earlier_seat() -> None:
    diary = Diary()
    conduct(diary, 10.0, 10.0, 10.0, longest=20)
    assert [seat for seat, _at in diary.turns] == [0, 1, 2, 0, 1, 2]


def test_the_same_paces_give_the_same_order_every_time() -> None:
    orders = []
    for _ in range(5):
        diary = Diary()
        conduct(diary, 7.0, 11.0, 13.0, longest=120)
        orders.append(diary.turns)
    assert all(order == orders[0] for order in orders)


def test_no_further_case_is_taken_once_enough_interviews_are_complete() -> None:
    diary = Diary()
    conductor = conduct(diary, 10.0, 99.0, completes=3)
    # The third is complete at 30; at that very moment a case may still be taken, and the slow one finishes.
    assert diary.turns == [(0, 0), (1, 0), (0, 10), (0, 20), (0, 30)]
    assert conductor.completes == 5


def test_background_work_is_done_for_every_minute_before_the_turn_that_follows() -> None:
    diary = Diary()
    conduct(diary, 100.0, longest=200)
    assert diary.ticks == [0, 60, 120, 180]
    assert diary.shown == [0, 0, 1, 1]


def test_whoever_is_quiet_on_the_line_holds_nobody_up() -> None:
    plot = Plot(START, 9, timedelta(hours=1), lambda _at: None, lambda _reached, _at: None)
    conductor = Conductor(plot, seats=2)
    conductor.pass_time(0, 10, quiet_seconds=5)
    conductor.pass_time(1, 14)

    def work(_seat: int) -> None:
        with conductor.turn(1):
            assert since_start(conductor.time_of(0)) == 10

    run_all(work, seats=1)


def test_a_failure_of_one_wakes_all_who_wait() -> None:
    plot = Plot(START, 1, timedelta(hours=1), lambda _at: None, lambda _reached, _at: None)
    conductor = Conductor(plot, seats=2)
    conductor.pass_time(1, 60)

    def work(seat: int) -> None:
        if seat == 0:
            conductor.call_off()
            return
        with pytest.raises(CalledOffError), conductor.turn(seat):
            pass

    run_all(work, seats=2)
