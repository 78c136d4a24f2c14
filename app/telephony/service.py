"""Keep what providers report about calls, each report once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.db import table_of
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.models import CallEventRow
from app.telephony.requests import note_told

_STORE: Final = (
    insert(table_of(CallEventRow))
    .on_conflict_do_nothing(index_elements=["attempt_id", "sequence", "kind"])
    .returning(CallEventRow.attempt_id, CallEventRow.sequence, CallEventRow.kind)
)


def record_events(session: Session, events: Sequence[CallEvent], *, now: datetime) -> list[CallEvent]:
    """Store the events that are not stored yet and return just those, in the order given."""
    if not events:
        return []
    rows = session.execute(_STORE, [_row_of(event, received_at=now) for event in events])
    stored = {(row.attempt_id, row.sequence, row.kind) for row in rows}
    note_told(session, [_key_of(event) for event in events])
    new = {key: event for event in events if (key := _key_of(event)) in stored}
    return list(new.values())


def events_of(session: Session, attempt_id: int) -> list[CallEvent]:
    """Return what is known about one call, in the provider's order."""
    rows = select(CallEventRow).where(CallEventRow.attempt_id == attempt_id).order_by(CallEventRow.sequence)
    return [_event_of(row) for row in session.scalars(rows)]


def _key_of(event: CallEvent) -> tuple[int, int, str]:
    return event.attempt_id, event.sequence, event.kind.value


def _row_of(event: CallEvent, *, received_at: datetime) -> dict[str, Any]:
    return {
        "attempt_id": event.attempt_id,
        "sequence": event.sequence,
        "kind": event.kind.value,
        "at": event.at,
        "received_at": received_at,
        "ending": event.ending.value if event.ending else None,
        "sip_code": event.sip_code,
        "q850": event.q850,
        "raw": {"reason": event.reason},
    }


def _event_of(row: CallEventRow) -> CallEvent:
    return CallEvent(
        attempt_id=row.attempt_id,
        sequence=row.sequence,
        kind=CallEventKind(row.kind),
        at=row.at,
        ending=Ending(row.ending) if row.ending else None,
        sip_code=row.sip_code,
        q850=row.q850,
        reason=row.raw.get("reason", ""),
    )
