"""Explain one case, as data and in words: where it stands, what happens next, which rule is behind it, and its past."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CallingHours, CampaignState
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Rules
from app.core.errors import NotFoundError
from app.dialing.appointments import open_appointment_of
from app.dialing.domain import AppointmentKind, Arm, CaseState, Guess
from app.dialing.explained import AppointmentTold, Explanation, FactTold, PoolTold, PriorityTold, StepTold, Turn
from app.dialing.facts import facts_of, guess_of
from app.dialing.inbound_past import inbound_told
from app.dialing.models import Case, Pool
from app.dialing.naming import Names
from app.dialing.past import attempts_told, facts_told, steps_told
from app.dialing.priority import priority_told
from app.dialing.routing import FULL_CELL
from app.dialing.sentences import Moment, Sentence, say
from app.dialing.trace import steps_of
from app.dialing.turn import turn_of
from app.sampling.contacts import numbers_of
from app.sampling.models import SampleUnit

LARGEST_ID: Final = 2**63 - 1
_CASE: Final = select(Case).where(Case.id == bindparam("case_id"), Case.campaign_id == bindparam("campaign_id"))


class UnknownCaseError(NotFoundError):
    """There is no such case in this campaign."""


def find_case(session: Session, campaign_id: int, case_id: int) -> Case:
    """Return a case of this campaign; raises UnknownCaseError."""
    wanted = {"case_id": case_id, "campaign_id": campaign_id}
    case = session.scalar(_CASE, wanted) if 0 < case_id <= LARGEST_ID else None
    if case is None:
        raise UnknownCaseError
    return case


def explain_case(session: Session, case: Case, *, now: datetime) -> Explanation:
    """Tell what happens to a case next and why, and what has happened to it; reads only, never an answer.

    `next_step` is the one sentence to read; the rest is what it rests on.
    """
    campaign = session.get_one(Campaign, case.campaign_id)
    rules, pool = rules_of(session, campaign), session.get_one(Pool, case.pool_id)
    names = Names(session, campaign, rules)
    unit = session.get_one(SampleUnit, case.sample_unit_id)
    told, turn = _pool_told(pool, rules, names, now=now), None
    if case.state == CaseState.READY:
        turn = turn_of(session, case, pool, rules=rules.language)
    steps = steps_told(steps_of(session, case.id), names, time_zone=pool.time_zone)
    appointment = _appointment_told(session, case, names)
    facts = facts_of(session, case.id)
    held_since = next((step.at for step in reversed(steps) if step.kind == "served"), None)
    return Explanation(
        case_id=case.id,
        campaign_id=campaign.id,
        state=CaseState(case.state),
        next_step=_next_step(case, told, names, turn=turn, appointment=appointment, steps=steps, now=now),
        place=unit.place_name,
        time_zone=pool.time_zone,
        campaign_zone=campaign.time_zone,
        due_at=case.due_at,
        ready_until=case.ready_until,
        partial_from=case.partial_from,
        takes_partial=case.takes_partial,
        pool=told,
        turn=turn,
        priority=_priority(session, case, rules, pool=pool, steps=steps),
        appointment=appointment,
        wish=CallingHours.read(case.wish) if case.wish else None,
        barred=names.person(case.barred_id) if case.barred_id else None,
        holder=names.person(case.holder_id) if case.holder_id else None,
        held_since=held_since if case.state == CaseState.HELD else None,
        lease_until=case.lease_until,
        outcome=names.outcome(case.outcome) if case.outcome else None,
        closed_at=case.closed_at,
        attempts_counted=case.attempts_counted,
        attempts_allowed=rules.limits.per_case,
        next_position=case.next_position,
        numbers=tuple((number.position, number.masked) for number in numbers_of(session, unit.id)),
        guess=_guess_told(guess_of(session, case), facts_told(facts, names)),
        facts=facts_told(facts, names),
        steps=steps,
        attempts=attempts_told(session, case, names),
        inbound=inbound_told(session, case.id, names),
    )


def _pool_told(pool: Pool, rules: Rules, names: Names, *, now: datetime) -> PoolTold:
    """Judge the pool by the rules at this instant; the stored mark follows them by a tick."""
    shut, opens_at = None, None
    if names.campaign.state == CampaignState.DRAFT:
        shut = say("The field of the campaign is not open yet.")
    elif names.campaign.state == CampaignState.CLOSED:
        shut = say("The field of the campaign is closed.")
    elif pool.need == FULL_CELL:
        shut = say("The quota that the case belongs to is full.")
    elif not rules.calling_hours.is_open(now, pool.time_zone):
        opens_at = rules.calling_hours.next_opening(now, pool.time_zone)
        shut = say("It is outside the calling hours where the respondent lives.")
    return PoolTold(
        lect=names.lect(pool.lect),
        time_zone=pool.time_zone,
        cell=pool.cell,
        arm=Arm(pool.arm),
        kept_for=names.person(pool.person_id) if pool.person_id else None,
        is_open=shut is None,
        shut=shut,
        opens_at=opens_at,
    )


def _priority(
    session: Session, case: Case, rules: Rules, *, pool: Pool, steps: tuple[StepTold, ...]
) -> PriorityTold | None:
    if case.state == CaseState.CLOSED:
        return None
    coded = next((step for step in reversed(steps) if step.kind == "coded"), None)
    return priority_told(session, case, rules, pool=pool, coded=coded)


def _appointment_told(session: Session, case: Case, names: Names) -> AppointmentTold | None:
    booked = open_appointment_of(session, case.id)
    if booked is None:
        return None
    return AppointmentTold(
        kind=AppointmentKind(booked.kind),
        starts_at=booked.starts_at,
        lect=names.lect(booked.lect) if booked.lect else None,
        with_whom=names.person(booked.with_id) if booked.with_id else None,
        hand_over_at=booked.hand_over_at,
        is_missed=booked.missed_at is not None,
    )


def _guess_told(guess: Guess, facts: tuple[FactTold, ...]) -> FactTold | None:
    """Return the fact behind the guess: the last one that says the same with the same certainty."""
    same = (f for f in reversed(facts) if (f.kind, f.lect.code) == (guess.kind, guess.lect))
    return next(same, None)


def _next_step(
    case: Case,
    pool: PoolTold,
    names: Names,
    *,
    turn: Turn | None,
    appointment: AppointmentTold | None,
    steps: tuple[StepTold, ...],
    now: datetime,
) -> Sentence:
    reason = steps[-1].reason if steps else say("It was opened with the sample.")
    if case.state == CaseState.CLOSED:
        return _of_closed(case, names, reason, zone=pool.time_zone)
    if case.state == CaseState.HELD and case.holder_id is not None and case.lease_until is not None:
        until = Moment(case.lease_until, names.campaign.time_zone)
        held = "%(who)s has it. Without a sign of life it goes back to the queue at %(until)s."
        return say(held, who=names.person(case.holder_id), until=until)
    if names.campaign.state == CampaignState.CLOSED:
        return say("The field is closed and nobody calls it any more; background work gives it its final outcome.")
    if case.state == CaseState.WAITING:
        return _of_waiting(case, pool, reason, appointment=appointment, now=now)
    return _of_ready(case, pool, turn)


def _of_closed(case: Case, names: Names, reason: Sentence, *, zone: str) -> Sentence:
    closed = Moment(case.closed_at or case.due_at, zone)
    if case.outcome is None:
        return say("Closed %(at)s, never called again in this campaign. %(reason)s", at=closed, reason=reason)
    ended = "Closed %(at)s as “%(outcome)s”, never called again in this campaign. %(reason)s"
    return say(ended, at=closed, outcome=names.outcome(case.outcome), reason=reason)


def _of_waiting(
    case: Case, pool: PoolTold, reason: Sentence, *, appointment: AppointmentTold | None, now: datetime
) -> Sentence:
    if case.due_at <= now:
        return say("Its time has come: it joins the queue with the next round of background work.")
    due_at = Moment(case.due_at, pool.time_zone)
    if appointment is None:
        return say("It waits until %(due_at)s. %(reason)s", due_at=due_at, reason=reason)
    starts_at = Moment(appointment.starts_at, pool.time_zone)
    if appointment.with_whom is None:
        return say("It waits for its appointment: %(starts_at)s.", starts_at=starts_at)
    named = "It waits for its appointment with %(who)s: %(starts_at)s."
    return say(named, who=appointment.with_whom, starts_at=starts_at)


def _of_ready(case: Case, pool: PoolTold, turn: Turn | None) -> Sentence:
    if pool.shut is not None and pool.opens_at is not None:
        opens_at = Moment(pool.opens_at, pool.time_zone)
        return say("It is ready, and calls begin again %(opens_at)s. %(shut)s", opens_at=opens_at, shut=pool.shut)
    if pool.shut is not None:
        return say("It is ready, but nobody may call it. %(shut)s", shut=pool.shut)
    able = [s for s in turn.servers if case.takes_partial or not s.after_patience] if turn else []
    if turn is None or not able:
        return _of_unserved(case, pool, turn)
    if turn.is_more:
        many = "It is ready; more than %(number)s cases of its pool come before it, for %(able)s interviewers at work."
        return say(many, number=turn.before, able=len(able))
    if turn.before:
        some = "It is ready; %(number)s cases of its pool come before it, for %(able)s interviewers at work."
        return say(some, number=turn.before, able=len(able))
    return say("It is the next case of its pool: it goes to the first of %(number)s interviewers who is free.",
               number=len(able))  # fmt: skip


def _of_unserved(case: Case, pool: PoolTold, turn: Turn | None) -> Sentence:
    if pool.kept_for is not None:
        return say("It is ready and kept for %(who)s, who is not at work.", who=pool.kept_for)
    if turn is not None and turn.servers and case.partial_from is not None:
        patient = "It is ready and waits for a full match in %(lect)s; from %(at)s on a partial match may take it."
        return say(patient, lect=pool.lect, at=Moment(case.partial_from, pool.time_zone))
    return say("It is ready, but nobody who is at work serves %(lect)s.", lect=pool.lect)
