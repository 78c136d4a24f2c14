"""How a notice ends, and when its case may be called: told, not told, or told in vain."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Rules
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case, Notice
from app.dialing.release import patience_ends
from app.dialing.trace import note_step
from app.telephony.messages import MessageState
from app.telephony.models import MessageRequest

MOST_TRIES: Final = 5
TRY_AGAIN: Final = timedelta(minutes=1)
NEVER_ASKED: Final = timedelta(minutes=5)  # the process ended between writing down and asking
AT_ONCE: Final = 500
NOT_TOLD: Final = "No message was sent before the call."
GONE_OUT: Final = "The message is out; the call may follow."
CAME_TO_NOTHING: Final = "The message did not arrive; the call need not wait for it."
_GOOD: Final = (MessageState.SENT, MessageState.DELIVERED)
_BAD: Final = (MessageState.UNDELIVERED, MessageState.FAILED)


class NoticeState(StrEnum):
    """Where a notice is; what becomes of its message is the message's own state."""

    PLANNED = "planned"
    ASKED = "asked"
    SKIPPED = "skipped"


class Skip(StrEnum):
    """Why no message was sent."""

    CALLED_FIRST = "called_first"  # somebody had it called, or its wait was over
    NOT_CALLED = "not_called"  # its number is on the do-not-call list
    OPTED_OUT = "opted_out"  # the person wants no messages
    LANDLINE = "landline"
    NO_TEXT = "no_text"  # the campaign has no text
    NO_NUMBER = "no_number"  # every caller number rests, and has for all the tries
    PROVIDER = "provider"  # the provider took none, try after try


def try_later(session: Session, notice_id: int, *, now: datetime) -> None:
    """Plan a notice anew that the provider certainly did not take; after some tries, go without."""
    notice = session.get_one(Notice, notice_id, with_for_update=True)
    case = session.get_one(Case, notice.case_id, with_for_update=True, populate_existing=True)
    rules = rules_of(session, session.get_one(Campaign, notice.campaign_id))
    if notice.tries >= MOST_TRIES:
        skip_notice(session, notice, case, reason=Skip.PROVIDER, rules=rules, now=now)
        return
    notice.state, notice.not_before = NoticeState.PLANNED, now + TRY_AGAIN
    session.flush()


def go_without(session: Session, notice_id: int, *, now: datetime) -> None:
    """End a notice that the provider refused before anything of it was written down, as one without a provider does."""
    if session.get(MessageRequest, notice_id) is None:
        notice = session.get_one(Notice, notice_id, with_for_update=True)
        case = session.get_one(Case, notice.case_id, with_for_update=True, populate_existing=True)
        rules = rules_of(session, session.get_one(Campaign, notice.campaign_id))
        skip_notice(session, notice, case, reason=Skip.PROVIDER, rules=rules, now=now)


def plan_lost_anew(session: Session, *, now: datetime) -> int:
    """Plan the notices anew that were written down and certainly never asked for."""
    asked = exists().where(MessageRequest.message_id == Notice.id)
    lost = select(Notice.id).where(
        Notice.state == NoticeState.ASKED, Notice.released_at.is_(None), ~asked, Notice.asked_at < now - NEVER_ASKED
    )
    found = session.scalars(lost.limit(AT_ONCE)).all()
    for notice_id in found:
        try_later(session, notice_id, now=now)
    return len(found)


def skip_notice(session: Session, notice: Notice, case: Case, *, reason: Skip, rules: Rules, now: datetime) -> None:
    """Go without a message, and let the case be called."""
    notice.state, notice.reason, notice.released_at = NoticeState.SKIPPED, reason, now
    _let_go(session, case, now, rules=rules)
    details = {"why": reason.value}
    note_step(session, case, "notice_skipped", actor="system", reason=NOT_TOLD, details=details, now=now)
    session.flush()


def _let_go(session: Session, case: Case, at: datetime, *, rules: Rules) -> None:
    """Let a case that waits for nothing but its notice be called from a time on."""
    if case.state == CaseState.WAITING and not session.scalar(select(exists().where(Attempt.case_id == case.id))):
        case.due_at, case.partial_from = at, patience_ends(at, rules)


_SETTLED: Final = (
    select(Notice, MessageRequest)
    .join(MessageRequest, MessageRequest.message_id == Notice.id)
    .where(
        Notice.state == NoticeState.ASKED,
        Notice.released_at.is_(None),
        MessageRequest.state.in_(bindparam("states", expanding=True)),
    )
    .limit(AT_ONCE)
    .with_for_update(of=Notice, skip_locked=True)
)


def release_told(session: Session, *, now: datetime) -> int:
    """Let the cases go whose message is out, after the agreed while, or has come to nothing, at once."""
    found = session.execute(_SETTLED, {"states": [*_GOOD, *_BAD]}).all()
    for notice, request in found:
        case = session.get_one(Case, notice.case_id, with_for_update=True, populate_existing=True)
        rules = rules_of(session, session.get_one(Campaign, notice.campaign_id))
        is_out = request.state in _GOOD
        lead = timedelta(minutes=rules.measures.notice_lead_minutes)
        notice.released_at = now
        _let_go(session, case, max(now, (notice.asked_at or now) + lead) if is_out else now, rules=rules)
        details = {"state": request.state, "code": request.code}
        reason = GONE_OUT if is_out else CAME_TO_NOTHING
        note_step(session, case, "notice_settled", actor="system", reason=reason, details=details, now=now)
    session.flush()
    return len(found)
