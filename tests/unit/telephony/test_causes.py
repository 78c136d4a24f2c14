"""Raw causes become provisional endings by one table."""

import pytest

from app.telephony.domain import Ending, RawCause, classify, counts_as_attempt


@pytest.mark.parametrize(
    ("sip_code", "ending"),
    [
        (486, Ending.BUSY),
        (600, Ending.BUSY),
        (408, Ending.NO_ANSWER),
        (404, Ending.NOT_WORKING),
        (410, Ending.NOT_WORKING),
        (604, Ending.NOT_WORKING),
        (484, Ending.NOT_WORKING),
        (603, Ending.REJECTED),
        (607, Ending.REJECTED),
        (608, Ending.REJECTED),
        (500, Ending.TECHNICAL),
        (503, Ending.TECHNICAL),
        (504, Ending.TECHNICAL),
        (487, Ending.CANCELLED),
    ],
)
def test_a_sip_code_says_how_the_call_ended(sip_code: int, ending: Ending) -> None:
    assert classify(RawCause(sip_code=sip_code), rang=False) is ending


@pytest.mark.parametrize(
    ("q850", "ending"),
    [
        (17, Ending.BUSY),
        (18, Ending.NO_ANSWER),
        (20, Ending.SWITCHED_OFF),
        (1, Ending.NOT_WORKING),
        (22, Ending.NOT_WORKING),
        (28, Ending.NOT_WORKING),
        (21, Ending.REJECTED),
        (34, Ending.TECHNICAL),
        (41, Ending.TECHNICAL),
    ],
)
def test_without_sip_the_q850_cause_decides(q850: int, ending: Ending) -> None:
    assert classify(RawCause(q850=q850), rang=False) is ending


@pytest.mark.parametrize("cause", [RawCause(sip_code=480), RawCause(q850=19), RawCause(sip_code=480, q850=19)])
def test_ringing_tells_nobody_home_from_switched_off(cause: RawCause) -> None:
    assert classify(cause, rang=True) is Ending.NO_ANSWER
    assert classify(cause, rang=False) is Ending.SWITCHED_OFF


def test_sip_outranks_a_q850_cause_that_lost_the_meaning() -> None:
    assert classify(RawCause(sip_code=404, q850=19), rang=True) is Ending.NOT_WORKING


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("busy", Ending.BUSY),
        ("no-answer", Ending.NO_ANSWER),
        ("canceled", Ending.CANCELLED),
        ("failed", Ending.TECHNICAL),
        (None, Ending.TECHNICAL),
    ],
)
def test_a_status_word_is_the_last_resort(status: str | None, ending: Ending) -> None:
    assert classify(RawCause(status=status), rang=False) is ending


@pytest.mark.parametrize("q850", [16, 0, 41])
def test_an_answered_call_was_a_conversation_whatever_its_cause(q850: int) -> None:
    cause = RawCause(q850=q850)
    assert classify(cause, rang=True, answered=True) is Ending.HUNG_UP_BY_RESPONDENT
    assert classify(cause, rang=True, answered=True, hung_up_by_us=True) is Ending.HUNG_UP_BY_US


def test_giving_up_before_the_answer_is_taking_the_call_back() -> None:
    assert classify(RawCause(sip_code=487), rang=True, hung_up_by_us=True) is Ending.CANCELLED


def test_a_failure_of_the_network_costs_no_attempt() -> None:
    assert not counts_as_attempt(Ending.TECHNICAL, rang=True)


def test_a_call_taken_back_costs_an_attempt_only_if_it_rang() -> None:
    assert counts_as_attempt(Ending.CANCELLED, rang=True)
    assert not counts_as_attempt(Ending.CANCELLED, rang=False)


@pytest.mark.parametrize("ending", sorted(set(Ending) - {Ending.TECHNICAL, Ending.CANCELLED}))
def test_every_other_ending_costs_an_attempt(ending: Ending) -> None:
    assert counts_as_attempt(ending, rang=False)
