"""A call's life only goes forward, whatever order its reports come in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telephony.domain import CallEvent, CallEventKind, CallState, advance, rang, state_after

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ORDER = list(CallState)


def event(kind: CallEventKind, sequence: int = 1) -> CallEvent:
    return CallEvent(1, sequence, kind, NOON)


kinds = st.sampled_from(CallEventKind)


@given(st.lists(kinds))
def test_no_event_ever_moves_a_call_back(reports: list[CallEventKind]) -> None:
    state = CallState.REQUESTED
    for kind in reports:
        after = advance(state, event(kind))
        assert ORDER.index(after) >= ORDER.index(state)
        state = after


@given(st.lists(kinds, unique=True), st.data())
def test_the_order_and_number_of_reports_do_not_matter(reports: list[CallEventKind], data: st.DataObject) -> None:
    again = data.draw(st.permutations(reports + reports))
    assert state_after(map(event, again)) is state_after(map(event, reports))


@given(st.lists(kinds))
def test_a_call_that_ended_stays_ended(late: list[CallEventKind]) -> None:
    assert state_after(map(event, [CallEventKind.ENDED, *late])) is CallState.ENDED


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (CallEventKind.INITIATED, CallState.DIALLING),
        (CallEventKind.RINGING, CallState.RINGING),
        (CallEventKind.ANSWERED, CallState.TALKING),
        (CallEventKind.ENDED, CallState.ENDED),
    ],
)
def test_each_report_proves_its_state(kind: CallEventKind, state: CallState) -> None:
    assert advance(CallState.REQUESTED, event(kind)) is state


def test_an_answer_proves_ringing_that_nobody_reported() -> None:
    assert rang([event(CallEventKind.INITIATED), event(CallEventKind.ANSWERED)])
    assert not rang([event(CallEventKind.INITIATED), event(CallEventKind.ENDED)])
