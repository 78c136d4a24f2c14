"""Hand a respondent over, in mid-call, to an interviewer who speaks their lect and is free."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.core.errors import ConflictError
from app.core.live import announce, campaign_topic, person_topic
from app.dialing.domain import LEASE, FactKind
from app.dialing.facts import state_fact
from app.dialing.life import Move
from app.dialing.models import Attempt, Case
from app.dialing.release import step_on
from app.dialing.trace import note_step
from app.interviewing.holding import Holding, held
from app.interviewing.speakers import free_speaker
from app.languages.domain import Match
from app.languages.service import find_lect
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import enter, presence_of

STATED: Final = 1.0


class NobodyFreeError(ConflictError):
    """Nobody who interviews in this lect is free. Book an appointment in it instead."""


@dataclass(frozen=True)
class HandOver:
    """A call that changed hands; `match` is what the giver was to the case."""

    attempt_id: int
    from_person_id: int
    to_person_id: int
    match: str


def hand_over(session: Session, person_id: int, lect: str, *, needs_line: bool, now: datetime) -> HandOver:
    """Give the call and the case to a free interviewer certified in the lect that the respondent asked for.

    What was answered so far stays. With `needs_line` the receiver's own telephone must be connected. Raises
    ConflictError while nobody is on the line, NobodyFreeError when no full match is ready.
    """
    holding = held(session, person_id)
    attempt = holding.talking_attempt
    tag = find_lect(session, lect).tag
    free = free_speaker(session, holding.case.campaign_id, tag, but=person_id, needs_line=needs_line)
    if free is None:
        raise NobodyFreeError
    handed = HandOver(attempt.id, person_id, free.person_id, attempt.match)
    state_fact(
        session,
        holding.case,
        FactKind.DECLARED,
        lect=tag,
        confidence=STATED,
        source="call",
        actor=f"person:{person_id}",
        attempt_id=attempt.id,
        now=now,
    )
    step_on(holding.case, Move.HAND_OVER, by=person_id, to=free.person_id)
    holding.case.lease_until = now + LEASE
    attempt.interviewer_id, attempt.match = free.person_id, Match.FULL
    _move_desks(session, holding, free, now=now)
    _tell(session, holding, free, lect=tag, now=now)
    return handed


def take_back(session: Session, handed: HandOver, *, now: datetime) -> None:
    """Give the call back to whoever handed it over, because the respondent could not be brought along.

    Where either desk has moved on meanwhile, everything stays as it is.
    """
    giver, receiver = _locked(session, handed, now=now)
    attempt = session.get_one(Attempt, handed.attempt_id)
    case = session.get_one(Case, attempt.case_id)
    is_untouched = receiver.case_id == case.id and case.holder_id == receiver.person_id
    if not is_untouched or giver.state != PresenceState.READY:
        return
    step_on(case, Move.HAND_OVER, by=receiver.person_id, to=giver.person_id)
    case.lease_until = now + LEASE
    attempt.interviewer_id, attempt.match = giver.person_id, handed.match
    giver.case_id, receiver.case_id = case.id, None
    enter(session, giver, PresenceState.TALKING, now=now)
    enter(session, receiver, PresenceState.READY, now=now)
    reason = "The respondent could not be connected to the other interviewer, and stayed on the line of the first."
    actor, details = f"person:{handed.from_person_id}", {"to": handed.from_person_id}
    note_step(session, case, "handed_back", actor=actor, reason=reason, details=details, now=now)
    announce(session, person_topic(giver.person_id), person_topic(receiver.person_id), campaign_topic(case.campaign_id))


def _locked(session: Session, handed: HandOver, *, now: datetime) -> tuple[Presence, Presence]:
    """Lock both desks in the order of their people, so that two who hand over to each other never wait in a ring."""
    desks = {
        person_id: presence_of(session, person_id, now=now)
        for person_id in sorted((handed.from_person_id, handed.to_person_id))
    }
    return desks[handed.from_person_id], desks[handed.to_person_id]


def _move_desks(session: Session, holding: Holding, free: Presence, *, now: datetime) -> None:
    free.case_id, holding.presence.case_id = holding.case.id, None
    enter(session, free, PresenceState.TALKING, now=now)
    enter(session, holding.presence, PresenceState.READY, now=now)


def _tell(session: Session, holding: Holding, free: Presence, *, lect: str, now: datetime) -> None:
    case, giver = holding.case, holding.presence.person_id
    details = {"to": free.person_id, "lect": lect}
    reason = "The respondent speaks a lect that another interviewer, who was free, is certified in."
    note_step(session, case, "handed_over", actor=f"person:{giver}", reason=reason, details=details, now=now)
    audit.record(
        session,
        "call.handed_over",
        actor=f"person:{giver}",
        subject=f"case:{case.id}",
        campaign_id=case.campaign_id,
        details=details,
        now=now,
    )
    announce(session, person_topic(giver), person_topic(free.person_id), campaign_topic(case.campaign_id))
