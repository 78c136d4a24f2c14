"""A supervisor's own call comes to the interviewer's room unheard, coaches, breaks in and leaves."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import select
from twilio.http.response import Response

from app.core.errors import ConflictError
from app.dialing.models import Attempt
from app.telephony.emulator.rooms import LegState
from app.telephony.emulator.speech import Utterance, UtteranceKind
from app.telephony.gateway import GatewayError
from app.telephony.lines import open_line, room_of
from app.telephony.models import EmulatedLeg
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.legs import make_ticket
from app.telephony.monitoring.models import Monitoring
from app.telephony.monitoring.monitor import Leg
from app.telephony.requests import find_request
from app.telephony.twilio.rooms import VOICE_PATH, identity_of
from tests.integration.telephony.phone import Phone


@dataclass
class Room:
    """An interviewer's room with a respondent in it, and a supervisor who calls in."""

    phone: Phone
    interviewer_id: int
    supervisor_id: int
    attempt_id: int
    interviewer: str = ""
    respondent: str = ""

    @property
    def name(self) -> str:
        return room_of(self.interviewer_id)

    def call_in(self, person_id: int, ticket: str) -> str:
        address = self.phone.settings.public_base_url + VOICE_PATH
        call_id = self.phone.exchange.rooms.call_in(identity_of(person_id), address, {"ticket": ticket})
        self.phone.carrier().serve_rooms(now=self.phone.clock())
        return call_id

    def ask(self) -> str:
        ticket, key = make_ticket()
        now = self.phone.clock()
        row = Monitoring(
            person_id=self.supervisor_id, interviewer_id=self.interviewer_id, attempt_id=self.attempt_id,
            campaign_id=self.phone.session.get_one(Attempt, self.attempt_id).campaign_id, room=self.name,
            mode=MonitorMode.LISTENING, ticket_hash=key, asked_at=now, seen_at=now,
        )  # fmt: skip
        self.phone.session.add(row)
        self.phone.session.flush()
        return ticket

    def listen(self) -> Leg:
        given = self.phone.gateway.listen(self.supervisor_id, self.ask())
        call_id = self.call_in(self.supervisor_id, given["ticket"])
        row = self.phone.session.scalars(select(Monitoring).where(Monitoring.call_id == call_id)).one()
        assert row.joined_at == self.phone.clock()
        return Leg(call_id, row.conference_id or "", self.interviewer)

    def hears(self, call_id: str) -> set[str]:
        names = {self.interviewer: "interviewer", self.respondent: "respondent"}
        heard_by = self.phone.exchange.rooms.heard_by(call_id, self.name, now=self.phone.clock())
        return {names.get(one, "supervisor") for one in heard_by}


@pytest.fixture
def room(phone: Phone, interviewer_id: int, supervisor_id: int, make_attempt: Callable[[], int]) -> Room:
    room = Room(phone, interviewer_id, supervisor_id, 0)
    room.interviewer = room.call_in(interviewer_id, open_line(phone.session, interviewer_id, now=phone.clock()))
    room.attempt_id = phone.reach(make_attempt, room=room.name)
    request = find_request(phone.session, room.attempt_id)
    assert request is not None
    room.respondent = request.call_id or ""
    return room


def test_a_listener_hears_both_and_is_heard_by_nobody(room: Room) -> None:
    leg = room.listen()
    assert room.hears(leg.call_id) == set()
    assert room.hears(room.respondent) == {"interviewer", "supervisor"}
    assert room.hears(room.interviewer) == {"respondent", "supervisor"}


def test_on_the_emulated_network_a_listener_reads_what_is_said_until_the_respondent_is_held(room: Room) -> None:
    leg, label = room.listen(), str(room.attempt_id)
    room.phone.exchange.say(label, Utterance("yue", UtteranceKind.GREETING), now=room.phone.clock())
    heard = room.phone.exchange.heard_by
    assert heard(leg.call_id, label, now=room.phone.clock()) == room.phone.exchange.captions(label) != []
    room.phone.gateway.hold(attempt_id=room.attempt_id, is_held=True)
    assert heard(leg.call_id, label, now=room.phone.clock()) == []
    assert heard("CA-of-a-stranger", label, now=room.phone.clock()) == []


