"""Turn imported sample into cases that wait in their pools."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.service import lects_of_campaign
from app.dialing.domain import CaseState, FactKind, KnownFact, Priority, best_guess
from app.dialing.facts import pool_for
from app.dialing.models import Case, LanguageFact
from app.languages.domain import LectShare
from app.languages.service import prior_of
from app.sampling.models import SampleUnit

BATCH: Final = 5_000
SPREAD: Final = timedelta(hours=1)
DECLARED_BEFORE: Final = 0.9  # a list's word is nearly, but not quite, the respondent's own
LIKELIEST: Final = 3


@dataclass
class _Places:
    """Priors, looked up once per area instead of once per row."""

    session: Session
    priors: dict[str | None, tuple[LectShare, ...]] = field(default_factory=dict)

    def prior(self, area_code: str | None) -> tuple[LectShare, ...]:
        if area_code not in self.priors:
            ranked = sorted(prior_of(self.session, area_code), key=lambda share: -share.share)
            self.priors[area_code] = tuple(ranked[:LIKELIEST])
        return self.priors[area_code]


def open_cases(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Make a case of every sample unit that has none yet; returns how many.

    Each case gets the language facts its place and its list give, and starts in the pool of the
    lect that is the best guess. Its turn within the pool is a seeded draw, so that the order of the
    file steers nothing.
    """
    places = _Places(session)
    offered = [row.lect for row in lects_of_campaign(session, campaign.id)]
    made = 0
    while units := _units_without_case(session, campaign.id):
        known = {unit.id: _facts_of(unit, places) for unit in units}
        rows = [_case_row(session, campaign, unit, known[unit.id], offered=offered, now=now) for unit in units]
        returning = insert(Case).returning(Case.id, Case.sample_unit_id)
        case_of = {unit_id: case_id for case_id, unit_id in session.execute(returning, rows)}
        facts = [
            {**_fact_row(fact, source), "case_id": case_of[unit_id], "at": now}
            for unit_id, stated in known.items()
            for fact, source in stated
        ]
        if facts:
            session.execute(insert(LanguageFact), facts)
        made += len(units)
    return made


def _units_without_case(session: Session, campaign_id: int) -> list[SampleUnit]:
    has_case = select(Case.id).where(Case.sample_unit_id == SampleUnit.id).exists()
    wanted = (
        select(SampleUnit).where(SampleUnit.campaign_id == campaign_id, ~has_case).order_by(SampleUnit.id).limit(BATCH)
    )
    return list(session.scalars(wanted))


def _facts_of(unit: SampleUnit, places: _Places) -> list[tuple[KnownFact, str]]:
    stated = [
        (KnownFact(FactKind.PREDICTED, share.lect, share.share), share.source) for share in places.prior(unit.area_code)
    ]
    if unit.declared_lect:
        stated.append((KnownFact(FactKind.DECLARED, unit.declared_lect, DECLARED_BEFORE), "sample"))
    return stated


def _case_row(
    session: Session,
    campaign: Campaign,
    unit: SampleUnit,
    stated: list[tuple[KnownFact, str]],
    *,
    offered: list[str],
    now: datetime,
) -> dict[str, Any]:
    guess = best_guess([fact for fact, _source in stated], offered)
    zone = unit.time_zone or campaign.time_zone
    return {
        "campaign_id": campaign.id,
        "sample_unit_id": unit.id,
        "pool_id": pool_for(session, campaign_id=campaign.id, lect=guess.lect, time_zone=zone),
        "state": CaseState.READY,
        "priority": Priority.FRESH,
        "due_at": now - SPREAD * _draw(campaign.seed, unit.id),
        "attempts_counted": 0,
    }


def _fact_row(fact: KnownFact, source: str) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "lect": fact.lect,
        "confidence": fact.confidence,
        "source": source,
        "actor": "system",
    }


def _draw(seed: int, unit_id: int) -> float:
    """Return a number in [0, 1) that depends on the campaign's seed and the unit alone."""
    digest = hashlib.sha256(f"{seed}/{unit_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
