"""Read what Twilio reports about a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from app.core.errors import Fault, InvalidInputError
from app.telephony.domain import CallEvent, CallEventKind, RawCause, classify

# Statuses of a call in Twilio's API, and what they report; the last five are final.
KIND_OF: Final = {
    "queued": CallEventKind.INITIATED,
    "initiated": CallEventKind.INITIATED,
    "ringing": CallEventKind.RINGING,
    "in-progress": CallEventKind.ANSWERED,
    "completed": CallEventKind.ENDED,
    "busy": CallEventKind.ENDED,
    "failed": CallEventKind.ENDED,
    "no-answer": CallEventKind.ENDED,
    "canceled": CallEventKind.ENDED,
}
COMPLETED: Final = "completed"
# What says who was called stays in tables of its own; what is kept of a report names nobody.
KEPT: Final = (
    "CallSid",
    "CallStatus",
    "SequenceNumber",
    "Timestamp",
    "SipResponseCode",
    "CallDuration",
    "Duration",
    "CallbackSource",
    "Direction",
    "ErrorCode",
    "AnsweredBy",
)
MOST_CHARACTERS: Final = 200
MOST_REPORTS: Final = 1_000_000


@dataclass(frozen=True)
class Report:
    """One report of one call; `sequence` counts from 1 as our events do."""

    call_id: str
    status: str
    sequence: int
    fields: Mapping[str, str]

    @property
    def kind(self) -> CallEventKind:
        """What it reports."""
        return KIND_OF[self.status]

    @property
    def token(self) -> str:
        """What names this report where the provider gives no name: the same report again has the same one."""
        return f"{self.call_id}/{self.sequence}/{self.status}"


def read_report(form: Mapping[str, str]) -> Report:
    """Read a status callback; raises InvalidInputError that names the fields that are missing or odd."""
    faults = []
    call_id, status = form.get("CallSid", ""), form.get("CallStatus", "")
    sequence = form.get("SequenceNumber", "0")
    if not call_id or len(call_id) > MOST_CHARACTERS:
        faults.append(Fault("CallSid", "A report names its call."))
    if status not in KIND_OF:
        faults.append(Fault("CallStatus", "This is no status of a call."))
    if not (sequence.isascii() and sequence.isdecimal() and int(sequence[:9]) < MOST_REPORTS):
        faults.append(Fault("SequenceNumber", "The reports of a call are numbered from 0."))
    if faults:
        raise InvalidInputError("The report cannot be read.", tuple(faults))
    kept = {name: form[name][:MOST_CHARACTERS] for name in KEPT if name in form}
    return Report(call_id, status, int(sequence) + 1, kept)


@dataclass(frozen=True)
class Known:
    """What else is known of a call when a report is read."""

    attempt_id: int
    rang: bool
    answered: bool
    hung_up_by_us: bool
    received_at: datetime


def event_of(report: Report, known: Known) -> CallEvent:
    """Return a report as an event; an end carries its ending, classified from the raw cause."""
    sip = report.fields.get("SipResponseCode", "")
    sip_code = int(sip) if sip.isdecimal() else None
    ending = None
    if report.kind is CallEventKind.ENDED:
        ending = classify(
            RawCause(sip_code=sip_code, status=report.status),
            rang=known.rang,
            answered=known.answered or report.status == COMPLETED,
            hung_up_by_us=known.hung_up_by_us,
        )
    return CallEvent(
        attempt_id=known.attempt_id,
        sequence=report.sequence,
        kind=report.kind,
        at=_instant(report.fields.get("Timestamp"), known.received_at),
        ending=ending,
        sip_code=sip_code,
        reason=report.status if ending is not None else "",
    )


def _instant(text: str | None, received_at: datetime) -> datetime:
    """Return when it happened, in the provider's words as RFC 2822 has it; when we heard of it otherwise."""
    if text is None:
        return received_at
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return received_at
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
