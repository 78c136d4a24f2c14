"""Put a respondent who calls back through to an interviewer: one who is free, or whoever has just taken the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.core.live import announce, campaign_topic, person_topic
from app.dialing.answering import take_call
from app.dialing.call_backs import declare_lect, locked_case
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case
from app.dialing.taking_up import take_up
from app.interviewing.speakers import free_speaker, serves
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import enter, presence_of
from app.telephony.inbound.kept import attempt_of_call
from app.telephony.inbound.models import InboundCall
from app.telephony.lines import room_of


@dataclass(frozen=True)
class Taken:
    """An interviewer takes the call: under which attempt, and in which room."""

    attempt_id: int
    room: str


def taken_of(session: Session, call_id: str) -> Taken | None:
    """Return by whom a call was taken before, None where nobody has taken it."""
    attempt_id = attempt_of_call(session, call_id)
    if attempt_id is None:
        return None
    return Taken(attempt_id, room_of(session.get_one(Attempt, attempt_id).interviewer_id))


def put_through(
    session: Session, call: InboundCall, case: Case, *, lect: str, needs_line: bool, now: datetime
) -> Taken | None:
    """Keep the lect that the respondent chose, and give case and call to an interviewer of it, None without one.

    The desk is locked before the case, as every act at a desk does. A case on somebody's screen that is not dialled
    yet stays with them; one that is being called, or coded, is nobody else's.
    """
    desk = _holders_desk(session, case, lect, needs_line=needs_line, now=now)
    if desk is None and case.state != CaseState.HELD:
        desk = free_speaker(session, case.campaign_id, lect, but=case.barred_id, needs_line=needs_line)
    case = locked_case(session, case.id)
    take_up(session, case, now=now)
    declare_lect(session, call, case, lect=lect, now=now)
    if desk is None or call.phone_number_id is None:
        return None
    if case.state == CaseState.CLOSED or (case.state == CaseState.HELD and case.holder_id != desk.person_id):
        return None
    try:
        attempt = take_call(session, case, desk.person_id, phone_number_id=call.phone_number_id, now=now)
    except ConflictError:
        return None
    call.attempt_id, desk.case_id = attempt.id, case.id
    enter(session, desk, PresenceState.DIALLING, now=now)
    announce(session, person_topic(desk.person_id), campaign_topic(case.campaign_id))
    return Taken(attempt.id, room_of(desk.person_id))


def _holders_desk(session: Session, case: Case, lect: str, *, needs_line: bool, now: datetime) -> Presence | None:
    if case.state != CaseState.HELD or case.holder_id is None:
        return None
    desk = presence_of(session, case.holder_id, now=now)
    is_undialled = desk.state == PresenceState.PREVIEW and desk.case_id == case.id
    return desk if is_undialled and serves(session, desk.person_id, lect, needs_line=needs_line) else None
