"""Keep what is known about the lects of a case, and let it steer the pool."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.campaigns.service import lects_of_campaign
from app.dialing.domain import FactKind, Guess, KnownFact, best_guess
from app.dialing.models import Case, LanguageFact, Pool


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
) -> LanguageFact:
    """Append a language fact; `confidence` is 0 to 1. Nothing known before is changed."""
    fact = LanguageFact(
        case_id=case.id,
        kind=kind,
        lect=lect,
        confidence=confidence,
        source=source,
        actor=actor,
        attempt_id=attempt_id,
        at=now,
    )
    session.add(fact)
    session.flush()
    return fact


def facts_of(session: Session, case_id: int) -> list[LanguageFact]:
    """Return a case's language facts in the order they were stated."""
    return list(session.scalars(select(LanguageFact).where(LanguageFact.case_id == case_id).order_by(LanguageFact.id)))


def guess_of(session: Session, case: Case) -> Guess:
    """Return the lect this case should be called in, as far as is known."""
    offered = [row.lect for row in lects_of_campaign(session, case.campaign_id)]
    return guess_from(facts_of(session, case.id), offered)


def guess_from(facts: Sequence[LanguageFact], offered: Sequence[str]) -> Guess:
    """Return the best guess from stored facts."""
    return best_guess([KnownFact(FactKind(f.kind), f.lect, f.confidence) for f in facts], offered)


def pool_for(session: Session, *, campaign_id: int, lect: str, time_zone: str) -> int:
    """Return the id of the pool with these conditions, made (shut) if it is the first of its kind."""
    wanted = select(Pool.id).where(Pool.campaign_id == campaign_id, Pool.lect == lect, Pool.time_zone == time_zone)
    found = session.scalar(wanted)
    if found is not None:
        return found
    new = {"campaign_id": campaign_id, "lect": lect, "time_zone": time_zone, "is_open": False}
    session.execute(insert(Pool).values(new).on_conflict_do_nothing())
    return session.scalars(wanted).one()
