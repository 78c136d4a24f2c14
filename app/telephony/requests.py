"""Keep what a provider was asked for, and what is still to be made of its reports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from app.core.straight import rows, run
from app.telephony.gateway import CallOrder

# A request that was never answered may have been lost with its process; a call that rings or talks is asked for
# when it should long have changed.
UNANSWERED_SECONDS: Final = 15
SILENCE_SECONDS: Final = 60
AT_ONCE: Final = 500


class RequestState(StrEnum):
    """How far a request has come."""

    ASKED = "asked"  # sent, and not answered yet
    ACCEPTED = "accepted"  # the provider has the call, and reports about it
    UNKNOWN = "unknown"  # no answer came: the call may or may not have been placed
    OVER = "over"  # refused, ended, or never placed


@dataclass(frozen=True)
class Request:
    """What was asked for an attempt."""

    attempt_id: int
    state: str
    room: str
    call_id: str | None
    conference_id: str | None
    is_held: bool
    asked_at: datetime
    hung_up_at: datetime | None


@dataclass(frozen=True)
class Taken:
    """The provider's own names of a call and of its room, as far as it has told them."""

    call_id: str | None = None
    conference_id: str | None = None


NOTHING: Final = Taken()


@dataclass(frozen=True)
class Untold:
    """A report that nothing has been made of yet, and what else is known of its call."""

    attempt_id: int
    call_id: str
    status: str
    sequence: int
    fields: dict[str, Any]
    received_at: datetime
    rang: bool
    answered: bool
    hung_up: bool


@dataclass(frozen=True)
class _Attempt:
    attempt_id: int


_ASK: Final = """
    INSERT INTO call_request (attempt_id, state, room, asked_at, checked_at, ring_seconds)
    VALUES (%(attempt)s, 'asked', %(room)s, %(now)s, %(now)s, %(ring)s)
    ON CONFLICT DO NOTHING RETURNING attempt_id
"""
_SETTLE: Final = """
    UPDATE call_request SET state = CASE WHEN state = 'over' THEN state ELSE %(state)s END,
        call_id = coalesce(call_id, %(call_id)s), conference_id = coalesce(conference_id, %(conference_id)s),
        checked_at = %(now)s
    WHERE attempt_id = %(attempt)s
"""
_COLUMNS: Final = "attempt_id, state, room, call_id, conference_id, is_held, asked_at, hung_up_at"
_FIND: Final = f"SELECT {_COLUMNS} FROM call_request WHERE attempt_id = %(attempt)s"
_HANG_UP: Final = f"""
    UPDATE call_request SET hung_up_at = coalesce(hung_up_at, %(now)s) WHERE attempt_id = %(attempt)s
    RETURNING {_COLUMNS}
"""
_ROOM: Final = """
    UPDATE call_request SET room = %(room)s, conference_id = %(conference_id)s WHERE attempt_id = %(attempt)s
"""
_HOLD: Final = "UPDATE call_request SET is_held = %(is_held)s WHERE attempt_id = %(attempt)s"
# Reports of an attempt that is not committed yet stay where they are until it is.
_UNTOLD: Final = """
    SELECT report.attempt_id, report.call_id, status, report.sequence, fields, received_at,
        EXISTS (SELECT FROM provider_report AS r WHERE r.attempt_id = report.attempt_id AND r.status = 'ringing')
            AS rang,
        EXISTS (SELECT FROM provider_report AS r WHERE r.attempt_id = report.attempt_id AND r.status = 'in-progress')
            AS answered,
        request.hung_up_at IS NOT NULL AS hung_up
    FROM waiting_report
    JOIN provider_report AS report ON report.id = report_id
    JOIN call_request AS request ON request.attempt_id = report.attempt_id
    WHERE %(attempt)s::bigint IS NULL OR waiting_report.attempt_id = %(attempt)s
    ORDER BY report.attempt_id, report.sequence, report.id LIMIT %(limit)s
"""
# The call's own name comes along with its first report where the answer to the request was lost.
_TOLD: Final = """
    WITH told AS (
        DELETE FROM waiting_report AS waiting
        USING unnest(%(attempts)s::bigint[], %(sequences)s::int[], %(kinds)s::text[]) AS event(attempt, sequence, kind)
        WHERE waiting.attempt_id = event.attempt AND waiting.sequence = event.sequence AND waiting.kind = event.kind
        RETURNING waiting.attempt_id, waiting.kind, waiting.report_id
    )
    UPDATE call_request AS request
    SET call_id = coalesce(request.call_id, last.call_id), checked_at = last.received_at,
        state = CASE WHEN request.state = 'over' OR last.is_end THEN 'over' ELSE 'accepted' END
    FROM (
        SELECT told.attempt_id, max(call_id) AS call_id, max(received_at) AS received_at,
            bool_or(told.kind = 'ended') AS is_end
        FROM told JOIN provider_report ON provider_report.id = told.report_id GROUP BY told.attempt_id
    ) AS last
    WHERE request.attempt_id = last.attempt_id
"""
_DOUBTFUL: Final = """
    SELECT attempt_id FROM call_request
    WHERE state <> 'over' AND checked_at <= %(now)s::timestamptz - CASE
        WHEN state = 'accepted' THEN make_interval(secs => %(silence)s + ring_seconds)
        ELSE make_interval(secs => %(unanswered)s) END
    ORDER BY checked_at LIMIT %(limit)s
"""
_STUCK: Final = """
    SELECT attempt_id FROM call_request AS request
    WHERE state <> 'over' AND hung_up_at IS NULL
        AND asked_at <= %(now)s::timestamptz - make_interval(secs => ring_seconds + %(spare)s)
        AND NOT EXISTS (
            SELECT FROM provider_report AS report
            WHERE report.attempt_id = request.attempt_id AND report.status IN ('ringing', 'in-progress')
        )
    ORDER BY asked_at LIMIT %(limit)s
"""


