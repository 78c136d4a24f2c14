"""A supervisor's own call comes to an interviewer's room with a ticket, and the room tells of its coming and going."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.telephony.lines import TICKET_LIFE, LineState, line_of
from app.telephony.monitoring.models import Monitoring
from app.telephony.monitoring.monitor import Leg


def make_ticket() -> tuple[str, bytes]:
    """Return a ticket for a browser, and the hash that is kept of it."""
    ticket = secrets.token_urlsafe(24)
    return ticket, _key(ticket)


def redeem_monitor_ticket(session: Session, ticket: str, call_id: str, *, now: datetime) -> Monitoring | None:
    """Return what a call may join unheard, None for a ticket that is unknown, used, too old, or no longer wanted.

    The same call may ask again: a provider that got no answer does.
    """
    found = session.scalar(
        select(Monitoring)
        .where(
            Monitoring.ticket_hash == _key(ticket),
            Monitoring.ended_at.is_(None),
            Monitoring.asked_at > now - TICKET_LIFE,
            or_(Monitoring.call_id.is_(None), Monitoring.call_id == call_id),
        )
        .with_for_update()
    )
    if found is not None:
        found.call_id = call_id
    return found


def find_leg(session: Session, call_id: str) -> Monitoring | None:
    """Return whom a call belongs to while it may still be in the room, locked."""
    present = select(Monitoring).where(Monitoring.call_id == call_id, Monitoring.left_at.is_(None))
    return session.scalar(present.with_for_update())


def coached_call(session: Session, interviewer_id: int) -> str | None:
    """Name the interviewer's own call, which hears a coach; None while it is not in the room."""
    line = line_of(session, interviewer_id)
    return line.call_id if line is not None and line.state == LineState.OPEN else None


def leg_of(row: Monitoring, coached_call_id: str | None) -> Leg | None:
    """Return a supervisor's call by the provider's names; None before it is in the room."""
    if row.call_id is None or row.conference_id is None:
        return None
    return Leg(row.call_id, row.conference_id, coached_call_id or "")


def _key(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
