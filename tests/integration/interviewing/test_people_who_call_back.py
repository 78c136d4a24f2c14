"""People on the emulated network miss a call, call back, obey our documents and reach an interviewer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.core.settings import Settings
from app.dialing.calls import deliver_events
from app.main import Wiring, create_app
from app.telephony.emulator.call_backs import CallBackCarrier
from app.telephony.emulator.carrier import Answer
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.figures import Population, load_population
from app.telephony.emulator.rest import EmulatedTwilio
from app.telephony.emulator.speech import Utterance, UtteranceKind
from app.telephony.inbound.models import InboundCall
from app.telephony.models import EmulatedCall
from app.telephony.twilio.account import emulated_account, open_client
from app.telephony.twilio.gateway import TwilioGateway
from app.telephony.twilio.menu import ENDED_PATH, INBOUND_PATH
from app.telephony.twilio.rooms import VOICE_PATH, identity_of
from tests.stage import SetClock, Survey

EVERYBODY = {"share": 1.0, "after_minutes": (5, 6), "wants_no_calls": 0.0, "gives_up": 0.0}


@dataclass
class Town:
    """The whole program with a network whose people all call back, one interviewer at a desk, and a clock."""

    client: TestClient
    exchange: Exchange
    carrier: CallBackCarrier
    gateway: TwilioGateway
    session: Session
    make_session: SessionFactory
    clock: SetClock

    def desk(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        reply = self.client.post(f"/api/v1/desk/{path}", json=body)
        assert reply.is_success, reply.text
        return dict(reply.json()) if reply.content else {}

    def pass_time(self, **length: float) -> None:
        self.clock.advance(timedelta(**length))
        self.carrier.serve_rooms(now=self.clock())
        self.carrier.serve_callers(now=self.clock())
        self.carrier.deliver(now=self.clock())
        deliver_events(self.make_session, self.gateway, now=self.clock())

    def put_headset_on(self, person: Person) -> None:
        ticket = str(self.desk("line")["ticket"])
        self.exchange.rooms.call_in(
            identity_of(person.id), f"{self.client.base_url}".rstrip("/") + VOICE_PATH, {"ticket": ticket}
        )

    def miss_a_call(self) -> None:
        """Dial the next case, and take the call back while it rings."""
        self.desk("next-case")
        attempt_id = self.desk("dial")["attempt_id"]
        self.clock.at = self.exchange.settling(str(attempt_id))[-1].at - timedelta(seconds=1)
        self.desk("hang-up")
        self.pass_time(seconds=2)
        self.desk("outcome", {"code": "no_answer"})

    def call(self) -> InboundCall:
        return self.session.scalars(select(InboundCall).execution_options(populate_existing=True)).one()

    def wait_for(self, result: str) -> InboundCall:
        for _ in range(120):
            self.pass_time(seconds=5)
            found = self.session.scalars(select(InboundCall).execution_options(populate_existing=True)).first()
            if found is not None and found.result == result:
                return found
        raise LookupError(result)


def people(**call_back: object) -> Population:
    base = load_population()
    figures = {**EVERYBODY, **call_back}
    never_off = {"not_working": 0.0, "switched_off": 0.0, "busy": 0.0, "technical": 0.0}
    return Population.model_validate({**base.model_dump(), "call_back": figures, "line": never_off})


@pytest.fixture
def town(
    settings: Settings, make_session: SessionFactory, session: Session, vault: Vault, clock: SetClock,
    survey: Survey, ana: Person, password: str,
) -> Town:  # fmt: skip
    survey.add_numbers(("13977112345", "450100", ""))
    mix = (("yue", 1.0),)
    exchange = Exchange(make_session, people(), vault=vault, seed=1, area_shares=lambda _number: mix)
    account = emulated_account(settings)
    twilio = open_client(account, EmulatedTwilio(exchange, account, clock))
    base_url = settings.public_base_url
    gateway = TwilioGateway(make_session, twilio, public_base_url=base_url, calls_per_second=0)
    wiring = Wiring(clock=clock, make_session=make_session, gateway=gateway)
    client = TestClient(create_app(settings, wiring=wiring), base_url=base_url)

    def post(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(address)
        reply = client.post(f"{parts.path}?{parts.query}", content=body, headers=dict(headers))
        return Answer(reply.status_code, reply.content)

    inbound, ended = base_url + INBOUND_PATH, base_url + ENDED_PATH
    carrier = CallBackCarrier(exchange, account, post, inbound_url=inbound, ended_url=ended)
    assert client.post("/api/v1/sessions", json={"login": ana.login, "password": password}).status_code == 201
    town = Town(client, exchange, carrier, gateway, session, make_session, clock)
    town.desk("ready", {"campaign_id": survey.campaign.id})
    town.put_headset_on(ana)
    town.pass_time(seconds=1)
    return town


def test_somebody_who_missed_a_call_reaches_an_interviewer(town: Town, ana: Person) -> None:
    town.miss_a_call()
    call = town.wait_for("connected")
    assert call.lect == "yue"
    for _ in range(4):
        town.pass_time(seconds=5)
    desk = town.client.get("/api/v1/desk").json()
    assert (desk["state"], desk["call"]["state"]) == ("talking", "talking")
    reply = town.exchange.say(str(call.attempt_id), Utterance("yue", UtteranceKind.GREETING), now=town.clock())
    assert reply.misread is None


def test_the_call_is_held_and_hung_up_like_any_other(town: Town) -> None:
    town.miss_a_call()
    call = town.wait_for("connected")
    for _ in range(4):
        town.pass_time(seconds=5)
    town.desk("hold", {"is_held": True})
    emulated = town.session.get_one(EmulatedCall, call.call_id, populate_existing=True)
    assert emulated.state["held"]
    town.desk("hold", {"is_held": False})
    town.desk("hang-up")
    town.pass_time(seconds=1)
    assert town.client.get("/api/v1/desk").json()["state"] == "wrap_up"
    assert town.call().ended_at is not None


def test_without_a_free_interviewer_they_choose_a_time(town: Town) -> None:
    town.miss_a_call()
    town.desk("break")
    call = town.wait_for("booked")
    assert call.ended_at is None
    town.pass_time(seconds=15)
    assert town.call().ended_at is not None


def test_nobody_calls_back_twice(town: Town) -> None:
    town.miss_a_call()
    town.wait_for("connected")
    town.pass_time(hours=3)
    assert town.exchange.callers.take_moves(now=town.clock()) == []
