"""An interviewer's own telephone: it stays in one room, where the respondents join it one after the other."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import append
from app.core.straight import rows, run
from app.telephony.models import DeviceCheck, InterviewerLine

TICKET_LIFE: Final = timedelta(seconds=60)
# A browser that lost its line needs so long to come back; after that nobody may be left waiting in the room.
PATIENCE: Final = timedelta(seconds=20)


class LineState(StrEnum):
    """How far a line has come; it only moves forward."""

    ASKED = "asked"  # the browser has a ticket and is calling in
    OPEN = "open"  # it is in the room: whoever is called is heard at once
    CLOSED = "closed"  # the interviewer left
    LOST = "lost"  # it broke off by itself, or never came


@dataclass(frozen=True)
class Line:
    """The newest line of a person."""

    id: int
    person_id: int
    room: str
    state: str
    call_id: str | None
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class _Moved:
    person_id: int


_COLUMNS: Final = "id, person_id, room, state, call_id, asked_at, ended_at"
_NEWEST: Final = f"""
    SELECT {_COLUMNS} FROM interviewer_line WHERE person_id = %(person)s ORDER BY id DESC LIMIT 1
"""
_REDEEM: Final = f"""
    UPDATE interviewer_line SET call_id = %(call_id)s
    WHERE ticket_hash = %(key)s AND state = 'asked' AND asked_at > %(since)s
        AND coalesce(call_id, %(call_id)s) = %(call_id)s
    RETURNING {_COLUMNS}
"""
_KEEP: Final = """
    INSERT INTO line_report (token, call_id, event, fields, received_at)
    VALUES (%(token)s, %(call_id)s, %(event)s, %(fields)s, %(now)s) ON CONFLICT DO NOTHING
"""
_JOINED: Final = """
    UPDATE interviewer_line SET state = 'open', opened_at = %(now)s WHERE call_id = %(call_id)s AND state = 'asked'
    RETURNING person_id
"""
_LEFT: Final = """
    UPDATE interviewer_line SET state = 'lost', ended_at = %(now)s
    WHERE call_id = %(call_id)s AND state IN ('asked', 'open') RETURNING person_id
"""
_CLOSE: Final = f"""
    UPDATE interviewer_line SET state = 'closed', ended_at = %(now)s
    WHERE person_id = %(person)s AND state IN ('asked', 'open') RETURNING {_COLUMNS}
"""
_DESERTED: Final = """
    SELECT request.attempt_id AS id FROM call_request AS request
    JOIN LATERAL (
        SELECT state, ended_at FROM interviewer_line WHERE room = request.room ORDER BY id DESC LIMIT 1
    ) AS line ON line.state IN ('closed', 'lost') AND line.ended_at <= %(since)s
    WHERE request.state <> 'over' AND request.hung_up_at IS NULL
"""


@dataclass(frozen=True)
class _Id:
    id: int


def room_of(person_id: int) -> str:
    """Name the room in which an interviewer waits, and every respondent joins them."""
    return f"interviewer-{person_id}"


def open_line(session: Session, person_id: int, *, now: datetime) -> str:
    """Let a person's telephone call in, and return the ticket it must bring; a line that was open is given up."""
    close_line(session, person_id, now=now)
    ticket = secrets.token_urlsafe(24)
    session.add(
        InterviewerLine(
            person_id=person_id, room=room_of(person_id), ticket_hash=_key(ticket), state=LineState.ASKED, asked_at=now
        )
    )
    session.flush()
    return ticket


def close_line(session: Session, person_id: int, *, now: datetime) -> list[Line]:
    """Give up whatever lines a person has, and return them: whoever closes them hangs their calls up."""
    return rows(session, Line, _CLOSE, person=person_id, now=now)


def redeem_ticket(session: Session, ticket: str, call_id: str, *, now: datetime) -> Line | None:
    """Return the line that a call may join, None for a ticket that is unknown, used or too old.

    The same call may ask again: a provider that got no answer does.
    """
    found = rows(session, Line, _REDEEM, key=_key(ticket), call_id=call_id, since=now - TICKET_LIFE)
    return next(iter(found), None)


def note_line_report(
    session: Session, token: str, *, call_id: str, event: str, fields: Mapping[str, str], now: datetime
) -> int | None:
    """Keep a report about a line and move the line; returns whose it is if that moved anything."""
    run(session, _KEEP, token=token, call_id=call_id, event=event, fields=Jsonb(dict(fields)), now=now)
    statement = {"joined": _JOINED, "left": _LEFT}.get(event)
    moved = rows(session, _Moved, statement, call_id=call_id, now=now) if statement else []
    return moved[0].person_id if moved else None


def line_of(session: Session, person_id: int) -> Line | None:
    """Return a person's newest line, None before the first."""
    return next(iter(rows(session, Line, _NEWEST, person=person_id)), None)


def is_connected(session: Session, person_id: int) -> bool:
    """Tell whether a respondent who answers now would be heard by this person."""
    line = line_of(session, person_id)
    return line is not None and line.state == LineState.OPEN


def newest_lines(session: Session, person_ids: list[int]) -> dict[int, str]:
    """Return the state of each person's newest line, of those who have had one."""
    last = select(func.max(InterviewerLine.id)).where(InterviewerLine.person_id.in_(person_ids))
    newest = select(InterviewerLine.person_id, InterviewerLine.state).where(
        InterviewerLine.id.in_(last.group_by(InterviewerLine.person_id))
    )
    return {line.person_id: line.state for line in session.execute(newest)}


def deserted_attempts(session: Session, *, now: datetime) -> list[int]:
    """Return the attempts under way whose interviewer's line has been gone for longer than it takes to come back."""
    return [row.id for row in rows(session, _Id, _DESERTED, since=now - PATIENCE)]


@dataclass(frozen=True)
class DeviceResult:
    """What a check of microphone, speaker and connection found; latency is a request's way and back."""

    microphone: bool
    speaker: bool
    echo: bool
    latency_ms: int


def note_device_check(session: Session, person_id: int, result: DeviceResult, *, now: datetime) -> None:
    """Keep the result for the supervisor."""
    append(session, DeviceCheck, person_id=person_id, at=now, **vars(result))


def newest_checks(session: Session, person_ids: list[int]) -> dict[int, DeviceCheck]:
    """Return each person's newest check, of those who have made one."""
    newest = (
        select(func.max(DeviceCheck.id)).where(DeviceCheck.person_id.in_(person_ids)).group_by(DeviceCheck.person_id)
    )
    return {check.person_id: check for check in session.scalars(select(DeviceCheck).where(DeviceCheck.id.in_(newest)))}


def _key(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
