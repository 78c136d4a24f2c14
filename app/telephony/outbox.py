"""Keep what was asked of a provider for each message, and each of its reports once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.telephony.messages import ENDS, MessageProblem, MessageState, advance
from app.telephony.models import InboundMessage, MessageReportRow, MessageRequest

UNANSWERED: Final = timedelta(seconds=30)
NEVER_SENT: Final = timedelta(minutes=2)  # after that, a message that the provider does not know can no longer turn up
SILENT: Final = timedelta(hours=6)  # the provider's own validity of a message is shorter
AT_ONCE: Final = 100
_TO_MOVE: Final = (
    select(MessageRequest)
    .where(MessageRequest.message_id == bindparam("message_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Reported:
    """One report of one message, from whoever made it; the same report again has the same token."""

    token: str
    message_id: int
    provider_id: str
    state: MessageState
    fields: Mapping[str, str]
    code: str | None = None


def note_message(session: Session, message_id: int, *, sender: str, now: datetime) -> bool:
    """Write down that a message is asked for; False when it was before, and must not be again."""
    values = {
        "message_id": message_id,
        "state": MessageState.ASKED,
        "sender": sender,
        "asked_at": now,
        "checked_at": now,
    }
    noted = insert(MessageRequest).values(values).on_conflict_do_nothing().returning(MessageRequest.message_id)
    return session.scalar(noted) is not None


def forget_message(session: Session, message_id: int) -> None:
    """Forget a request that certainly was not carried out, so that it may be made again."""
    session.delete(session.get_one(MessageRequest, message_id))
    session.flush()


def settle_message(
    session: Session, message_id: int, state: MessageState, *, provider_id: str | None = None,
    problem: MessageProblem | None = None, code: str | None = None, now: datetime,
) -> None:  # fmt: skip
    """Move a message forward to a state, whatever order the news of it comes in."""
    request = session.scalar(_TO_MOVE, {"message_id": message_id})
    if request is None:
        return
    moved = advance(MessageState(request.state), state)
    if moved != request.state:
        request.state, request.problem, request.code = moved, problem, code
    request.provider_id = request.provider_id or provider_id
    request.checked_at = now
    session.flush()


def keep_report(session: Session, report: Reported, *, now: datetime) -> None:
    """Keep one report and move its message; the same one again changes nothing."""
    row = {
        "token": report.token,
        "message_id": report.message_id,
        "provider_id": report.provider_id,
        "status": report.state,
        "fields": dict(report.fields),
        "received_at": now,
    }
    kept = insert(MessageReportRow).values(row).on_conflict_do_nothing().returning(MessageReportRow.id)
    if session.scalar(kept) is not None:
        settle_message(
            session, report.message_id, report.state, provider_id=report.provider_id, code=report.code, now=now
        )


def keep_inbound(session: Session, token: str, *, meaning: str, now: datetime) -> bool:
    """Keep that a message came in, without its number and its words; False when it has come before."""
    row = {"token": token, "meaning": meaning, "received_at": now}
    kept = insert(InboundMessage).values(row).on_conflict_do_nothing().returning(InboundMessage.id)
    return session.scalar(kept) is not None


def doubtful_messages(session: Session, *, now: datetime) -> list[int]:
    """Return the messages of which nothing was heard for too long, the longest first."""
    unanswered = MessageRequest.state.in_((MessageState.ASKED, MessageState.UNKNOWN))
    silent = MessageRequest.state == MessageState.ACCEPTED
    wanted = (
        select(MessageRequest.message_id)
        .where(
            MessageRequest.state.not_in(ENDS),
            (unanswered & (MessageRequest.checked_at <= now - UNANSWERED))
            | (silent & (MessageRequest.checked_at <= now - SILENT)),
        )
        .order_by(MessageRequest.checked_at)
        .limit(AT_ONCE)
    )
    return list(session.scalars(wanted))
