"""An attempt follows what the network reports, however it comes in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.dialing.calls import apply_events, attempts_of, deliver_events, last_attempt, order_of, place_call
from app.dialing.models import Attempt, Case
from app.staffing.domain import PresenceState
from app.staffing.service import enter, presence_of
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.gateway import Gateway, UnconfiguredGateway
from app.telephony.scripted import ScriptedNetwork
from tests.callers import NUMBERS, Caller

INITIATED, RINGING = CallEventKind.INITIATED, CallEventKind.RINGING
ANSWERED, ENDED = CallEventKind.ANSWERED, CallEventKind.ENDED
Dial = Callable[[Gateway], None]


@pytest.fixture
def attempt(ana_calls: Caller, case: Case) -> Attempt:
    return ana_calls.dial(ana_calls.take())


@pytest.fixture
def dial(make_session: SessionFactory, ana_calls: Caller, attempt: Attempt) -> Dial:
    """Ask a network to place the call."""
    order = order_of(ana_calls.session, attempt, ana_calls.survey.vault)

    def dial(gateway: Gateway) -> None:
        place_call(make_session, gateway, order, now=ana_calls.at)
        ana_calls.session.refresh(attempt)

    return dial


def event(
    attempt: Attempt, number: int, kind: CallEventKind, *, at: datetime, ending: Ending | None = None
) -> CallEvent:
    return CallEvent(attempt.id, number, kind, at, ending)


def test_the_attempt_is_written_before_anyone_dials(attempt: Attempt, ana_calls: Caller) -> None:
    assert (attempt.state, attempt.requested_at, attempt.match) == ("requested", ana_calls.at, "full")
    assert attempt.outcome is None


def test_the_network_gets_the_number_and_ours(attempt: Attempt, dial: Dial, network: ScriptedNetwork) -> None:
    dial(network)
    assert (network.placed, network.numbers) == ([attempt.id], [f"+86{NUMBERS[0]}"])


def test_a_call_is_followed_to_its_end(attempt: Attempt, ana_calls: Caller) -> None:
    ana_calls.report(attempt, INITIATED, RINGING, ANSWERED)
    assert attempt.state == "talking"
    ana_calls.report(attempt, INITIATED, RINGING, ANSWERED, ENDED, ending=Ending.HUNG_UP_BY_RESPONDENT)
    assert (attempt.state, attempt.ending) == ("ended", "hung_up_by_respondent")
    assert attempt.rang_at == attempt.answered_at == attempt.ended_at == ana_calls.at
    assert attempt.provisional_outcome is None


def test_an_ending_without_a_conversation_suggests_its_outcome(attempt: Attempt, ana_calls: Caller) -> None:
    ana_calls.report(attempt, RINGING, ENDED, ending=Ending.NO_ANSWER)
    assert (attempt.provisional_outcome, attempt.outcome) == ("no_answer", None)


def test_what_is_reported_twice_counts_once(attempt: Attempt, ana_calls: Caller) -> None:
    ringing = event(attempt, 1, RINGING, at=ana_calls.at)
    again = event(attempt, 1, RINGING, at=ana_calls.at + timedelta(minutes=1))
    assert apply_events(ana_calls.session, [ringing], now=ana_calls.at) == 1
    assert apply_events(ana_calls.session, [again], now=ana_calls.at) == 0
    assert attempt.rang_at == ana_calls.at


def test_a_late_report_fills_a_gap_and_never_moves_a_call_back(attempt: Attempt, ana_calls: Caller) -> None:
    before = ana_calls.at - timedelta(seconds=20)
    last = event(attempt, 3, ENDED, at=ana_calls.at, ending=Ending.HUNG_UP_BY_RESPONDENT)
    apply_events(ana_calls.session, [last], now=ana_calls.at)
    apply_events(ana_calls.session, [event(attempt, 2, ANSWERED, at=before)], now=ana_calls.at)
    assert (attempt.state, attempt.answered_at, attempt.ended_at) == ("ended", before, ana_calls.at)


def test_a_batch_in_the_wrong_order_is_put_right(attempt: Attempt, ana_calls: Caller) -> None:
    ended = event(attempt, 3, ENDED, at=ana_calls.at, ending=Ending.NO_ANSWER)
    apply_events(ana_calls.session, [ended, event(attempt, 1, RINGING, at=ana_calls.at)], now=ana_calls.at)
    assert (attempt.state, attempt.rang_at) == ("ended", ana_calls.at)


def test_a_call_that_no_network_takes_is_a_technical_failure(
    attempt: Attempt, dial: Dial, ana_calls: Caller, *, case: Case
) -> None:
    dial(UnconfiguredGateway())
    assert (attempt.state, attempt.ending, attempt.provisional_outcome) == ("ended", "technical", "technical")
    assert attempt.reason == "No telephone provider is configured."
    ana_calls.code(case, "technical")
    assert (case.state, case.attempts_counted) == ("waiting", 0)


def test_the_desk_moves_with_the_line(attempt: Attempt, ana_calls: Caller, case: Case) -> None:
    presence = presence_of(ana_calls.session, ana_calls.person.id, now=ana_calls.at)
    presence.case_id = case.id
    enter(ana_calls.session, presence, PresenceState.DIALLING, now=ana_calls.at)
    ana_calls.report(attempt, RINGING)
    assert presence.state == "dialling"
    ana_calls.report(attempt, RINGING, ANSWERED)
    assert presence.state == "talking"
    ana_calls.report(attempt, RINGING, ANSWERED, ENDED, ending=Ending.HUNG_UP_BY_RESPONDENT)
    assert presence.state == "wrap_up"


def test_a_desk_that_has_gone_on_is_left_alone(attempt: Attempt, ana_calls: Caller) -> None:
    ana_calls.report(attempt, RINGING, ANSWERED)
    assert presence_of(ana_calls.session, ana_calls.person.id, now=ana_calls.at).state == "off"


def test_what_the_network_has_to_tell_is_fetched(
    attempt: Attempt, dial: Dial, make_session: SessionFactory, *, network: ScriptedNetwork, now: datetime
) -> None:
    assert deliver_events(make_session, network, now=now) == 0
    dial(network)
    network.let_answer(attempt.id, at=now)
    assert deliver_events(make_session, network, now=now) == 3


def test_one_call_after_the_other(attempt: Attempt, ana_calls: Caller, case: Case) -> None:
    with pytest.raises(ConflictError, match="no outcome yet"):
        ana_calls.dial(case)
    with pytest.raises(ConflictError, match="still open"):
        ana_calls.code(case, "no_answer")
    with pytest.raises(ConflictError, match="no outcome yet"):
        ana_calls.give_back(case)


def test_without_a_call_there_is_nothing_to_code(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    with pytest.raises(ConflictError, match="dial first"):
        ana_calls.code(case, "no_answer")
    assert last_attempt(ana_calls.session, case.id) is None


def test_a_coded_call_is_coded_once_and_the_newest_comes_first(ana_calls: Caller, case: Case) -> None:
    first = ana_calls.call(ana_calls.take(), Ending.BUSY, rings=False)
    ana_calls.code(case, "busy")
    with pytest.raises(ConflictError, match="dial first"):
        ana_calls.code(case, "complete")
    ana_calls.wait(timedelta(minutes=25))
    second = ana_calls.dial(ana_calls.take())
    assert attempts_of(ana_calls.session, case.id) == [second, first]


def test_nobody_is_dialled_outside_their_calling_hours(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    ana_calls.at += timedelta(hours=11, minutes=1)  # a minute past nine in the evening: taken in time
    ana_calls.call(case, Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    ana_calls.at += timedelta(minutes=2)
    with pytest.raises(ConflictError, match="not allowed at this hour"):
        ana_calls.dial(case)
