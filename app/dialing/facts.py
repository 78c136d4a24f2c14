"""Keep what is known about the lects of a case, and let it steer the pool."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.service import lects_of_campaign
from app.core.db import append
from app.dialing.domain import FactKind, Guess, KnownFact, best_guess
from app.dialing.models import Case, LanguageFact

_OF_CASE: Final = select(LanguageFact).where(LanguageFact.case_id == bindparam("case_id")).order_by(LanguageFact.id)


def state_fact(
    session: Session,
    case: Case,
    kind: FactKind,
    *,
    lect: str,
    confidence: float,
    source: str,
    actor: str,
    attempt_id: int | None = None,
    now: datetime,
) -> None:
    """Append a language fact; `confidence` is 0 to 1. Nothing known before is changed."""
    append(
        session,
        LanguageFact,
        case_id=case.id,
        kind=kind,
        lect=lect,
        confidence=confidence,
        source=source,
        actor=actor,
        attempt_id=attempt_id,
        at=now,
    )


def facts_of(session: Session, case_id: int) -> list[LanguageFact]:
    """Return a case's language facts in the order they were stated."""
    return list(session.scalars(_OF_CASE, {"case_id": case_id}))


def guess_of(session: Session, case: Case) -> Guess:
    """Return the lect this case should be called in, as far as is known."""
    offered = [row.lect for row in lects_of_campaign(session, case.campaign_id)]
    return guess_from(facts_of(session, case.id), offered)


def guess_from(facts: Sequence[LanguageFact], offered: Sequence[str]) -> Guess:
    """Return the best guess from stored facts."""
    return best_guess([KnownFact(FactKind(f.kind), f.lect, f.confidence) for f in facts], offered)
