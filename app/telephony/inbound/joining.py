"""A call that came in has reached its interviewer's room: from here on the two hear each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.telephony.arrivals import Arrival, keep_reports
from app.telephony.domain import CallEventKind
from app.telephony.inbound.kept import attempt_of_call
from app.telephony.requests import RequestState, Taken, settle_request

ANSWERED: Final = "in-progress"


@dataclass(frozen=True)
class Joining:
    """What a room tells of such a call, as the call's own report: it is answered."""

    call_id: str
    sequence: int = 2  # after the ringing, with which it was taken over
    status: str = ANSWERED
    kind: CallEventKind = CallEventKind.ANSWERED
    fields: Mapping[str, str] = field(default_factory=lambda: {"CallStatus": ANSWERED, "Found": "room"})


def note_joined(session: Session, call_id: str, conference_id: str, *, now: datetime) -> None:
    """Keep that it is answered, and the room's own name, by which it can be held; of every other call nothing."""
    attempt_id = attempt_of_call(session, call_id)
    if attempt_id is None:
        return
    taken = Taken(call_id, conference_id or None)
    settle_request(session, attempt_id, RequestState.ACCEPTED, taken=taken, now=now)
    keep_reports(session, [Arrival(attempt_id, Joining(call_id), f"{call_id}/joined", now)])
