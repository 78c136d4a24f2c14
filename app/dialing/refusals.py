"""Whoever asked not to be called again is not called again, in any campaign."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.privacy import Vault
from app.dialing.appointments import supersede_open
from app.dialing.domain import CaseState
from app.dialing.endings import final_code_of
from app.dialing.life import Move
from app.dialing.models import Attempt, Case
from app.dialing.release import step_on
from app.dialing.trace import note_step
from app.sampling.contacts import add_do_not_call
from app.sampling.models import PhoneNumber

REASON = "The number is on the do-not-call list."


def forbid_number_of(session: Session, attempt: Attempt, *, vault: Vault, now: datetime) -> None:
    """Put the number that was dialled on the do-not-call list, at the respondent's own wish."""
    number = session.get_one(PhoneNumber, attempt.phone_number_id)
    add_do_not_call(
        session,
        vault.decrypt(number.ciphertext),
        "asked not to be called again",
        region="ZZ",
        vault=vault,
        added_by=attempt.interviewer_id,
        now=now,
    )
    close_cases_of(session, number.fingerprint, now=now)


def close_cases_of(session: Session, fingerprint: bytes, *, now: datetime) -> int:
    """Close every waiting case that has this number; returns how many.

    A held one closes when it is coded or given back.
    """
    waiting = (
        select(Case)
        .join(PhoneNumber, PhoneNumber.sample_unit_id == Case.sample_unit_id)
        .where(PhoneNumber.fingerprint == fingerprint, Case.state.in_((CaseState.READY, CaseState.WAITING)))
        .with_for_update(of=Case)
    )
    cases = session.scalars(waiting).all()
    for case in cases:
        step_on(case, Move.FORBID)
        case.outcome, case.closed_at = final_code_of(session, case), now
        note_step(session, case, "closed", actor="system", reason=REASON, now=now)
    session.flush()
    supersede_open(session, [case.id for case in cases], now=now)
    return len(cases)
