"""Messages on the emulated network: it takes them as Twilio does, reports them, and some people reply."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from app.core.clock import Clock
from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.telephony.emulator.carrier import TOKEN_HEADER, TRIES, Post
from app.telephony.emulator.draws import keyed_random
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.refusals import RestError
from app.telephony.emulator.rest import CALLER_NUMBER, E164, EmulatedTwilio
from app.telephony.models import EmulatedMessage
from app.telephony.twilio.account import TwilioAccount

REPLY: Final = "reply"
STOP_WORD: Final = "TD"
UNDELIVERED: Final = 0.06
REPLIES_STOP: Final = 0.02
AT_ONCE: Final = 200
Steps = list[list[str]]  # [instant, status, error code]


@dataclass(frozen=True)
class MessageCentre:
    """What the network knows of messages; `is_mobile` tells the telephones that take any."""

    make_session: SessionFactory
    vault: Vault
    seed: int
    is_mobile: Callable[[str], bool]

    def take(self, number: str, sender: str, *, callback_url: str, now: datetime) -> str:
        """Take a message on, decide its whole course, and return its name; raises RestError."""
        if not E164.fullmatch(number):
            raise RestError(HTTPStatus.BAD_REQUEST, 21211, f"Invalid 'To' Phone Number: {number[:20]}")
        if not self.is_mobile(number):
            raise RestError(HTTPStatus.BAD_REQUEST, 21614, "'To' number is not a valid mobile number")
        key, sid = self.vault.fingerprint(number), f"SM{uuid4().hex}"
        with self.make_session() as session, session.begin():
            earlier = session.scalars(select(EmulatedMessage).where(EmulatedMessage.number_key == key)).all()
            if any(_has_stopped(message, now=now) for message in earlier):
                raise RestError(HTTPStatus.BAD_REQUEST, 21610, "Attempt to send to unsubscribed recipient")
            steps = self._course(number, len(earlier), now=now)
            session.add(
                EmulatedMessage(
                    sid=sid,
                    number_key=key,
                    number=self.vault.encrypt(number),
                    sender=sender,
                    callback_url=callback_url,
                    placed_at=now,
                    timeline=steps,
                    next_event_at=datetime.fromisoformat(steps[0][0]),
                )
            )
        return sid

    def _course(self, number: str, earlier: int, *, now: datetime) -> Steps:
        chance = keyed_random(self.seed, "message", number, earlier)
        sent, arrived = now + timedelta(seconds=2), now + timedelta(seconds=chance.uniform(3, 20))
        if chance.random() < UNDELIVERED:
            return [_step(sent, "sent"), _step(arrived, "undelivered", "30003")]
        steps = [_step(sent, "sent"), _step(arrived, "delivered")]
        if chance.random() < REPLIES_STOP:
            steps.append(_step(arrived + timedelta(minutes=1), REPLY))
        return steps

    def find(self, sid: str, *, now: datetime) -> dict[str, Any] | None:
        """Return one message as Twilio tells it."""
        with self.make_session() as session:
            message = session.get(EmulatedMessage, sid)
            return self._told(message, now=now) if message else None

    def sent_to(self, number: str, *, now: datetime) -> list[dict[str, Any]]:
        """Return the messages to a number, the newest first."""
        key = self.vault.fingerprint(number)
        wanted = select(EmulatedMessage).where(EmulatedMessage.number_key == key)
        with self.make_session() as session:
            found = session.scalars(wanted.order_by(EmulatedMessage.placed_at.desc())).all()
            return [self._told(message, now=now) for message in found]

    def _told(self, message: EmulatedMessage, *, now: datetime) -> dict[str, Any]:
        past = [step for step in message.timeline if datetime.fromisoformat(step[0]) <= now and step[1] != REPLY]
        return {
            "sid": message.sid,
            "status": past[-1][1] if past else "queued",
            "to": self.vault.decrypt(message.number),
            "from": message.sender,
            "date_created": format_datetime(message.placed_at.astimezone(UTC)),
        }


def _step(at: datetime, status: str, code: str = "") -> list[str]:
    return [at.isoformat(), status, code]


def _has_stopped(message: EmulatedMessage, *, now: datetime) -> bool:
    return any(status == REPLY and datetime.fromisoformat(at) <= now for at, status, _code in message.timeline)


class EmulatedTwilioWithMessages(EmulatedTwilio):
    """The emulated REST interface, with messages beside the calls."""

    def __init__(self, exchange: Exchange, account: TwilioAccount, clock: Clock, *, centre: MessageCentre) -> None:
        super().__init__(exchange, account, clock)
        self._centre = centre
        self._time = clock

    def _answer(self, method: str, path: str, values: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        below = path.rpartition("/Messages")[2].removesuffix(".json") if "/Messages" in path else None
        if below is None:
            return super()._answer(method, path, values)
        if method == "POST" and not below:
            return self._take(values)
        if method == "GET" and not below:
            found = self._centre.sent_to(values.get("To", ""), now=self._time())
            return HTTPStatus.OK, {"messages": [self._whole(one) for one in found], "next_page_uri": None}
        message = self._centre.find(below.removeprefix("/"), now=self._time()) if method == "GET" else None
        if message is None:
            raise RestError(HTTPStatus.NOT_FOUND, 20404, f"The requested resource {path} was not found")
        return HTTPStatus.OK, self._whole(message)

    def _take(self, values: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        sender = values.get("From") or values.get("MessagingServiceSid", "")
        if not values.get("MessagingServiceSid") and not CALLER_NUMBER.fullmatch(sender):
            raise RestError(HTTPStatus.BAD_REQUEST, 21212, f"Invalid From Number (caller ID): {sender[:20]}")
        if not values.get("Body"):
            raise RestError(HTTPStatus.BAD_REQUEST, 21602, "Message body is required.")
        callback = values.get("StatusCallback", "")
        sid = self._centre.take(values.get("To", ""), sender, callback_url=callback, now=self._time())
        return HTTPStatus.CREATED, {"sid": sid, "status": "queued", "to": values["To"], "from": sender}

    def _whole(self, message: dict[str, Any]) -> dict[str, Any]:
        return {**message, "account_sid": self._account.sid, "direction": "outbound-api"}


class MessageCarrier:
    """Posts what has become of messages, and the replies of people to the account's inbound address."""

    def __init__(self, centre: MessageCentre, account: TwilioAccount, post: Post, *, inbound_url: str) -> None:
        self._centre = centre
        self._account = account
        self._post = post
        self._inbound_url = inbound_url
        self._signer = RequestValidator(account.auth_tokens[0].get_secret_value())

    def deliver(self, *, now: datetime) -> int:
        """Report what has happened up to `now`; returns how many reports there were."""
        with self._centre.make_session() as session:
            due = self._due(session, now=now)
        for url, form in due:
            self._send(url, form)
        return len(due)

    def _due(self, session: Session, *, now: datetime) -> list[tuple[str, dict[str, str]]]:
        wanted = select(EmulatedMessage).where(EmulatedMessage.next_event_at <= now).limit(AT_ONCE)
        due = []
        with session.begin():
            for message in session.scalars(wanted.with_for_update(skip_locked=True)):
                pending = message.timeline[message.delivered :]
                past = [step for step in pending if datetime.fromisoformat(step[0]) <= now]
                due += [self._form(message, step) for step in past]
                message.delivered += len(past)
                rest = message.timeline[message.delivered :]
                message.next_event_at = datetime.fromisoformat(rest[0][0]) if rest else None
        return due

    def _form(self, message: EmulatedMessage, step: list[str]) -> tuple[str, dict[str, str]]:
        number = self._centre.vault.decrypt(message.number)
        if step[1] == REPLY:
            form = {"MessageSid": f"SM{uuid4().hex}", "From": number, "To": message.sender, "Body": STOP_WORD}
            return self._inbound_url, {"AccountSid": self._account.sid, **form}
        form = {"MessageSid": message.sid, "MessageStatus": step[1], "From": message.sender, "To": number}
        code = {"ErrorCode": step[2]} if step[2] else {}
        return message.callback_url, {"AccountSid": self._account.sid, **form, **code}

    def _send(self, url: str, form: dict[str, str]) -> None:
        if not url:
            return
        name = f"{form['MessageSid']}/{form.get('MessageStatus', '')}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            SIGNATURE_HEADER: self._signer.compute_signature(url, form),
            TOKEN_HEADER: hashlib.sha256(name.encode()).hexdigest()[:36],
        }
        for _ in range(TRIES):
            try:
                if self._post(url, urlencode(form).encode(), headers).status < HTTPStatus.BAD_REQUEST:
                    return
            except (OSError, HTTPException):
                continue
