"""The Twilio gateway on the emulated network, with weather that a test decides on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from twilio.http.response import Response
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from app.core.settings import Settings
from app.telephony.domain import CallEvent, CallEventKind
from app.telephony.emulator.carrier import Answer, Carrier, Mischief
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.rest import EmulatedTwilio
from app.telephony.gateway import CallOrder
from app.telephony.models import EmulatedCall
from app.telephony.requests import find_request
from app.telephony.service import record_events
from app.telephony.twilio.account import emulated_account
from app.telephony.twilio.gateway import TwilioGateway
from tests.stage import SetClock

DAY = timedelta(days=1)
FINE = Mischief()


class Weather(EmulatedTwilio):
    """The emulated interface on a bad day: it fails once, before or after it has acted."""

    fails_before: Exception | None = None
    fails_after: Exception | None = None
    answers: Response | None = None
    asked = 0

    def request(self, method: str, url: str, **sent: Any) -> Response:  # type: ignore[override]
        self.asked += 1
        before, self.fails_before = self.fails_before, None
        if before is not None:
            raise before
        answer, self.answers = self.answers, None
        reply = answer or super().request(method, url, **sent)
        after, self.fails_after = self.fails_after, None
        if after is not None:
            raise after
        return reply


@dataclass
class Phone:
    """The gateway under test, the network behind it, and what carries the network's reports to us."""

    gateway: TwilioGateway
    exchange: Exchange
    weather: Weather
    client: TestClient
    session: Session
    settings: Settings
    clock: SetClock

    def carrier(self, mischief: Mischief = FINE) -> Carrier:
        return Carrier(self.exchange, emulated_account(self.settings), self.post, get=self.fetch, mischief=mischief)

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(address)
        reply = self.client.post(f"{parts.path}?{parts.query}", content=body, headers=dict(headers))
        return Answer(reply.status_code, reply.content)

    def fetch(self, address: str) -> Answer:
        parts = urlsplit(address)
        reply = self.client.get(f"{parts.path}?{parts.query}")
        return Answer(reply.status_code, reply.content)

    def post_signed(self, path: str, form: dict[str, str], *, token: str | None = None) -> int:
        """Post a form as the provider does, or with somebody else's token; returns the status."""
        secret = token or emulated_account(self.settings).auth_tokens[0].get_secret_value()
        signature = RequestValidator(secret).compute_signature(self.settings.public_base_url + path, form)
        return self.client.post(path, data=form, headers={SIGNATURE_HEADER: signature}).status_code

    def order(self, attempt_id: int, number: str = "+8613985012345", *, room: str = "interviewer-1") -> CallOrder:
        return CallOrder(attempt_id, number, "077112340", 30, room)

    def reach(self, make_attempt: Callable[[], int], *, room: str = "interviewer-1") -> int:
        """Dial number after number until somebody answers; returns the attempt."""
        for tail in range(100):
            attempt_id = make_attempt()
            order = self.order(attempt_id, f"+86139850124{tail:02d}", room=room)
            self.gateway.place_call(order, now=self.clock())
            settling = self.exchange.settling(str(attempt_id))
            self.clock.at = settling[-1].at
            self.carrier().deliver(now=self.clock())
            record_events(self.session, self.events(), now=self.clock())
            if settling[-1].kind is CallEventKind.ANSWERED:
                return attempt_id
        message = "nobody answered"
        raise LookupError(message)

    def dial(self, attempt_id: int, number: str = "+8613985012345") -> None:
        self.gateway.place_call(self.order(attempt_id, number), now=self.clock())

    def calls(self) -> int:
        return self.session.scalar(select(func.count()).select_from(EmulatedCall)) or 0

    def state(self, attempt_id: int) -> str | None:
        request = find_request(self.session, attempt_id)
        return request.state if request else None

    def events(self) -> list[CallEvent]:
        return self.gateway.events_due(now=self.clock())
