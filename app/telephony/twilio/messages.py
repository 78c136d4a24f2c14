"""Messages sent through Twilio, and what it reports about them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from app.core.db import SessionFactory
from app.core.errors import Fault, InvalidInputError
from app.telephony.messages import MessageError, MessageOrder, MessageProblem, MessageState
from app.telephony.models import MessageRequest
from app.telephony.outbox import NEVER_SENT, Reported, forget_message, note_message, settle_message
from app.telephony.twilio.gateway import UNSENT

CALLBACK_PATH: Final = "/api/v1/telephony/twilio/messages"
INBOUND_PATH: Final = "/api/v1/telephony/twilio/inbound-messages"
VALID_SECONDS: Final = 4 * 3600  # a notice that comes after the call is worse than none
MOST_CHARACTERS: Final = 200
KEPT: Final = ("MessageSid", "MessageStatus", "ErrorCode")
STATE_OF: Final = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}
# Source of the codes: Twilio's error dictionary, as far as the reference pages of this project confirm it.
_PROBLEM_OF: Final = {
    21610: MessageProblem.OPTED_OUT,
    21614: MessageProblem.LANDLINE,
    21211: MessageProblem.NUMBER,
    21217: MessageProblem.NUMBER,
}
_WORDS: Final = {
    MessageProblem.OPTED_OUT: "This person wants no messages.",
    MessageProblem.LANDLINE: "This telephone takes no messages.",
    MessageProblem.NUMBER: "The provider knows no such number. Code it as not working.",
    MessageProblem.PROVIDER: "The provider refused the message (error %(code)s).",
}


class TwilioMessages:
    """A message gateway over Twilio's REST interface; its reports arrive through the API."""

    def __init__(
        self,
        make_session: SessionFactory,
        client: Client,
        *,
        public_base_url: str,
        messaging_service_sid: str | None = None,
    ) -> None:
        self._make_session = make_session
        self._client = client
        self._callback = public_base_url.rstrip("/") + CALLBACK_PATH
        self._service = messaging_service_sid

    def send_message(self, order: MessageOrder, *, now: datetime) -> None:
        """Ask for the message once and for all; see MessageGateway."""
        with self._make_session() as session, session.begin():
            if not note_message(session, order.message_id, sender=order.sender, now=now):
                return
        try:
            sid = self._ask(order)
        except MessageError as error:
            self._note_failure(order.message_id, error, now=now)
            raise
        self._settle(order.message_id, MessageState.ACCEPTED, provider_id=sid, now=now)

    def _ask(self, order: MessageOrder) -> str:
        by = {"messaging_service_sid": self._service} if self._service else {"from_": order.sender}
        try:
            sent = self._client.messages.create(
                to=order.number,
                body=order.text,
                status_callback=f"{self._callback}?message={order.message_id}",
                validity_period=VALID_SECONDS,
                **by,
            )
        except TwilioRestException as refusal:
            raise _meaning_of(refusal) from refusal
        except UNSENT as error:
            raise MessageError("The provider cannot be reached.", permanent=False) from error
        except requests.exceptions.RequestException as error:
            raise MessageError("The provider did not answer.", permanent=False, is_uncertain=True) from error
        return str(sent.sid)

    def ask_about(self, order: MessageOrder, *, now: datetime) -> None:
        """Look the message up by its name, or among those to this number since it was asked for."""
        with self._make_session() as session:
            request = session.get_one(MessageRequest, order.message_id)
        try:
            found = self._find(order, request)
        except (TwilioRestException, requests.exceptions.RequestException):
            return  # it stays doubtful, and is asked for again
        if found is not None:
            sid, status = found
            self._settle(order.message_id, STATE_OF.get(status, MessageState.ACCEPTED), provider_id=sid, now=now)
        elif now - request.asked_at > NEVER_SENT:
            self._settle(order.message_id, MessageState.FAILED, now=now)

    def _find(self, order: MessageOrder, request: MessageRequest) -> tuple[str, str] | None:
        if request.provider_id is not None:
            known = self._client.messages(request.provider_id).fetch()
            return str(known.sid), str(known.status)
        # Twilio's clock and ours may differ by some seconds; a number gets one message of ours.
        since = request.asked_at - timedelta(seconds=30)
        listed = self._client.messages.list(to=order.number, limit=20)
        later = [message for message in listed if (message.date_created or since) >= since]
        return (str(later[0].sid), str(later[0].status)) if later else None

    def _note_failure(self, message_id: int, error: MessageError, *, now: datetime) -> None:
        if error.is_uncertain:
            self._settle(message_id, MessageState.UNKNOWN, now=now)
        elif error.permanent:
            code = error.values.get("code")
            self._settle(message_id, MessageState.FAILED, problem=error.problem, code=code, now=now)
        else:
            with self._make_session() as session, session.begin():
                forget_message(session, message_id)

    def _settle(
        self, message_id: int, state: MessageState, *, provider_id: str | None = None,
        problem: MessageProblem | None = None, code: str | None = None, now: datetime,
    ) -> None:  # fmt: skip
        with self._make_session() as session, session.begin():
            settle_message(session, message_id, state, provider_id=provider_id, problem=problem, code=code, now=now)


def _meaning_of(refusal: TwilioRestException) -> MessageError:
    """Return what a refusal means; a failure of the provider's own leaves open whether it acted."""
    code = str(refusal.code or refusal.status)
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return MessageError("The provider failed (error %(code)s).", permanent=False, is_uncertain=True, code=code)
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        return MessageError("The provider takes no more messages at the moment.", permanent=False)
    problem = _PROBLEM_OF.get(refusal.code or 0, MessageProblem.PROVIDER)
    return MessageError(_WORDS[problem], problem=problem, permanent=True, code=code)


def read_message_report(form: Mapping[str, str], *, message_id: int, token: str) -> Reported:
    """Read a status callback; raises InvalidInputError that names the fields that are missing or odd."""
    sid, status, code = form.get("MessageSid", ""), form.get("MessageStatus", ""), form.get("ErrorCode", "")
    faults = []
    if not sid or len(sid) > MOST_CHARACTERS:
        faults.append(Fault("MessageSid", "A report names its message."))
    if status not in STATE_OF:
        faults.append(Fault("MessageStatus", "This is no status of a message."))
    if faults:
        raise InvalidInputError("The report cannot be read.", tuple(faults))
    kept = {name: form[name][:MOST_CHARACTERS] for name in KEPT if name in form}
    return Reported(token or f"{sid}/{status}", message_id, sid, STATE_OF[status], kept, code[:20] or None)
