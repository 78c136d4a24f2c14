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
from app.sampling.models import PhoneNumber, SampleUnit

BATCH: Final = 5_000
SPREAD: Final = timedelta(hours=1)
DECLARED_BEFORE: Final = 0.9  # a list's word is nearly, but not quite, the respondent's own
LIKELIEST: Final = 3
FIRST: Final = 1  # position of the number a unit is drawn by


@dataclass
class _Places:
    """Priors and pools, looked up once per place instead of once per row."""

    session: Session
    campaign: Campaign
    offered: list[str]
    priors: dict[str | None, tuple[LectShare, ...]] = field(default_factory=dict)
    pools: dict[tuple[str, str], int] = field(default_factory=dict)

    def prior(self, area_code: str | None) -> tuple[LectShare, ...]:
        if area_code not in self.priors:
            self.priors[area_code] = prior_of(self.session, area_code)[:LIKELIEST]
        return self.priors[area_code]

    def pool(self, lect: str, time_zone: str) -> int:
        if (lect, time_zone) not in self.pools:
            found = pool_for(self.session, campaign_id=self.campaign.id, lect=lect, time_zone=time_zone)
            self.pools[lect, time_zone] = found
        return self.pools[lect, time_zone]


def open_cases(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Make a case of every sample unit that has none yet; returns how many.

    Each case gets the language facts its place and its list give, and starts in the pool of the
    lect that is the best guess. Its turn within the pool is drawn from the campaign's seed and its
    number, so that the order of the file steers nothing.
    """
    places = _Places(session, campaign, [row.lect for row in lects_of_campaign(session, campaign.id)])
    made = 0
    while units := _units_without_case(session, campaign.id):
        known = {unit.id: _facts_of(unit, places) for unit, _number in units}
        rows = [
            _case_row(unit, places, known[unit.id], due_at=now - SPREAD * _draw(campaign.seed, number))
            for unit, number in units
        ]
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


def _units_without_case(session: Session, campaign_id: int) -> list[tuple[SampleUnit, bytes]]:
    has_case = select(Case.id).where(Case.sample_unit_id == SampleUnit.id).exists()
    wanted = (
        select(SampleUnit, PhoneNumber.fingerprint)
        .join(PhoneNumber, (PhoneNumber.sample_unit_id == SampleUnit.id) & (PhoneNumber.position == FIRST))
        .where(SampleUnit.campaign_id == campaign_id, ~has_case)
        .order_by(SampleUnit.id)
        .limit(BATCH)
    )
    return [(unit, number) for unit, number in session.execute(wanted)]


def _facts_of(unit: SampleUnit, places: _Places) -> list[tuple[KnownFact, str]]:
    stated = [
        (KnownFact(FactKind.PREDICTED, share.lect, share.share), share.source) for share in places.prior(unit.area_code)
    ]
    if unit.declared_lect:
        stated.append((KnownFact(FactKind.DECLARED, unit.declared_lect, DECLARED_BEFORE), "sample"))
    return stated


def _case_row(
    unit: SampleUnit, places: _Places, stated: list[tuple[KnownFact, str]], *, due_at: datetime
) -> dict[str, Any]:
    guess = best_guess([fact for fact, _source in stated], places.offered)
    return {
        "campaign_id": places.campaign.id,
        "sample_unit_id": unit.id,
        "pool_id": places.pool(guess.lect, unit.time_zone or places.campaign.time_zone),
        "state": CaseState.READY,
        "priority": Priority.FRESH,
        "due_at": due_at,
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


def _draw(seed: int, fingerprint: bytes) -> float:
    """Return a number in [0, 1) that depends on the campaign's seed and the telephone number alone."""
    digest = hashlib.sha256(f"{seed}/{fingerprint.hex()}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
