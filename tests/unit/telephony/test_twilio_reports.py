"""What Twilio reports, in our words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core.errors import InvalidInputError
from app.telephony.domain import CallEventKind, Ending
from app.telephony.twilio.reports import Known, event_of, read_report

HEARD = datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)
KNOWN = Known(attempt_id=7, rang=True, answered=False, hung_up_by_us=False, received_at=HEARD)
RINGING = {"CallSid": "CA1", "CallStatus": "ringing", "SequenceNumber": "1", "To": "+8613985012345", "From": "12340"}


def ended(status: str, sip_code: str = "", *, known: Known = KNOWN) -> Ending | None:
    form = {"CallSid": "CA1", "CallStatus": status, "SequenceNumber": "3", "SipResponseCode": sip_code}
    return event_of(read_report(form), known).ending


def test_a_report_becomes_an_event_at_the_providers_own_time() -> None:
    event = event_of(read_report({**RINGING, "Timestamp": "Mon, 23 Nov 2026 02:00:01 +0000"}), KNOWN)
    assert (event.attempt_id, event.sequence, event.kind) == (7, 2, CallEventKind.RINGING)
    assert event.at == datetime(2026, 11, 23, 2, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("timestamp", ["", "yesterday", "2026-11-23T02:00:01Z"])
def test_without_a_readable_time_it_happened_when_we_heard_of_it(timestamp: str) -> None:
    assert event_of(read_report({**RINGING, "Timestamp": timestamp}), KNOWN).at == HEARD


def test_nothing_is_kept_that_says_who_was_called() -> None:
    kept = read_report(RINGING).fields
    assert "+8613985012345" not in kept.values()
    assert set(kept) == {"CallSid", "CallStatus", "SequenceNumber"}


@pytest.mark.parametrize(
    ("status", "sip_code", "ending"),
    [
        ("busy", "486", Ending.BUSY),
        ("busy", "603", Ending.REJECTED),
        ("no-answer", "408", Ending.NO_ANSWER),
        ("no-answer", "480", Ending.NO_ANSWER),
        ("no-answer", "", Ending.NO_ANSWER),
        ("failed", "404", Ending.NOT_WORKING),
        ("failed", "503", Ending.TECHNICAL),
        ("failed", "", Ending.TECHNICAL),
        ("canceled", "487", Ending.CANCELLED),
        ("completed", "200", Ending.HUNG_UP_BY_RESPONDENT),
    ],
)
def test_the_raw_cause_decides_the_ending(status: str, sip_code: str, ending: Ending) -> None:
    assert ended(status, sip_code) is ending


def test_what_never_rang_was_switched_off() -> None:
    assert ended("no-answer", "480", known=replace(KNOWN, rang=False)) is Ending.SWITCHED_OFF


def test_an_end_that_we_asked_for_is_ours() -> None:
    hung_up = replace(KNOWN, hung_up_by_us=True)
    assert ended("completed", "200", known=hung_up) is Ending.HUNG_UP_BY_US
    assert ended("canceled", "487", known=hung_up) is Ending.CANCELLED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"CallSid": ""}, "CallSid"),
        ({"CallSid": "C" * 201}, "CallSid"),
        ({"CallStatus": "sleeping"}, "CallStatus"),
        ({"SequenceNumber": "-1"}, "SequenceNumber"),
        ({"SequenceNumber": "9" * 4000}, "SequenceNumber"),
        ({"SequenceNumber": "½"}, "SequenceNumber"),
    ],
)
def test_an_odd_report_is_refused_by_the_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_report({**RINGING, **changes})
    assert [fault.where for fault in refusal.value.faults] == [field]
