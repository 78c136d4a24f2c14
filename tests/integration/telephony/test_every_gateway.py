"""What every gateway keeps to, whoever dials: the provider's network, or an interviewer by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import pytest
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.telephony.domain import CallEvent, CallEventKind, CallState, Ending, Seen, state_after
from app.telephony.gateway import CallOrder, Gateway, GatewayError
from app.telephony.manual import ManualGateway
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg
from app.telephony.service import record_events
from tests.integration.telephony.phone import Phone
from tests.stage import SetClock

MakeAttempt = Callable[[], int]
GONE = Leg(f"CA{'0' * 32}", f"CF{'0' * 32}", f"CA{'1' * 32}")


class Way(Protocol):
    """A gateway, and how the far side of its calls is moved."""

    @property
    def gateway(self) -> Gateway: ...

    def reach(self) -> int: ...

    def settle(self, attempt_id: int) -> list[CallEvent]: ...


@dataclass
class ByNetwork:
    """Twilio's gateway on the emulated network."""

    phone: Phone
    make_attempt: MakeAttempt

    @property
    def gateway(self) -> Gateway:
        return self.phone.gateway

    def reach(self) -> int:
        return self.phone.reach(self.make_attempt)

    def settle(self, attempt_id: int) -> list[CallEvent]:
        self.phone.carrier().deliver(now=self.phone.clock())
        due = self.gateway.events_due(now=self.phone.clock(), attempt_id=attempt_id)
        return record_events(self.phone.session, due, now=self.phone.clock())


@dataclass
class ByHand:
    """Interviewers dial on their desks."""

    gateway: Gateway
    session: Session
    clock: SetClock
    make_attempt: MakeAttempt

    def reach(self) -> int:
        attempt_id = self.make_attempt()
        self.gateway.place_call(order(attempt_id), now=self.clock())
        self.gateway.tell(attempt_id=attempt_id, seen=Seen.ANSWERED, now=self.clock())
        self.settle(attempt_id)
        return attempt_id

    def settle(self, attempt_id: int) -> list[CallEvent]:
        due = self.gateway.events_due(now=self.clock(), attempt_id=attempt_id)
        return record_events(self.session, due, now=self.clock())


def order(attempt_id: int) -> CallOrder:
    return CallOrder(attempt_id, "+8613985012345", "077112340", 30, "interviewer-1")


@pytest.fixture
def by_hand(make_session: SessionFactory, session: Session, clock: SetClock, make_attempt: MakeAttempt) -> ByHand:
    return ByHand(ManualGateway(make_session), session, clock, make_attempt)


@pytest.fixture(params=["network", "hand"])
def way(request: pytest.FixtureRequest, phone: Phone, by_hand: ByHand, make_attempt: MakeAttempt) -> Way:
    return ByNetwork(phone, make_attempt) if request.param == "network" else by_hand


def kinds(events: Sequence[CallEvent]) -> list[CallEventKind]:
    return [event.kind for event in events]


def test_asking_twice_for_one_attempt_dials_once(way: Way, make_attempt: MakeAttempt, clock: SetClock) -> None:
    attempt_id = make_attempt()
    for _ in range(2):
        way.gateway.place_call(order(attempt_id), now=clock())
    clock.advance(timedelta(seconds=1))
    assert kinds(way.settle(attempt_id)) == [CallEventKind.INITIATED]


def test_an_event_comes_once_when_it_is_recorded(way: Way, clock: SetClock) -> None:
    attempt_id = way.reach()
    assert way.settle(attempt_id) == []
    assert way.gateway.events_due(now=clock(), attempt_id=attempt_id) == []


def test_hanging_up_on_somebody_is_our_ending_and_twice_no_error(way: Way, clock: SetClock) -> None:
    attempt_id = way.reach()
    for _ in range(2):
        way.gateway.hang_up(attempt_id=attempt_id, now=clock())
    assert [event.ending for event in way.settle(attempt_id)] == [Ending.HUNG_UP_BY_US]


