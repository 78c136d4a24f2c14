"""A message's state only moves forward, and a wish is told from any other message."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telephony.messages import ENDS, MessageState, Wish, advance, read_wish

STATES = st.sampled_from(list(MessageState))


def state_after(reports: tuple[MessageState, ...]) -> MessageState:
    state = MessageState.ASKED
    for report in reports:
        state = advance(state, report)
    return state


def test_reports_in_any_order_and_twice_come_to_the_same() -> None:
    reports = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.SENT)
    assert {state_after(order) for order in permutations(reports)} == {MessageState.DELIVERED}


@given(st.sampled_from(sorted(ENDS)), STATES)
def test_an_end_stays_an_end(end: MessageState, report: MessageState) -> None:
    assert advance(end, report) == end


@given(STATES, STATES)
def test_no_report_moves_a_message_back(state: MessageState, report: MessageState) -> None:
    order = list(MessageState)
    assert order.index(advance(state, report)) >= min(order.index(state), order.index(report))
    assert advance(state, state) == state


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", " Td ", "TD", "ｔ", "退订", "回复TD", "回T", "取消。", "UNSUBSCRIBE"]
)
def test_a_wish_for_no_messages_is_understood(text: str) -> None:
    assert read_wish(text) is Wish.NO_MESSAGES


@pytest.mark.parametrize("text", ["", "你是谁", "T台在哪里", "don't stop", "打错了", "hello"])
def test_any_other_message_is_no_wish(text: str) -> None:
    assert read_wish(text) is None


def test_a_wish_can_be_taken_back() -> None:
    assert read_wish("恢复") is Wish.MESSAGES_AGAIN
    assert read_wish("START") is Wish.MESSAGES_AGAIN
