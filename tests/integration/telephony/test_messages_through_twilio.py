"""Messages go out through Twilio's own library, are reported with signed callbacks, and people write back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.http.response import Response

from app.audit.models import AuditEntry
from app.core.db import Base, SessionFactory
from app.core.privacy import Vault
from app.core.settings import Settings
from app.main import Wiring, create_app
from app.sampling.contacts import wants_no_messages
from app.telephony.emulator.carrier import Answer
from app.telephony.emulator.draws import keyed_random
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.messages import UNDELIVERED, EmulatedTwilioWithMessages, MessageCarrier, MessageCentre
from app.telephony.emulator.population import load_population
from app.telephony.messages import MessageError, MessageOrder, MessageProblem, MessageState
from app.telephony.models import EmulatedMessage, InboundMessage, MessageReportRow, MessageRequest
from app.telephony.outbox import doubtful_messages
from app.telephony.twilio.account import emulated_account, open_client
from app.telephony.twilio.messages import INBOUND_PATH, TwilioMessages
from tests.integration.telephony.conftest import _insert_row
from tests.stage import SetClock

MOBILE, LANDLINE = "+8613985012345", "+8677112345678"
MINUTE = timedelta(minutes=1)


class Weather(EmulatedTwilioWithMessages):
    """The emulated interface on a bad day: it loses one answer, or fails once before it acts."""

    loses: Exception | None = None
    answers: Response | None = None

    def request(self, method: str, url: str, **sent: Any) -> Response:  # type: ignore[override]
        answer, self.answers = self.answers, None
        if answer is not None:
            return answer
        reply = super().request(method, url, **sent)
        lost, self.loses = self.loses, None
        if lost is not None:
            raise lost
        return reply


@dataclass
class Post:
    """The sender under test, the network behind it, and what carries its reports to us."""

    gateway: TwilioMessages
    weather: Weather
    carrier: MessageCarrier
    client: TestClient
    session: Session
    vault: Vault
    clock: SetClock
    notice_id: int

    def send(self, number: str = MOBILE) -> None:
        order = MessageOrder(self.notice_id, number, "077112340", "某调查中心将致电。")
        self.gateway.send_message(order, now=self.clock())

    def report(self, after: timedelta = MINUTE) -> None:
        self.carrier.deliver(now=self.clock.advance(after))
        self.session.expire_all()

    def request(self) -> MessageRequest:
        return self.session.get_one(MessageRequest, self.notice_id, populate_existing=True)

    def sent(self) -> int:
        return len(self.session.scalars(select(EmulatedMessage)).all())


@pytest.fixture
def post(settings: Settings, make_session: SessionFactory, session: Session, vault: Vault, clock: SetClock) -> Post:
    account = emulated_account(settings)
    people = Exchange(make_session, load_population(), vault=vault, seed=1, area_shares=lambda _number: ())
    centre = MessageCentre(make_session, vault, 1, lambda number: number != LANDLINE)
    weather = Weather(people, account, clock, centre=centre)
    base = settings.public_base_url
    gateway = TwilioMessages(make_session, open_client(account, weather), public_base_url=base)
    client = TestClient(create_app(settings, wiring=Wiring(clock=clock, make_session=make_session, messages=gateway)))

    def deliver(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Answer(client.post(target, content=body, headers=dict(headers)).status_code)

    carrier = MessageCarrier(centre, account, deliver, inbound_url=base + INBOUND_PATH)
    notice = _insert_row(session, Base.metadata.tables["notice"], clock())
    return Post(gateway, weather, carrier, client, session, vault, clock, int(notice["id"]))


def test_a_message_is_sent_and_reported_to_its_end(post: Post) -> None:
    post.send()
    assert post.request().state == MessageState.ACCEPTED
    post.report()
    assert post.request().state == MessageState.DELIVERED
    statuses = post.session.scalars(select(MessageReportRow.status).order_by(MessageReportRow.id)).all()
    assert list(statuses) == ["sent", "delivered"]


def test_the_same_message_is_asked_for_once(post: Post) -> None:
    post.send()
    post.send()
    assert post.sent() == 1


@pytest.mark.parametrize(("number", "problem"), [(LANDLINE, MessageProblem.LANDLINE), ("+86", MessageProblem.NUMBER)])
def test_a_number_that_takes_no_messages_is_refused_for_good(post: Post, number: str, problem: MessageProblem) -> None:
    with pytest.raises(MessageError) as refusal:
        post.send(number)
    assert (refusal.value.permanent, refusal.value.problem) == (True, problem)
    assert (post.request().state, post.request().problem) == (MessageState.FAILED, problem)


def test_an_answer_that_got_lost_leaves_it_open_and_asking_finds_the_message(post: Post) -> None:
    post.weather.loses = requests.exceptions.ReadTimeout()
    with pytest.raises(MessageError) as failure:
        post.send()
    assert failure.value.is_uncertain
    assert post.request().state == MessageState.UNKNOWN
    post.clock.advance(MINUTE)
    assert doubtful_messages(post.session, now=post.clock()) == [post.notice_id]
    post.gateway.ask_about(MessageOrder(post.notice_id, MOBILE, "", ""), now=post.clock())
    assert (post.request().state, post.sent()) == (MessageState.DELIVERED, 1)


def test_a_message_that_nobody_knows_was_never_sent(post: Post) -> None:
    post.weather.answers = Response(503, '{"code": 20500, "message": "Internal", "status": 503}')
    with pytest.raises(MessageError):
        post.send()
    post.clock.advance(5 * MINUTE)
    post.gateway.ask_about(MessageOrder(post.notice_id, MOBILE, "", ""), now=post.clock())
    assert (post.request().state, post.sent()) == (MessageState.FAILED, 0)


def test_a_busy_provider_may_be_asked_again(post: Post) -> None:
    post.weather.answers = Response(429, '{"code": 20429, "message": "Too many", "status": 429}')
    with pytest.raises(MessageError) as refusal:
        post.send()
    assert not refusal.value.permanent
    post.send()
    assert (post.request().state, post.sent()) == (MessageState.ACCEPTED, 1)


def test_a_report_that_is_not_signed_is_refused(post: Post) -> None:
    post.send()
    form = {"MessageSid": post.request().provider_id or "", "MessageStatus": "delivered"}
    path = f"/api/v1/telephony/twilio/messages?message={post.notice_id}"
    assert post.client.post(path, data=form, headers={"X-Twilio-Signature": "guess"}).status_code == 403
    assert post.client.post(INBOUND_PATH, data={"From": MOBILE, "Body": "TD"}).status_code == 403
    assert post.session.scalars(select(MessageReportRow)).all() == []


def reply(post: Post, words: str, name: str) -> None:
    """Let the person write back, as the network carries it."""
    form = {"MessageSid": name, "From": MOBILE, "To": "077112340", "Body": words}
    post.carrier._send(post.carrier._inbound_url, form)
    post.session.expire_all()


def test_whoever_writes_td_gets_no_more_messages(post: Post) -> None:
    reply(post, "TD", "SM1")
    reply(post, "TD", "SM1")
    assert wants_no_messages(post.session, post.vault.fingerprint(MOBILE))
    assert post.session.scalars(select(InboundMessage.meaning)).all() == ["no_messages"]
    assert post.session.scalars(select(AuditEntry.act)).all().count("contact_preference.changed") == 1


def test_a_wish_can_be_taken_back_and_other_words_change_nothing(post: Post) -> None:
    reply(post, "退订", "SM1")
    reply(post, "你是谁", "SM2")
    assert wants_no_messages(post.session, post.vault.fingerprint(MOBILE))
    reply(post, "恢复", "SM3")
    assert not wants_no_messages(post.session, post.vault.fingerprint(MOBILE))


def test_the_network_itself_refuses_who_has_stopped(post: Post) -> None:
    post.send()
    row = post.session.scalars(select(EmulatedMessage)).one()
    row.timeline = [*row.timeline, [post.clock().isoformat(), "reply", ""]]
    post.session.flush()
    other = _insert_row(post.session, Base.metadata.tables["notice"], post.clock())
    with pytest.raises(MessageError) as refusal:
        post.gateway.send_message(MessageOrder(int(other["id"]), MOBILE, "077112340", "x"), now=post.clock())
    assert refusal.value.problem is MessageProblem.OPTED_OUT


def number_that_gets_nothing() -> str:
    """Return a number whose message the network draws as lost, as the emulator does."""
    numbers = (f"+86139850{tail:05d}" for tail in range(1_000))
    return next(number for number in numbers if _draws_lost(number))


def _draws_lost(number: str) -> bool:
    chance = keyed_random(1, "message", number, 0)
    chance.uniform(3, 20)
    return chance.random() < UNDELIVERED


def test_a_message_that_the_network_gives_up_says_so_with_its_code(post: Post) -> None:
    post.send(number_that_gets_nothing())
    post.report()
    assert (post.request().state, post.request().code) == (MessageState.UNDELIVERED, "30003")
