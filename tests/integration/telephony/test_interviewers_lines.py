"""An interviewer's own telephone calls in, waits in its room, breaks off and comes back; respondents join it there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import SessionFactory
from app.dialing.calls import end_forsaken
from app.telephony.domain import Ending
from app.telephony.emulator.rooms import LegState
from app.telephony.lines import LineState, close_line, deserted_attempts, line_of, open_line
from app.telephony.models import EmulatedLeg, LineReport
from app.telephony.requests import stuck_requests
from app.telephony.twilio.rooms import VOICE_PATH, identity_of
from tests.integration.telephony.phone import Phone

SECOND = timedelta(seconds=1)


class Headset:
    """The browser of one interviewer on the emulated network."""

    def __init__(self, phone: Phone, person_id: int) -> None:
        self.phone, self.person_id = phone, person_id
        self.address = phone.settings.public_base_url + VOICE_PATH

    def ticket(self) -> str:
        return open_line(self.phone.session, self.person_id, now=self.phone.clock())

    def call_in(self, ticket: str, *, identity: str | None = None) -> str:
        rooms = self.phone.exchange.rooms
        call_id = rooms.call_in(identity or identity_of(self.person_id), self.address, {"ticket": ticket})
        self.phone.carrier().serve_rooms(now=self.phone.clock())
        return call_id

    def leg(self, call_id: str) -> EmulatedLeg:
        return self.phone.session.get_one(EmulatedLeg, call_id, populate_existing=True)

    def state(self) -> str | None:
        line = line_of(self.phone.session, self.person_id)
        return line.state if line else None


@pytest.fixture
def headset(phone: Phone, interviewer_id: int) -> Headset:
    return Headset(phone, interviewer_id)


def test_a_browser_with_a_ticket_waits_in_its_own_room(headset: Headset) -> None:
    call_id = headset.call_in(headset.ticket())
    leg = headset.leg(call_id)
    assert (leg.state, leg.room) == (LegState.IN, f"interviewer-{headset.person_id}")
    assert headset.state() == LineState.OPEN


@pytest.mark.parametrize("ticket", ["", "made up"])
def test_a_browser_without_a_ticket_is_not_answered(headset: Headset, ticket: str) -> None:
    headset.ticket()
    assert headset.leg(headset.call_in(ticket)).state == LegState.OVER
    assert headset.state() == LineState.ASKED


def test_a_ticket_is_good_for_one_call_and_for_a_minute(headset: Headset) -> None:
    ticket = headset.ticket()
    headset.call_in(ticket)
    assert headset.leg(headset.call_in(ticket)).state == LegState.OVER
    late = headset.ticket()
    headset.phone.clock.advance(61 * SECOND)
    assert headset.leg(headset.call_in(late)).state == LegState.OVER


def test_a_ticket_is_of_no_use_to_another_browser(headset: Headset) -> None:
    call_id = headset.call_in(headset.ticket(), identity="op_999999")
    assert headset.leg(call_id).state == LegState.OVER
    assert headset.state() != LineState.OPEN


def test_a_browser_that_breaks_off_loses_its_line_and_gets_another(headset: Headset) -> None:
    call_id = headset.call_in(headset.ticket())
    headset.phone.exchange.rooms.leave(call_id)
    headset.phone.carrier().serve_rooms(now=headset.phone.clock())
    assert headset.state() == LineState.LOST
    headset.call_in(headset.ticket())
    assert headset.state() == LineState.OPEN


def test_a_line_that_is_closed_is_not_lost_afterwards(headset: Headset) -> None:
    call_id = headset.call_in(headset.ticket())
    close_line(headset.phone.session, headset.person_id, now=headset.phone.clock())
    headset.phone.gateway.close_line(call_id)
    headset.phone.carrier().serve_rooms(now=headset.phone.clock())
    assert headset.state() == LineState.CLOSED


def test_the_network_tells_each_coming_and_going_once(headset: Headset) -> None:
    call_id = headset.call_in(headset.ticket())
    headset.phone.exchange.rooms.leave(call_id)
    for _ in range(3):
        headset.phone.carrier().serve_rooms(now=headset.phone.clock())
    told = headset.phone.session.scalars(select(LineReport.event).order_by(LineReport.id)).all()
    assert told == ["joined", "left"]


def test_a_late_arrival_does_not_open_a_line_that_was_left(headset: Headset) -> None:
    phone, form = headset.phone, {"CallSid": "CA1", "FriendlyName": "room"}
    ticket = headset.ticket()
    phone.post_signed(VOICE_PATH, {**form, "From": f"client:{identity_of(headset.person_id)}", "ticket": ticket})
    for event in ("participant-leave", "participant-join"):
        assert phone.post_signed("/api/v1/telephony/twilio/rooms", {**form, "StatusCallbackEvent": event}) == 204
    assert headset.state() == LineState.LOST


@pytest.mark.parametrize("path", [VOICE_PATH, "/api/v1/telephony/twilio/rooms", "/api/v1/telephony/twilio/keys?keys=1"])
def test_what_is_not_signed_is_refused(headset: Headset, path: str) -> None:
    assert headset.phone.client.post(path, data={"CallSid": "CA1"}).status_code == 403


def test_a_call_is_forsaken_when_its_interviewer_stays_away(headset: Headset, attempt_id: int) -> None:
    phone = headset.phone
    call_id = headset.call_in(headset.ticket())
    phone.gateway.place_call(phone.order(attempt_id, room=f"interviewer-{headset.person_id}"), now=phone.clock())
    phone.exchange.rooms.leave(call_id)
    phone.carrier().serve_rooms(now=phone.clock())
    assert deserted_attempts(phone.session, now=phone.clock.advance(19 * SECOND)) == []
    assert deserted_attempts(phone.session, now=phone.clock.advance(2 * SECOND)) == [attempt_id]
    headset.call_in(headset.ticket())
    assert deserted_attempts(phone.session, now=phone.clock()) == []


def test_a_forsaken_call_is_ended_once(headset: Headset, attempt_id: int, make_session: SessionFactory) -> None:
    phone = headset.phone
    call_id = headset.call_in(headset.ticket())
    phone.gateway.place_call(phone.order(attempt_id, room=f"interviewer-{headset.person_id}"), now=phone.clock())
    phone.exchange.rooms.leave(call_id)
    phone.carrier().serve_rooms(now=phone.clock())
    now = phone.clock.advance(21 * SECOND)
    assert [end_forsaken(make_session, phone.gateway, now=now) for _ in range(2)] == [1, 0]
    phone.carrier().deliver(now=now)
    assert phone.events()[-1].ending in {Ending.CANCELLED, Ending.HUNG_UP_BY_US}


def test_a_call_that_waits_in_the_providers_queue_is_taken_back(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    assert stuck_requests(phone.session, now=phone.clock.advance(44 * SECOND)) == []
    assert stuck_requests(phone.session, now=phone.clock.advance(2 * SECOND)) == [attempt_id]
    phone.carrier().deliver(now=phone.clock())
    assert stuck_requests(phone.session, now=phone.clock()) == []
