"""Twilio's own library places calls with the emulated network, whose signed callbacks come back through the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select
from twilio.http.response import Response

from app.telephony.domain import CallEventKind, CallState, Ending, state_after
from app.telephony.emulator.carrier import Mischief
from app.telephony.gateway import GatewayError
from app.telephony.models import ProviderReport, WaitingReport
from app.telephony.requests import RequestState, find_request
from app.telephony.service import record_events
from tests.integration.telephony.phone import Phone

DAY = timedelta(days=1)


def test_a_call_is_placed_and_reported_to_its_end(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    phone.clock.advance(DAY)
    phone.carrier().deliver(now=phone.clock())
    events = phone.events()
    assert [event.kind for event in events][:2] == [CallEventKind.INITIATED, CallEventKind.RINGING]
    assert (events[-1].kind, events[-1].attempt_id) == (CallEventKind.ENDED, attempt_id)
    record_events(phone.session, events, now=phone.clock())
    assert phone.events() == []
    assert phone.state(attempt_id) == RequestState.OVER


def test_the_same_attempt_is_asked_for_once(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    phone.dial(attempt_id)
    assert phone.calls() == 1


@pytest.mark.parametrize("number", ["13985012345", "+86", "+86139850123456789", "", "+8613985O12345"])
def test_a_number_that_is_none_is_refused_for_good(phone: Phone, attempt_id: int, number: str) -> None:
    with pytest.raises(GatewayError, match="no such number") as refusal:
        phone.dial(attempt_id, number)
    assert refusal.value.permanent
    assert phone.state(attempt_id) == RequestState.OVER


def test_a_call_that_nobody_answered_for_is_unknown_and_never_dialled_again(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_after = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError) as failure:
        phone.dial(attempt_id)
    assert failure.value.is_uncertain
    assert phone.state(attempt_id) == RequestState.UNKNOWN
    phone.dial(attempt_id)
    assert phone.calls() == 1


def test_an_unknown_call_is_found_by_asking(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_after = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError):
        phone.dial(attempt_id)
    now = phone.clock.advance(timedelta(seconds=20))
    assert phone.gateway.doubtful(now=now) == [attempt_id]
    phone.gateway.ask_about(phone.order(attempt_id), now=now)
    assert [event.attempt_id for event in phone.events()] == [attempt_id]
    assert phone.state(attempt_id) == RequestState.ACCEPTED


def test_a_report_tells_of_an_unknown_call_too(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_after = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError):
        phone.dial(attempt_id)
    phone.carrier().deliver(now=phone.clock.advance(timedelta(seconds=1)))
    record_events(phone.session, phone.events(), now=phone.clock())
    request = find_request(phone.session, attempt_id)
    assert request is not None
    assert (request.state, request.call_id is not None) == (RequestState.ACCEPTED, True)


def test_a_request_that_never_arrived_ends_as_technical(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_before = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError):
        phone.dial(attempt_id)
    phone.gateway.ask_about(phone.order(attempt_id), now=phone.clock.advance(timedelta(seconds=20)))
    assert phone.events() == []
    phone.gateway.ask_about(phone.order(attempt_id), now=phone.clock.advance(timedelta(seconds=60)))
    assert [event.ending for event in phone.events()] == [Ending.TECHNICAL]
    assert phone.calls() == 0


def test_a_provider_that_cannot_be_reached_was_not_asked(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_before = requests.exceptions.ConnectTimeout()
    with pytest.raises(GatewayError) as failure:
        phone.dial(attempt_id)
    assert not failure.value.is_uncertain
    assert phone.state(attempt_id) == RequestState.OVER


@pytest.mark.parametrize(("status", "uncertain"), [(500, True), (503, True), (429, False), (401, False)])
def test_a_refusal_says_whether_it_may_have_dialled(
    phone: Phone, attempt_id: int, *, status: int, uncertain: bool
) -> None:
    phone.weather.answers = Response(status, f'{{"code": 20{status}, "message": "no", "status": {status}}}')
    with pytest.raises(GatewayError) as failure:
        phone.dial(attempt_id)
    assert failure.value.is_uncertain is uncertain


def test_a_silent_call_is_asked_about(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    assert phone.gateway.doubtful(now=phone.clock.advance(timedelta(seconds=80))) == []
    now = phone.clock.advance(timedelta(hours=5))
    assert phone.gateway.doubtful(now=now) == [attempt_id]
    phone.gateway.ask_about(phone.order(attempt_id), now=now)
    assert [event.kind for event in phone.events()] == [CallEventKind.ENDED]


def test_hanging_up_is_our_ending(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    phone.gateway.hang_up(attempt_id=attempt_id, now=phone.clock.advance(timedelta(seconds=1)))
    phone.carrier().deliver(now=phone.clock())
    assert phone.events()[-1].ending is Ending.CANCELLED


def test_a_call_given_up_while_it_was_unknown_is_ended_when_it_is_found(phone: Phone, attempt_id: int) -> None:
    phone.weather.fails_after = requests.exceptions.ReadTimeout()
    with pytest.raises(GatewayError):
        phone.dial(attempt_id)
    phone.gateway.hang_up(attempt_id=attempt_id, now=phone.clock())
    phone.gateway.ask_about(phone.order(attempt_id), now=phone.clock.advance(timedelta(seconds=1)))
    phone.carrier().deliver(now=phone.clock())
    assert Ending.CANCELLED in {event.ending for event in phone.events()}


def test_hanging_up_twice_is_no_error(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    for _ in range(2):
        phone.gateway.hang_up(attempt_id=attempt_id, now=phone.clock.advance(timedelta(seconds=1)))
    assert phone.state(attempt_id) == RequestState.ACCEPTED


@pytest.mark.parametrize("seed", range(5))
def test_callbacks_may_come_twice_and_in_any_order(phone: Phone, make_attempt: Callable[[], int], seed: int) -> None:
    attempts = [make_attempt() for _ in range(8)]
    for position, attempt in enumerate(attempts):
        phone.dial(attempt, f"+86139850123{position:02d}")
    phone.clock.advance(DAY)
    phone.carrier(Mischief(doubled=0.5, reordered=1.0, seed=seed)).deliver(now=phone.clock())
    events = phone.events()
    new = record_events(phone.session, events, now=phone.clock())
    assert len({(event.attempt_id, event.sequence) for event in events}) == len(events) == len(new)
    assert {event.attempt_id for event in new if event.kind is CallEventKind.ENDED} == set(attempts)


def test_lost_callbacks_leave_a_doubt_that_asking_settles(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    now = phone.clock.advance(DAY)
    phone.carrier(Mischief(lost=1.0)).deliver(now=now)
    assert phone.events() == []
    assert phone.gateway.doubtful(now=now) == [attempt_id]
    phone.gateway.ask_about(phone.order(attempt_id), now=now)
    assert phone.events()[-1].kind is CallEventKind.ENDED


@pytest.mark.parametrize("seed", range(3))
def test_a_callback_that_comes_late_changes_nothing_that_asking_has_found(
    phone: Phone, attempt_id: int, seed: int
) -> None:
    phone.dial(attempt_id)
    carrier = phone.carrier(Mischief(late=1.0, late_seconds=(120.0, 240.0), seed=seed))
    carrier.deliver(now=phone.clock.advance(DAY))
    assert phone.events() == []
    phone.gateway.ask_about(phone.order(attempt_id), now=phone.clock())
    [found] = record_events(phone.session, phone.events(), now=phone.clock())
    carrier.deliver(now=phone.clock.advance(timedelta(seconds=240)))
    late = record_events(phone.session, phone.events(), now=phone.clock())
    assert {event.kind for event in late} > {CallEventKind.ENDED}
    assert state_after([found, *late]) == state_after([found]) == CallState.ENDED
    assert (phone.state(attempt_id), phone.gateway.doubtful(now=phone.clock())) == (RequestState.OVER, [])


def test_what_is_late_comes_when_its_delay_is_over(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    carrier = phone.carrier(Mischief(late=1.0, late_seconds=(60.0, 60.0)))
    carrier.deliver(now=phone.clock.advance(DAY))
    carrier.deliver(now=phone.clock.advance(timedelta(seconds=59)))
    assert phone.events() == []
    carrier.deliver(now=phone.clock.advance(timedelta(seconds=1)))
    assert phone.events()[-1].kind is CallEventKind.ENDED


def test_a_report_of_an_attempt_that_is_not_committed_yet_waits(phone: Phone, attempt_id: int) -> None:
    phone.dial(attempt_id)
    report = {"CallSid": "CA9", "CallStatus": "ringing", "SequenceNumber": "1"}
    assert post_signed(phone, attempt_id + 1_000, report) == 204
    assert phone.events() == []
    assert phone.session.scalar(select(func.count()).select_from(WaitingReport)) == 1


def post_signed(phone: Phone, attempt_id: int, form: dict[str, str], *, token: str | None = None) -> int:
    return phone.post_signed(f"/api/v1/telephony/twilio/calls?attempt={attempt_id}", form, token=token)


def test_a_forged_report_is_refused_and_kept_nowhere(phone: Phone, attempt_id: int) -> None:
    form = {"CallSid": "CA9", "CallStatus": "completed", "SequenceNumber": "3"}
    assert post_signed(phone, attempt_id, form, token="somebody else's") == 403
    assert phone.session.scalar(select(func.count()).select_from(ProviderReport)) == 0


@pytest.mark.parametrize(
    ("form", "status"),
    [({}, 422), ({"CallSid": "CA9", "CallStatus": "asleep"}, 422), ({"CallSid": "CA9" * 30_000}, 413)],
    ids=["empty", "unknown status", "too large"],
)
def test_a_signed_report_that_makes_no_sense_is_refused(
    phone: Phone, attempt_id: int, form: dict[str, str], status: int
) -> None:
    assert post_signed(phone, attempt_id, form) == status


def test_a_report_whose_length_is_not_announced_is_bounded_as_well(phone: Phone, attempt_id: int) -> None:
    parts = (b"Said=" + b"x" * 10_000 + b"&" for _ in range(10))
    reply = phone.client.post(f"/api/v1/telephony/twilio/calls?attempt={attempt_id}", content=parts)
    assert (reply.status_code, phone.events()) == (413, [])