def note_request(session: Session, order: CallOrder, *, now: datetime) -> bool:
    """Write down that a call is asked for; False when it was asked for before, and must not be again."""
    values = {"attempt": order.attempt_id, "room": order.room, "ring": order.ring_seconds}
    return bool(rows(session, _Attempt, _ASK, now=now, **values))


def settle_request(
    session: Session, attempt_id: int, state: RequestState, *, taken: Taken = NOTHING, now: datetime
) -> None:
    """Note how far a request has come; one that is over stays so."""
    run(session, _SETTLE, attempt=attempt_id, state=state.value, now=now, **vars(taken))


def find_request(session: Session, attempt_id: int) -> Request | None:
    """Return what was asked for an attempt."""
    return next(iter(rows(session, Request, _FIND, attempt=attempt_id)), None)


def note_hold(session: Session, attempt_id: int, *, is_held: bool) -> None:
    """Note whether the respondent hears music instead of the interviewer."""
    run(session, _HOLD, attempt=attempt_id, is_held=is_held)


def note_room(session: Session, attempt_id: int, room: str, *, conference_id: str | None) -> None:
    """Note that the call was brought to another room; without the provider's name of it, it can no longer be held."""
    run(session, _ROOM, attempt=attempt_id, room=room, conference_id=conference_id)


def note_hang_up(session: Session, attempt_id: int, *, now: datetime) -> Request | None:
    """Note that we end the call, before the provider is asked to: its report of the end may be faster."""
    return next(iter(rows(session, Request, _HANG_UP, attempt=attempt_id, now=now)), None)


def untold_reports(session: Session, attempt_id: int | None = None) -> list[Untold]:
    """Return the reports that nothing has been made of, of one attempt or of all, in the provider's order."""
    return rows(session, Untold, _UNTOLD, attempt=attempt_id, limit=AT_ONCE)


def note_told(session: Session, events: list[tuple[int, int, str]]) -> None:
    """Forget that these events (attempt, sequence, kind) wait, in the transaction that makes something of them."""
    if events:
        attempts, sequences, kinds = zip(*events, strict=True)
        run(session, _TOLD, attempts=list(attempts), sequences=list(sequences), kinds=list(kinds))


def doubtful_requests(session: Session, *, now: datetime) -> list[int]:
    """Return the attempts of which nothing was heard for too long, the longest first."""
    found = rows(
        session,
        _Attempt,
        _DOUBTFUL,
        now=now,
        silence=SILENCE_SECONDS,
        unanswered=UNANSWERED_SECONDS,
        limit=AT_ONCE,
    )
    return [row.attempt_id for row in found]


def stuck_requests(session: Session, *, now: datetime) -> list[int]:
    """Return the attempts that have not even rung when they should be over: they wait in a queue of the provider's.

    There they would be dialled some time later, when nobody waits for them and calls may be forbidden.
    """
    found = rows(session, _Attempt, _STUCK, now=now, spare=UNANSWERED_SECONDS, limit=AT_ONCE)
    return [row.attempt_id for row in found]


def long_ago(asked_at: datetime, *, now: datetime) -> bool:
    """Tell whether a call that the provider does not know can no longer turn up."""
    return now - asked_at > timedelta(seconds=SILENCE_SECONDS)
