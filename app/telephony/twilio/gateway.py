"""Calls placed through Twilio: the respondent joins the conference in which the interviewer waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance

from app.core.db import SessionFactory
from app.telephony.allowance import Allowance
from app.telephony.arrivals import Arrival, keep_reports
from app.telephony.domain import CallEvent, CallEventKind
from app.telephony.gateway import CallOrder, GatewayError
from app.telephony.requests import (
    NOTHING,
    Request,
    RequestState,
    Taken,
    Untold,
    doubtful_requests,
    find_request,
    long_ago,
    note_hang_up,
    note_request,
    settle_request,
    untold_reports,
)
from app.telephony.twilio.account import BrowserKey
from app.telephony.twilio.faults import meaning_of
from app.telephony.twilio.monitoring import TwilioMonitor
from app.telephony.twilio.recordings import TwilioRecorder
from app.telephony.twilio.reports import KIND_OF, Known, Report, event_of

CALLBACK_PATH: Final = "/api/v1/telephony/twilio/calls"
EVENTS: Final = ["initiated", "ringing", "answered", "completed"]
LONGEST_CALL: Final = timedelta(hours=4)
UNSENT: Final = (requests.exceptions.ConnectTimeout,)  # nothing had left yet
FOUND_SEQUENCE: Final = 1_000  # what we found by asking comes after all that is reported
NEVER_PLACED: Final = "never placed"
NOT_KNOWN: Final = "The provider did not answer. Wait: whether the call was placed is being found out."


@dataclass(frozen=True)
class _Found:
    """A call as Twilio tells it when asked."""

    call_id: str
    status: str


class TwilioGateway(TwilioMonitor, TwilioRecorder):
    """A gateway over Twilio's REST interface; its callbacks arrive through the API and wait in the database."""

    def __init__(
        self,
        make_session: SessionFactory,
        client: Client,
        *,
        public_base_url: str,
        calls_per_second: float,
        key: BrowserKey | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        base_url = public_base_url.rstrip("/")
        super().__init__(make_session, client, base_url=base_url, key=key)
        self._callback = base_url + CALLBACK_PATH
        self._allowance = Allowance(make_session, per_second=calls_per_second, sleep=sleep)

    def place_call(self, order: CallOrder, *, now: datetime) -> None:
        """Ask for the call once and for all; see Gateway."""
        with self._make_session() as session, session.begin():
            if not note_request(session, order, now=now):
                return
        try:
            self._allowance.wait(now=now)
            asked = self._ask(order)
        except GatewayError as error:
            state = RequestState.UNKNOWN if error.is_uncertain else RequestState.OVER
            self._settle(order.attempt_id, state, now=now)
            raise
        self._settle(order.attempt_id, RequestState.ACCEPTED, taken=asked, now=now)

    def _ask(self, order: CallOrder) -> Taken:
        try:
            respondent = self._client.conferences(order.room).participants.create(
                from_=order.caller_number,
                to=order.number,
                label=str(order.attempt_id),
                timeout=order.ring_seconds,
                time_limit=int(LONGEST_CALL.total_seconds()),
                early_media=True,
                beep="false",
                end_conference_on_exit=False,
                status_callback=f"{self._callback}?attempt={order.attempt_id}",
                status_callback_event=EVENTS,
            )
        except TwilioRestException as refusal:
            raise meaning_of(refusal) from refusal
        except UNSENT as error:
            raise GatewayError("The provider cannot be reached. Dial again in a minute.", permanent=False) from error
        except requests.exceptions.RequestException as error:
            raise GatewayError(NOT_KNOWN, permanent=False, is_uncertain=True) from error
        return Taken(str(respondent.call_sid), str(respondent.conference_sid))

    def adopt(self, *, attempt_id: int, call_id: str, room: str, now: datetime) -> None:
        """Follow a call that came in; see Gateway. It rings until the room tells that it has joined."""
        order = CallOrder(attempt_id, "", "", ring_seconds=0, room=room)
        report = Report(call_id, "ringing", 1, {"CallStatus": "ringing", "Direction": "inbound"})
        with self._make_session() as session, session.begin():
            if note_request(session, order, now=now):
                settle_request(session, attempt_id, RequestState.ACCEPTED, taken=Taken(call_id), now=now)
                keep_reports(session, [Arrival(attempt_id, report, report.token, now)])

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call; one whose name is not known yet ends when it becomes known."""
        with self._make_session() as session, session.begin():
            request = note_hang_up(session, attempt_id, now=now)
        if request is not None and request.state != RequestState.OVER and request.call_id is not None:
            self._end(request.call_id)

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:  # noqa: ARG002  the protocol's names
        """Return what the stored reports say."""
        with self._make_session() as session:
            untold = untold_reports(session, attempt_id)
        return [_event(report) for report in untold]

    def doubtful(self, *, now: datetime) -> list[int]:
        """Return the attempts of which nothing was heard for too long."""
        with self._make_session() as session:
            return doubtful_requests(session, now=now)

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Look the call up and keep what is found as a report of its own; see Gateway."""
        with self._make_session() as session:
            request = find_request(session, order.attempt_id)
        if request is None or request.state == RequestState.OVER:
            return
        try:
            call = self._find(order, request)
        except (TwilioRestException, requests.exceptions.RequestException):
            return  # it stays doubtful, and is asked for again
        if call is not None:
            self._keep(order, call, now=now)
            if request.hung_up_at is not None and KIND_OF[call.status] is not CallEventKind.ENDED:
                self._end(call.call_id)
        elif long_ago(request.asked_at, now=now):
            self._give_up(order, now=now)

    def _find(self, order: CallOrder, request: Request) -> _Found | None:
        """Find the call by its own name, or among those to this number since it was asked for."""
        if request.call_id is not None:
            return _found(self._client.calls(request.call_id).fetch())
        # Twilio's clock and ours may differ by some seconds; there is one call to a number at a time.
        since = request.asked_at - timedelta(seconds=30)
        calls = self._client.calls.list(to=order.number, from_=order.caller_number, start_time_after=since, limit=20)
        newest = max(calls, key=lambda call: call.date_created or since, default=None)
        return _found(newest) if newest is not None else None

    def _keep(self, order: CallOrder, call: _Found, *, now: datetime) -> None:
        sequence = FOUND_SEQUENCE + list(KIND_OF).index(call.status)
        found = Report(call.call_id, call.status, sequence, {"CallStatus": call.status, "Found": "asked"})
        with self._make_session() as session, session.begin():
            keep_reports(session, [Arrival(order.attempt_id, found, found.token, now)])
            settle_request(session, order.attempt_id, RequestState.ACCEPTED, taken=Taken(call.call_id), now=now)

    def _give_up(self, order: CallOrder, *, now: datetime) -> None:
        """Nobody knows the call, and it can no longer turn up: it was never placed, and costs the case nothing."""
        missing = Report(f"none for attempt {order.attempt_id}", "failed", FOUND_SEQUENCE, {"Found": NEVER_PLACED})
        with self._make_session() as session, session.begin():
            keep_reports(session, [Arrival(order.attempt_id, missing, missing.token, now)])

    def _settle(self, attempt_id: int, state: RequestState, *, taken: Taken = NOTHING, now: datetime) -> None:
        with self._make_session() as session, session.begin():
            settle_request(session, attempt_id, state, taken=taken, now=now)
            request = find_request(session, attempt_id)
        if taken.call_id is not None and request is not None and request.hung_up_at is not None:
            self._end(taken.call_id)  # the interviewer gave up while the provider was still thinking


def _found(call: CallInstance) -> _Found:
    return _Found(str(call.sid), str(call.status))


def _event(told: Untold) -> CallEvent:
    report = Report(told.call_id, told.status, told.sequence, told.fields)
    known = Known(told.attempt_id, told.rang, told.answered, told.hung_up, told.received_at)
    return event_of(report, known)
