"""Take a campaign of the installation as a simulation needs it: its whole set-up, and its sample without the people.

Nothing is written, and nothing is read that identifies anybody or that a respondent has answered.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import document_of, rules_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.errors import ConflictError
from app.dialing.domain import NOT_A_LECT, FactKind, KnownFact, best_guess
from app.dialing.models import Case, LanguageFact
from app.languages.domain import Level
from app.languages.service import load_lect_names, load_understanding, prior_of
from app.questionnaires.service import find_version
from app.quotas.plans import CellPlan, QuotaPlan, check_plan, references_of
from app.quotas.service import list_quotas
from app.sampling.models import PhoneNumber, SampleUnit
from app.simulation.campaign import SimulatedCampaign, index_of_plan, staff_of_plan
from app.simulation.ground import Ground
from app.simulation.plans import WrittenPlan, quotas_of, refuse_what_the_campaign_knows
from app.simulation.sample import Unit
from app.simulation.survey import survey_of
from app.simulation.workers import Interviewer, Shift
from app.staffing.roster import shifts_between, staff_of

NO_SAMPLE: Final = "The campaign has no sample yet."
NOWHERE: Final = ""
LONGEST: Final = timedelta(days=90)
DAY: Final = timedelta(days=1)
SYSTEM: Final = "system"  # who states what the list and the place say


def take_campaign(
    session: Session, campaign_id: int, written: WrittenPlan, *, xform: str | None = None, now: datetime
) -> SimulatedCampaign:
    """Read a campaign as it is set up; what the plan has written down and a given questionnaire take its place.

    It is replayed from the time when its field opened; a draft begins with its first shift, otherwise now. Raises
    UnknownCampaignError, ConflictError when there is no sample, and InvalidInputError for a plan that does not fit.
    """
    refuse_what_the_campaign_knows(written)
    campaign = get_campaign(session, campaign_id)
    units = _units(session, campaign)
    if not units:
        raise ConflictError(NO_SAMPLE)
    form = xform or find_version(session, campaign.questionnaire_version_id).xform
    starts_at, days = _period(session, campaign, written, now=now)
    return SimulatedCampaign(
        name=campaign.name,
        document=document_of(session, campaign),
        sample=units,
        ground=_ground(session, campaign, units),
        staff=_staff(session, campaign, written, starts_at=starts_at, days=days),
        quotas=_quotas(session, campaign, written, form=form),
        xform=form,
        index=index_of_plan(written, form),
        starts_at=starts_at,
        days=days,
        time_zone=campaign.time_zone,
        ring_seconds=written.plan.ring_seconds if "ring_seconds" in written.written else campaign.ring_seconds,
    )


def _ground(session: Session, campaign: Campaign, units: Sequence[Unit]) -> Ground:
    areas = sorted({unit.area for unit in units})
    shares = {area: tuple((part.lect, part.share) for part in prior_of(session, area or None)) for area in areas}
    offered = tuple(row.lect for row in lects_of_campaign(session, campaign.id))
    return Ground(shares, load_understanding(session), offered)


def _units(session: Session, campaign: Campaign) -> tuple[Unit, ...]:
    """Read where each unit lives, which kinds of numbers it has, and what is known of its lect."""
    kinds: defaultdict[int, list[str]] = defaultdict(list)
    numbered = select(PhoneNumber.sample_unit_id, PhoneNumber.kind).where(PhoneNumber.campaign_id == campaign.id)
    for unit_id, kind in session.execute(numbered.order_by(PhoneNumber.sample_unit_id, PhoneNumber.position)):
        kinds[unit_id].append(kind)
    learnt = _learnt(session, campaign)
    listed = select(SampleUnit.id, SampleUnit.area_code, SampleUnit.time_zone, SampleUnit.declared_lect)
    of_campaign = listed.where(SampleUnit.campaign_id == campaign.id).order_by(SampleUnit.id)
    return tuple(
        Unit(area or NOWHERE, zone or campaign.time_zone, tuple(kinds[unit_id]), declared, learnt.get(unit_id))
        for unit_id, area, zone, declared in session.execute(of_campaign)
        if unit_id in kinds
    )


def _learnt(session: Session, campaign: Campaign) -> Mapping[int, tuple[str, float]]:
    """Return by unit the lect that the fieldwork so far found out, with how sure it was."""
    stated: defaultdict[int, list[KnownFact]] = defaultdict(list)
    facts = (
        select(Case.sample_unit_id, LanguageFact.kind, LanguageFact.lect, LanguageFact.confidence)
        .join(Case, Case.id == LanguageFact.case_id)
        .where(Case.campaign_id == campaign.id, LanguageFact.actor != SYSTEM)
        # The lect that an interview was held in need not be the respondent's own.
        .where(LanguageFact.kind.in_((FactKind.DECLARED, FactKind.OBSERVED)), LanguageFact.lect.not_in(NOT_A_LECT))
        .order_by(LanguageFact.id)
    )
    for unit_id, kind, lect, confidence in session.execute(facts):
        stated[unit_id].append(KnownFact(FactKind(kind), lect, confidence))
    guesses = {unit_id: best_guess(known, ()) for unit_id, known in stated.items()}
    return {unit_id: (guess.lect, guess.confidence) for unit_id, guess in guesses.items()}


def _period(session: Session, campaign: Campaign, written: WrittenPlan, *, now: datetime) -> tuple[datetime, int]:
    """Return when the simulation begins and how many days it lasts: by the plan, else by the roster."""
    plan, since = written.plan, campaign.opened_at or now
    rostered = shifts_between(session, campaign.id, start=since, end=since + LONGEST)
    begins = campaign.opened_at or (rostered[0].starts_at if rostered else now)
    if "starts_at" in written.written:
        begins = plan.starts_at
    starts_at = rules_of(session, campaign).calling_hours.next_opening(begins, campaign.time_zone)
    if "days" in written.written or not rostered:
        return starts_at, plan.days
    last = max(shift.ends_at for shift in rostered)
    return starts_at, max(math.ceil((last - starts_at) / DAY), 1)


def _staff(
    session: Session, campaign: Campaign, written: WrittenPlan, *, starts_at: datetime, days: int
) -> tuple[Interviewer, ...]:
    """Return those who interview in some lect, with their shifts; synthetic ones where none do or the plan asks.

    Where nobody is rostered, everybody works in all calling hours.
    """
    members = [one for one in staff_of(session, campaign.id) if Level.INTERVIEWS in one.levels.values()]
    if not members or written.written & {"interviewers", "repertoires"}:
        return staff_of_plan(written.plan, load_lect_names(session).find)
    shifts: defaultdict[int, list[Shift]] = defaultdict(list)
    ends_at = starts_at + timedelta(days=days)
    for one in shifts_between(session, campaign.id, start=starts_at, end=ends_at):
        shifts[one.person_id].append(Shift(max(one.starts_at, starts_at), min(one.ends_at, ends_at)))
    return tuple(
        Interviewer(member.levels, member.does_triage, shifts=tuple(shifts[member.person_id]) if shifts else None)
        for member in members
    )


def _quotas(session: Session, campaign: Campaign, written: WrittenPlan, *, form: str) -> tuple[QuotaPlan, ...]:
    """Return the quotas as they were set, with nobody in them; checked again, as the questionnaire may be another."""
    references = replace(references_of(session, campaign), form=survey_of(form, None).form)
    if "quotas" in written.written:
        return quotas_of(written.plan, references)
    stored = [
        QuotaPlan(
            quota.name,
            quota.dimensions,
            tuple(CellPlan(cell.count.key, cell.count.target, cell.count.most) for cell in quota.cells),
        )
        for quota in list_quotas(session, campaign.id)
    ]
    return tuple(check_plan(plan, references) for plan in stored)
