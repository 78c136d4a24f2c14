"""What happens to calls on their way, and how often."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telephony.domain import CallEvent, CallEventKind, CallState, Ending, classify, rang, state_after
from app.telephony.domain import RawCause as Raw
from app.telephony.emulator.network import Dial, slot_at, timeline_of
from app.telephony.emulator.population import Line, load_population
from tests.unit.telephony.people import people

MONDAY_EVENING = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 19:00 in Shanghai
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def dial(attempt_id: int = 1, placed_at: datetime = MONDAY_EVENING, *, ring_seconds: int = 30) -> Dial:
    return Dial(attempt_id, placed_at, ring_seconds, "Asia/Shanghai")


def timelines(placed_at: datetime, count: int = 2000) -> list[tuple[CallEvent, ...]]:
    return [
        timeline_of(person, dial(attempt, placed_at), population=load_population(), seed=1)
        for attempt, person in enumerate(people(count), start=1)
    ]


def contact_rate(placed_at: datetime) -> float:
    calls = timelines(placed_at)
    return sum(any(event.kind is CallEventKind.ANSWERED for event in call) for call in calls) / len(calls)


@given(st.integers(0, 299), st.integers(0, 7 * 24), st.integers(5, 60), st.integers(0, 5))
def test_every_call_begins_ends_and_goes_forward(person: int, hours: int, ring_seconds: int, call_number: int) -> None:
    when = replace(dial(7, MONDAY_MORNING + timedelta(hours=hours), ring_seconds=ring_seconds), call_number=call_number)
    events = timeline_of(people(300)[person], when, population=load_population(), seed=1)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert events[0].kind is CallEventKind.INITIATED
    assert state_after(events) is CallState.ENDED
    assert state_after(events[:-1]) is not CallState.ENDED
    assert {event.attempt_id for event in events} == {7}


def test_the_same_call_always_takes_the_same_course() -> None:
    assert timelines(MONDAY_EVENING, 100) == timelines(MONDAY_EVENING, 100)


def test_a_contact_is_made_in_two_of_five_evening_dials_and_more() -> None:
    assert 0.40 <= contact_rate(MONDAY_EVENING) <= 0.50


def test_evenings_are_better_than_mornings_and_nights_are_worst() -> None:
    assert contact_rate(MONDAY_EVENING) > contact_rate(MONDAY_MORNING) + 0.05 > contact_rate(MONDAY_NIGHT) + 0.2


def test_unanswered_calls_end_in_all_the_ways_a_network_knows() -> None:
    endings = Counter(call[-1].ending for call in timelines(MONDAY_EVENING))
    assert endings[Ending.NOT_WORKING] / 2000 == pytest.approx(0.10, abs=0.02)
    assert {Ending.BUSY, Ending.NO_ANSWER, Ending.SWITCHED_OFF, Ending.REJECTED, Ending.TECHNICAL} <= set(endings)


def test_the_cause_on_the_wire_says_what_happened() -> None:
    for call in timelines(MONDAY_EVENING, 500):
        last = call[-1]
        answered = any(event.kind is CallEventKind.ANSWERED for event in call)
        cause = Raw(last.sip_code, last.q850)
        assert classify(cause, rang=rang(call), answered=answered) is last.ending


def test_a_dead_number_never_rings() -> None:
    dead = next(person for person in people(300) if person.line is Line.NOT_WORKING)
    for call_number in range(20):
        call = timeline_of(dead, replace(dial(), call_number=call_number), population=load_population(), seed=1)
        assert (rang(call), call[-1].ending) == (False, Ending.NOT_WORKING)


def test_ringing_stops_after_the_time_it_was_given() -> None:
    for attempt, person in enumerate(people(200)):
        call = timeline_of(person, dial(attempt, ring_seconds=12), population=load_population(), seed=1)
        if call[-1].ending is Ending.NO_ANSWER:
            assert (call[-1].at - call[-2].at).total_seconds() == pytest.approx(12, abs=0.1)


def test_who_asked_for_a_call_nearly_always_takes_it() -> None:
    expected = replace(dial(), is_expected=True)
    calls = [timeline_of(person, expected, population=load_population(), seed=1) for person in people(500)]
    assert sum(any(e.kind is CallEventKind.ANSWERED for e in call) for call in calls) / 500 > 0.7


@pytest.mark.parametrize(
    ("placed_at", "time_zone", "slot"),
    [
        (MONDAY_MORNING, "Asia/Shanghai", 0),
        (MONDAY_EVENING, "Asia/Shanghai", 1),
        (MONDAY_EVENING, "Asia/Kashgar", 0),
        (MONDAY_MORNING + timedelta(days=5), "Asia/Shanghai", 2),
        (MONDAY_NIGHT, "Asia/Shanghai", 3),
    ],
)
def test_the_respondents_own_clock_decides_the_slot(placed_at: datetime, time_zone: str, slot: int) -> None:
    assert slot_at(placed_at, time_zone) == slot
