"""Keep what is known about the lects of a case, and let it steer the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import append
from app.core.straight import rows
from app.dialing.domain import FactKind, Guess, KnownFact, best_guess
from app.dialing.models import Case, LanguageFact

_KNOWN: Final = """
    SELECT array(SELECT lect FROM campaign_lect WHERE campaign_id = %(campaign)s ORDER BY position) AS offered,
        (SELECT json_agg(json_build_array(kind, lect, confidence) ORDER BY id)
         FROM language_fact WHERE case_id = %(case_id)s) AS facts
"""
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


@dataclass(frozen=True)
class _Known:
    offered: list[str]
    facts: list[tuple[str, str, float]] | None


def guess_of(session: Session, case: Case) -> Guess:
    """Return the lect this case should be called in, as far as is known."""
    [known] = rows(session, _Known, _KNOWN, campaign=case.campaign_id, case_id=case.id)
    facts = [KnownFact(FactKind(kind), lect, confidence) for kind, lect, confidence in known.facts or ()]
    return best_guess(facts, known.offered)


def guess_from(facts: Sequence[LanguageFact], offered: Sequence[str]) -> Guess:
    """Return the best guess from stored facts."""
    return best_guess([KnownFact(FactKind(f.kind), f.lect, f.confidence) for f in facts], offered)