def test_a_call_that_is_taken_back_was_answered_by_nobody(way: Way, make_attempt: MakeAttempt, clock: SetClock) -> None:
    attempt_id = make_attempt()
    way.gateway.place_call(order(attempt_id), now=clock())
    way.gateway.hang_up(attempt_id=attempt_id, now=clock.advance(timedelta(seconds=1)))
    events = way.settle(attempt_id)
    assert (state_after(events), events[-1].ending) == (CallState.ENDED, Ending.CANCELLED)


def test_a_call_that_is_over_is_not_held(way: Way, clock: SetClock) -> None:
    attempt_id = way.reach()
    way.gateway.hang_up(attempt_id=attempt_id, now=clock())
    way.settle(attempt_id)
    with pytest.raises((GatewayError, ConflictError)):
        way.gateway.hold(attempt_id=attempt_id, is_held=True)


def test_only_where_nobody_else_can_tell_is_the_interviewer_believed(way: Way, clock: SetClock) -> None:
    attempt_id = way.reach()
    if not way.gateway.is_by_hand:
        with pytest.raises(ConflictError):
            way.gateway.tell(attempt_id=attempt_id, seen=Seen.HUNG_UP, now=clock())
        return
    way.gateway.tell(attempt_id=attempt_id, seen=Seen.HUNG_UP, now=clock())
    assert [event.ending for event in way.settle(attempt_id)] == [Ending.HUNG_UP_BY_RESPONDENT]


def test_a_supervisor_is_let_in_or_told_for_good_what_to_do_instead(way: Way) -> None:
    if not way.gateway.is_by_hand:
        assert way.gateway.listen(1, "a ticket")["ticket"] == "a ticket"
        return
    for act in (lambda: way.gateway.listen(1, "a ticket"), lambda: way.gateway.change_mode(GONE, MonitorMode.COACHING)):
        with pytest.raises(GatewayError, match="Sit down beside them") as refused:
            act()
        assert refused.value.permanent


@pytest.mark.parametrize("mode", MonitorMode)
def test_whoever_is_in_no_room_is_heard_by_nobody(way: Way, mode: MonitorMode) -> None:
    with pytest.raises((GatewayError, ConflictError)):
        way.gateway.change_mode(GONE, mode)


def test_leaving_a_call_that_is_over_is_no_error(way: Way) -> None:
    way.gateway.stop_listening(GONE.call_id)


@pytest.mark.parametrize(
    ("seen", "ending", "rings"),
    [
        (Seen.BUSY, Ending.BUSY, False),
        (Seen.NO_ANSWER, Ending.NO_ANSWER, True),
        (Seen.SWITCHED_OFF, Ending.SWITCHED_OFF, False),
        (Seen.NOT_WORKING, Ending.NOT_WORKING, False),
        (Seen.REJECTED, Ending.REJECTED, True),
    ],
)
def test_every_word_has_its_ending(by_hand: ByHand, seen: Seen, ending: Ending, *, rings: bool) -> None:
    attempt_id = by_hand.make_attempt()
    by_hand.gateway.place_call(order(attempt_id), now=by_hand.clock())
    by_hand.gateway.tell(attempt_id=attempt_id, seen=seen, now=by_hand.clock())
    events = by_hand.settle(attempt_id)
    assert events[-1].ending is ending
    assert (CallEventKind.RINGING in kinds(events)) == rings


def test_whoever_tells_two_endings_is_believed_the_first_time(by_hand: ByHand) -> None:
    attempt_id = by_hand.make_attempt()
    by_hand.gateway.place_call(order(attempt_id), now=by_hand.clock())
    for seen in (Seen.BUSY, Seen.NOT_WORKING):
        by_hand.gateway.tell(attempt_id=attempt_id, seen=seen, now=by_hand.clock())
        by_hand.settle(attempt_id)
    assert by_hand.gateway.events_due(now=by_hand.clock()) == []
