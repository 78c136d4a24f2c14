"""At no time are there more dials in flight than idle interviewers, whoever comes, goes, answers or breaks off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.campaigns.desk_rules import PacingRules
from app.campaigns.domain import PacingMode
from app.dialing.pacing import Seat, SeatState, dials_at, pace

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PROGRESSIVE = PacingRules()
PREVIEW = PacingRules(mode=PacingMode.PREVIEW, preview_seconds=20)
MANUAL = PacingRules(mode=PacingMode.MANUAL)
MODES = st.sampled_from([PROGRESSIVE, PREVIEW, MANUAL])
SEATS = st.lists(
    st.builds(
        Seat,
        person_id=st.integers(1, 50),
        state=st.sampled_from(SeatState),
        since=st.integers(0, 120).map(lambda seconds: NOON - timedelta(seconds=seconds)),
        is_heard=st.booleans(),
    ),
    unique_by=lambda seat: seat.person_id,
    max_size=30,
)


def in_flight(seats: list[Seat]) -> int:
    return sum(seat.state == SeatState.DIALLING for seat in seats)


@given(pacing=MODES, seats=SEATS)
def test_never_more_dials_than_idle_interviewers(pacing: PacingRules, seats: list[Seat]) -> None:
    assert in_flight(seats) + len(pace(pacing, seats, now=NOON)) <= sum(seat.is_idle for seat in seats)


@given(pacing=MODES, seats=SEATS)
def test_only_a_case_that_is_read_is_dialled_and_once(pacing: PacingRules, seats: list[Seat]) -> None:
    dialled = pace(pacing, seats, now=NOON)
    reading = {seat.person_id for seat in seats if seat.state == SeatState.READING and seat.is_heard}
    assert len(set(dialled)) == len(dialled)
    assert set(dialled) <= reading


@given(seats=SEATS)
def test_progressive_lets_nobody_wait_and_manual_dials_for_nobody(seats: list[Seat]) -> None:
    ready = {seat.person_id for seat in seats if seat.state == SeatState.READING and seat.is_heard}
    assert set(pace(PROGRESSIVE, seats, now=NOON)) == ready
    assert pace(MANUAL, seats, now=NOON) == ()


@given(pacing=MODES, seats=SEATS, later=st.integers(0, 600))
def test_what_is_due_stays_due(pacing: PacingRules, seats: list[Seat], later: int) -> None:
    now = set(pace(pacing, seats, now=NOON))
    assert now <= set(pace(pacing, seats, now=NOON + timedelta(seconds=later)))


@given(pacing=MODES, seats=SEATS)
def test_the_order_in_which_seats_are_listed_changes_nothing(pacing: PacingRules, seats: list[Seat]) -> None:
    assert pace(pacing, seats, now=NOON) == pace(pacing, sorted(seats, key=lambda seat: -seat.person_id), now=NOON)


@pytest.mark.parametrize(("seconds", "is_due"), [(0, False), (19, False), (20, True), (21, True)])
def test_a_preview_lasts_as_long_as_the_rules_say(seconds: int, is_due: bool) -> None:  # noqa: FBT001
    seat = Seat(1, SeatState.READING, NOON)
    assert (pace(PREVIEW, [seat], now=NOON + timedelta(seconds=seconds)) == (1,)) == is_due
    assert dials_at(PREVIEW, seat) == NOON + timedelta(seconds=20)


def test_nobody_is_dialled_for_an_interviewer_whom_nobody_would_hear() -> None:
    assert pace(PROGRESSIVE, [Seat(1, SeatState.READING, NOON, is_heard=False)], now=NOON) == ()


class Floor(RuleBasedStateMachine):
    """Interviewers at work under any rules: cases come, calls ring, are answered, end, lines break off."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.seats = {person: Seat(person, SeatState.AWAY, NOON) for person in range(1, 6)}
        self.dials: dict[int, int] = dict.fromkeys(self.seats, 0)
        self.cases: dict[int, int] = dict.fromkeys(self.seats, 0)

    def put(self, person: int, state: SeatState) -> None:
        self.seats[person] = replace(self.seats[person], state=state, since=self.now)

    @rule(person=st.integers(1, 5))
    def take_a_case(self, person: int) -> None:
        if self.seats[person].state == SeatState.AWAY:
            self.cases[person] += 1
            self.put(person, SeatState.READING)

    @rule(pacing=MODES, seconds=st.integers(0, 40))
    def keep_pace(self, pacing: PacingRules, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for person in pace(pacing, list(self.seats.values()), now=self.now):
            self.dials[person] += 1
            self.put(person, SeatState.DIALLING)

    @rule(person=st.integers(1, 5), state=st.sampled_from([SeatState.BUSY, SeatState.AWAY]))
    def answer_or_end(self, person: int, state: SeatState) -> None:
        if self.seats[person].state in {SeatState.DIALLING, SeatState.BUSY}:
            self.put(person, state)

    @rule(person=st.integers(1, 5), is_heard=st.booleans())
    def lose_the_line_or_come_back(self, person: int, is_heard: bool) -> None:  # noqa: FBT001
        self.seats[person] = replace(self.seats[person], is_heard=is_heard)

    @invariant()
    def dials_in_flight_have_their_idle_interviewers(self) -> None:
        seats = list(self.seats.values())
        assert in_flight(seats) <= sum(seat.is_idle for seat in seats)

    @invariant()
    def a_case_is_dialled_once_at_most(self) -> None:
        assert all(self.dials[person] <= self.cases[person] for person in self.seats)


TestFloor = Floor.TestCase
