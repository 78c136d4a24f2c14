"""Turn imported sample into cases that wait in their pools."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Rules
from app.campaigns.service import lects_of_campaign
from app.dialing.codes import give_codes
from app.dialing.domain import Arm, CaseState, FactKind, KnownFact, Priority, best_guess
from app.dialing.measures import Measure, draw_measures
from app.dialing.models import Case, LanguageFact
from app.dialing.notices import plan_notices
from app.dialing.pools import Conditions, pool_for
from app.dialing.release import patience_ends
from app.dialing.score import Standing, draw_for, priority_of
from app.languages.domain import LectShare
from app.languages.service import prior_of
from app.quotas.labels import FrameLabels
from app.quotas.service import frame_labels
from app.sampling.models import PhoneNumber, SampleUnit

BATCH: Final = 5_000
SPREAD: Final = timedelta(hours=1)
DECLARED_BEFORE: Final = 0.9  # a list's word is nearly, but not quite, the respondent's own
LIKELIEST: Final = 3
FIRST: Final = 1  # position of the number a unit is drawn by
UNTRIED: Final = Standing(is_uncovered=True)


@dataclass(frozen=True)
class DrawnBy:
    """The number a unit was drawn by: its keyed fingerprint, and whether it is mobile or fixed."""

    fingerprint: str
    phone_kind: str


@dataclass
class _Places:
    """Priors and pools, looked up once per place instead of once per row."""

    session: Session
    campaign: Campaign
    offered: list[str]
    rules: Rules
    labels: FrameLabels
    priors: dict[str | None, tuple[LectShare, ...]] = field(default_factory=dict)
    pools: dict[Conditions, int] = field(default_factory=dict)

    def prior(self, area_code: str | None) -> tuple[LectShare, ...]:
        if area_code not in self.priors:
            self.priors[area_code] = prior_of(self.session, area_code)[:LIKELIEST]
        return self.priors[area_code]

    def pool(self, conditions: Conditions) -> int:
        if conditions not in self.pools:
            self.pools[conditions] = pool_for(self.session, conditions)
        return self.pools[conditions]


def open_cases(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Make a case of every sample unit that has none yet; returns how many.

    Each case gets the language facts its place and its list give, and starts in the pool of the
    lect that is the best guess. Its turn within the pool is drawn from the campaign's seed and its
    number, so that the order of the file steers nothing.
    """
    offered = [row.lect for row in lects_of_campaign(session, campaign.id)]
    labels = frame_labels(session, campaign.id)
    places = _Places(session, campaign, offered, rules_of(session, campaign), labels)
    made = 0
    while units := _units_without_case(session, campaign.id):
        known = {unit.id: _facts_of(unit, places) for unit, _ in units}
        rows = [_case_row(unit, places, known[unit.id], drawn_by=drawn_by, now=now) for unit, drawn_by in units]
        returning = insert(Case).returning(Case.id, Case.sample_unit_id)
        case_of = {unit_id: case_id for case_id, unit_id in session.execute(returning, rows)}
        facts = [
            {**_fact_row(fact, source), "case_id": case_of[unit_id], "at": now}
            for unit_id, stated in known.items()
            for fact, source in stated
        ]
        if facts:
            session.execute(insert(LanguageFact), facts)
        give_codes(session, list(case_of.values()))
        fingerprints = {case_of[unit.id]: drawn_by.fingerprint for unit, drawn_by in units}
        drawn = draw_measures(session, campaign, fingerprints, now=now)
        plan_notices(session, campaign, drawn[Measure.NOTICE], now=now)
        made += len(units)
    return made


def _units_without_case(session: Session, campaign_id: int) -> list[tuple[SampleUnit, DrawnBy]]:
    has_case = select(Case.id).where(Case.sample_unit_id == SampleUnit.id).exists()
    wanted = (
        select(SampleUnit, PhoneNumber.fingerprint, PhoneNumber.kind)
        .join(PhoneNumber, (PhoneNumber.sample_unit_id == SampleUnit.id) & (PhoneNumber.position == FIRST))
        .where(SampleUnit.campaign_id == campaign_id, ~has_case)
        .order_by(SampleUnit.id)
        .limit(BATCH)
    )
    return [(unit, DrawnBy(number.hex(), kind)) for unit, number, kind in session.execute(wanted)]


def _facts_of(unit: SampleUnit, places: _Places) -> list[tuple[KnownFact, str]]:
    stated = [
        (KnownFact(FactKind.PREDICTED, share.lect, share.share), share.source) for share in places.prior(unit.area_code)
    ]
    if unit.declared_lect:
        stated.append((KnownFact(FactKind.DECLARED, unit.declared_lect, DECLARED_BEFORE), "sample"))
    return stated


def _case_row(
    unit: SampleUnit, places: _Places, stated: list[tuple[KnownFact, str]], *, drawn_by: DrawnBy, now: datetime
) -> dict[str, Any]:
    guess = best_guess([fact for fact, _source in stated], places.offered)
    draw = draw_for(places.campaign.seed, drawn_by.fingerprint)
    is_random = draw_for(places.campaign.seed, f"arm/{drawn_by.fingerprint}") < places.rules.language.random_share
    conditions = Conditions(
        places.campaign.id,
        guess.lect,
        unit.time_zone or places.campaign.time_zone,
        cell=places.labels.label(area_code=unit.area_code, phone_kind=drawn_by.phone_kind),
        arm=Arm.RANDOM if is_random else Arm.MATCHED,
    )
    return {
        "campaign_id": places.campaign.id,
        "sample_unit_id": unit.id,
        "pool_id": places.pool(conditions),
        "state": CaseState.READY,
        "priority": priority_of(Priority.SCORED, UNTRIED, places.rules.weights, draw=draw),
        "due_at": now - SPREAD * draw,
        "attempts_counted": 0,
        "partial_from": patience_ends(now, places.rules),
    }


def _fact_row(fact: KnownFact, source: str) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "lect": fact.lect,
        "confidence": fact.confidence,
        "source": source,
        "actor": "system",
    }
