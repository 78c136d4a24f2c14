"""Whatever happens in whatever order, a cell never holds more interviews than it may."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.quotas.domain import SEAT_LASTS, Ledger, SeatState

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ANA, BAO, ZOE = (UUID(int=n) for n in range(3))
# Clocks of several machines: time may stand still, jump ahead and step back.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "complete", "release", "expire", "close", "open"]),
        st.integers(0, 5),
        st.integers(-90, 400),
    ),
    max_size=60,
)


def act(ledger: Ledger, what: str, who: int, *, now: datetime) -> Ledger:
    uid = UUID(int=who)
    match what:
        case "take":
            return ledger.take(uid, now=now) or ledger
        case "complete":
            return ledger.complete(uid) or ledger
        case "release":
            return ledger.release(uid)
        case "expire":
            return ledger.expire(now=now)
        case _:
            return replace(ledger, is_closed=what == "close")


@given(most=st.integers(0, 4), acts=ACTS)
def test_no_order_of_acts_fills_a_cell_beyond_its_most(most: int, acts: list[tuple[str, int, int]]) -> None:
    ledger, now = Ledger(most), NOW
    for what, who, minutes in acts:
        now += timedelta(minutes=minutes)
        ledger = act(ledger, what, who, now=now)
        assert ledger.completes <= most
        assert ledger.completes + ledger.held <= most
        complete = sum(seat.state is SeatState.COMPLETE for seat in ledger.seats.values())
        assert ledger.completes == complete


@given(most=st.integers(1, 4), acts=ACTS, minutes=st.integers(0, 10_000))
def test_whoever_holds_a_seat_can_always_finish(most: int, acts: list[tuple[str, int, int]], minutes: int) -> None:
    ledger, now = Ledger(most), NOW
    for what, who, later in acts:
        now += timedelta(minutes=later)
        ledger = act(ledger, what, who, now=now)
    for uid in [uid for uid, seat in ledger.seats.items() if seat.state is SeatState.HELD]:
        kept = ledger.take(uid, now=now + timedelta(minutes=minutes))
        assert kept is not None
        assert kept.complete(uid) is not None


def seated(*people: UUID, most: int, now: datetime = NOW) -> Ledger:
    ledger = Ledger(most)
    for uid in people:
        ledger = ledger.take(uid, now=now) or ledger
    return ledger


def test_the_last_place_is_given_once() -> None:
    assert seated(ANA, most=1).take(BAO, now=NOW) is None


def test_an_interview_is_never_in_its_own_way() -> None:
    assert seated(ANA, most=1).take(ANA, now=NOW + timedelta(minutes=30)) is not None


def test_using_a_seat_makes_it_last_longer() -> None:
    later = NOW + timedelta(minutes=90)
    extended = seated(ANA, most=1).take(ANA, now=later)
    assert extended is not None
    assert extended.expire(now=NOW + SEAT_LASTS).held == 1
    assert extended.expire(now=later + SEAT_LASTS).held == 0


def test_a_seat_that_ran_out_makes_room() -> None:
    after = seated(ANA, most=1).take(BAO, now=NOW + SEAT_LASTS)
    assert after is not None
    assert after.seats[ANA].state is SeatState.RELEASED


def test_a_seat_that_ran_out_is_taken_again_while_nobody_else_sits_in_it() -> None:
    late = NOW + SEAT_LASTS * 2
    assert seated(ANA, most=1).expire(now=late).take(ANA, now=late) is not None


def test_a_seat_that_somebody_else_got_meanwhile_is_gone() -> None:
    late = NOW + SEAT_LASTS
    after = seated(ANA, most=1).take(BAO, now=late)
    assert after is not None
    assert after.take(ANA, now=late) is None
    assert after.complete(ANA) is None


def test_closing_by_hand_keeps_strangers_out_and_lets_those_inside_finish() -> None:
    inside = seated(ANA, most=3)
    closed = Ledger(3, is_closed=True, seats=inside.seats)
    assert closed.take(BAO, now=NOW) is None
    kept = closed.take(ANA, now=NOW)
    assert kept is not None
    assert kept.complete(ANA) is not None


def test_a_complete_is_counted_once_and_never_given_back() -> None:
    once = seated(ANA, most=2).complete(ANA)
    assert once is not None
    twice = once.complete(ANA)
    assert twice is not None
    assert (twice.completes, twice.release(ANA).completes) == (1, 1)
    assert twice.take(ANA, now=NOW) == twice


def test_nobody_completes_without_a_seat() -> None:
    assert Ledger(5).complete(ZOE) is None