def test_each_mode_is_a_change_of_the_same_call(room: Room) -> None:
    leg = room.listen()
    heard = []
    for mode in (MonitorMode.COACHING, MonitorMode.BREAKING_IN, MonitorMode.LISTENING):
        room.phone.gateway.change_mode(leg, mode)
        heard.append(room.hears(leg.call_id))
    assert heard == [{"interviewer"}, {"interviewer", "respondent"}, set()]


def test_a_held_respondent_does_not_hear_who_breaks_in(room: Room) -> None:
    leg = room.listen()
    room.phone.gateway.change_mode(leg, MonitorMode.BREAKING_IN)
    room.phone.gateway.hold(attempt_id=room.attempt_id, is_held=True)
    assert room.hears(leg.call_id) == {"interviewer"}


def test_leaving_ends_the_supervisors_call_alone(room: Room) -> None:
    leg = room.listen()
    for _ in range(2):
        room.phone.gateway.stop_listening(leg.call_id)
        room.phone.carrier().serve_rooms(now=room.phone.clock())
    session = room.phone.session
    states = {
        one: session.get_one(EmulatedLeg, one, populate_existing=True).state for one in (leg.call_id, room.interviewer)
    }
    assert states == {leg.call_id: LegState.OVER, room.interviewer: LegState.IN}
    assert room.hears(room.respondent) == {"interviewer"}


@pytest.mark.parametrize("status", [401, 429, 500])
def test_only_a_call_that_is_over_counts_as_ended(room: Room, status: int) -> None:
    leg = room.listen()
    room.phone.weather.answers = Response(status, f'{{"code": 20{status}, "message": "no", "status": {status}}}')
    with pytest.raises(GatewayError):
        room.phone.gateway.stop_listening(leg.call_id)


def test_whoever_has_left_changes_nothing_any_more(room: Room) -> None:
    leg = room.listen()
    room.phone.exchange.rooms.leave(leg.call_id)
    with pytest.raises(ConflictError, match="no longer in this call"):
        room.phone.gateway.change_mode(leg, MonitorMode.BREAKING_IN)


def test_a_coach_whose_interviewer_is_away_is_refused_for_now(room: Room) -> None:
    leg = room.listen()
    room.phone.exchange.rooms.leave(room.interviewer)
    with pytest.raises(GatewayError, match="not in the room") as refused:
        room.phone.gateway.change_mode(leg, MonitorMode.COACHING)
    assert not refused.value.permanent
    assert room.hears(leg.call_id) == set()


def test_a_lost_answer_leaves_the_mode_uncertain(room: Room) -> None:
    leg = room.listen()
    room.phone.weather.fails_after = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError) as lost:
        room.phone.gateway.change_mode(leg, MonitorMode.BREAKING_IN)
    assert lost.value.is_uncertain


def test_a_providers_failure_is_uncertain_as_well(room: Room) -> None:
    leg = room.listen()
    room.phone.weather.answers = Response(503, '{"code": 20503, "message": "busy"}')
    with pytest.raises(GatewayError) as failed:
        room.phone.gateway.change_mode(leg, MonitorMode.COACHING)
    assert failed.value.is_uncertain


def test_a_ticket_lets_its_own_browser_in_and_once(room: Room) -> None:
    ticket = room.ask()
    legs = [room.call_in(person_id, ticket) for person_id in (room.interviewer_id, room.supervisor_id)]
    states = [room.phone.session.get_one(EmulatedLeg, leg, populate_existing=True).state for leg in legs]
    assert states == [LegState.OVER, LegState.OVER]  # a stranger has spoilt it
