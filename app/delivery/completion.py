"""How far a campaign is: by area, by lect, by outcome, and who is at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign, Outcome
from app.campaigns.outcomes import COMPLETE, list_outcomes
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case, Pool
from app.interviewing.domain import misread_kinds
from app.languages.models import Area, Lect
from app.sampling.models import SampleUnit
from app.staffing.service import presences_in
from app.telephony.lines import newest_checks, newest_lines
from app.telephony.models import DeviceCheck


@dataclass(frozen=True)
class Row:
    """One line of a table: the cases in it, those closed, those complete."""

    code: str
    name_zh: str
    name_en: str
    cases: int
    closed: int
    completes: int


@dataclass(frozen=True)
class OutcomeRow:
    """How often an outcome was coded, over all attempts."""

    code: str
    label_zh: str
    label_en: str
    group: str
    aapor: str
    attempts: int


@dataclass(frozen=True)
class FinalRow:
    """How many closed cases came to an outcome in the end."""

    code: str
    label_zh: str
    label_en: str
    group: str
    aapor: str
    cases: int


@dataclass(frozen=True)
class Closing:
    """How far a closed field is with the final outcomes of its cases.

    `open_cases` get theirs by and by from background work; the `held` ones among them once their interviewers have
    coded them. `settled_at` is when the last one got it.
    """

    open_cases: int
    held: int
    settled_at: datetime | None


@dataclass(frozen=True)
class Headset:
    """What an interviewer's newest check of headset and connection found."""

    at: datetime
    works: bool
    latency_ms: int


@dataclass(frozen=True)
class WorkerRow:
    """One interviewer at work."""

    person_id: int
    display_name: str
    state: str
    since: datetime
    dials: int
    completes: int
    line: str | None = None  # a telephony LineState; None before their telephone first called in
    headset: Headset | None = None  # the newest check
    reason: str | None = None  # of a break


@dataclass(frozen=True)
class Totals:
    """The tiles: counts over the whole campaign."""

    cases: int
    closed: int
    completes: int
    wanted: int | None
    dials: int
    contacts: int
    misread: int


@dataclass(frozen=True)
class CompletionView:
    """The supervisor's screen of one campaign."""

    campaign_id: int
    name: str
    state: str
    at: datetime
    totals: Totals
    closing: Closing | None
    by_final: tuple[FinalRow, ...]
    by_area: tuple[Row, ...]
    by_lect: tuple[Row, ...]
    by_outcome: tuple[OutcomeRow, ...]
    workers: tuple[WorkerRow, ...]


def completion_of(session: Session, campaign: Campaign, *, now: datetime) -> CompletionView:
    """Count the campaign's cases and attempts as they stand now; it changes nothing."""
    outcomes = list_outcomes(session, campaign.id)
    by_outcome = _by_outcome(session, campaign.id, outcomes)
    counts = _counts(session, campaign.id)
    return CompletionView(
        campaign_id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        at=now,
        totals=_totals(session, campaign, counts, by_outcome=by_outcome),
        closing=_closing(campaign, counts),
        by_final=_by_final(counts, outcomes),
        by_area=_by_area(session, campaign.id),
        by_lect=_by_lect(session, campaign.id),
        by_outcome=by_outcome,
        workers=_workers(session, campaign.id),
    )


Counts = Mapping[tuple[CaseState, str | None], int]
_CASES = func.count(Case.id)
_CLOSED = func.count(Case.id).filter(Case.state == CaseState.CLOSED)
_COMPLETES = func.count(Case.id).filter(Case.outcome == COMPLETE)


def _counts(session: Session, campaign_id: int) -> Counts:
    """Count the cases by state and outcome, in the one scan that tiles, closing and final outcomes share."""
    counted = (
        select(Case.state, Case.outcome, func.count())
        .where(Case.campaign_id == campaign_id)
        .group_by(Case.state, Case.outcome)
    )
    return {(CaseState(state), outcome): number for state, outcome, number in session.execute(counted)}


def _in_state(counts: Counts, *states: CaseState) -> int:
    return sum(number for (state, _), number in counts.items() if state in states)


def _totals(session: Session, campaign: Campaign, counts: Counts, *, by_outcome: Sequence[OutcomeRow]) -> Totals:
    tried = select(func.count(), func.count(Attempt.answered_at)).where(Attempt.campaign_id == campaign.id)
    dials, contacts = session.execute(tried).one()
    return Totals(
        cases=_in_state(counts, *CaseState),
        closed=_in_state(counts, CaseState.CLOSED),
        completes=sum(number for (_, outcome), number in counts.items() if outcome == COMPLETE),
        wanted=campaign.completes_wanted,
        dials=dials,
        contacts=contacts,
        misread=sum(row.attempts for row in by_outcome if misread_kinds([row.code])),
    )


def _closing(campaign: Campaign, counts: Counts) -> Closing | None:
    if campaign.state != CampaignState.CLOSED:
        return None
    held = _in_state(counts, CaseState.HELD)
    return Closing(_in_state(counts, CaseState.READY, CaseState.WAITING) + held, held, campaign.settled_at)


def _by_final(counts: Counts, outcomes: Sequence[Outcome]) -> tuple[FinalRow, ...]:
    """Count the closed cases by what they came to, in the order of the AAPOR codes."""
    cases = {outcome: number for (state, outcome), number in counts.items() if state == CaseState.CLOSED}
    rows = [
        FinalRow(o.code, o.label_zh, o.label_en, o.group, o.aapor, cases[o.code]) for o in outcomes if o.code in cases
    ]
    return tuple(sorted(rows, key=lambda row: (row.aapor, row.code)))


def _by_area(session: Session, campaign_id: int) -> tuple[Row, ...]:
    counted = (
        select(Area.code, Area.name_zh, Area.name_en, _CASES, _CLOSED, _COMPLETES)
        .select_from(Case)
        .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
        .outerjoin(Area, Area.code == SampleUnit.area_code)
        .where(Case.campaign_id == campaign_id)
        .group_by(Area.code, Area.name_zh, Area.name_en)
        .order_by(Area.code)
    )
    return tuple(Row(c or "", zh or "", en or zh or "", *n) for c, zh, en, *n in session.execute(counted))


def _by_lect(session: Session, campaign_id: int) -> tuple[Row, ...]:
    counted = (
        select(Lect.tag, Lect.name_zh, Lect.name_en, _CASES, _CLOSED, _COMPLETES)
        .select_from(Case)
        .join(Pool, Pool.id == Case.pool_id)
        .join(Lect, Lect.tag == Pool.lect)
        .where(Case.campaign_id == campaign_id)
        .group_by(Lect.tag, Lect.name_zh, Lect.name_en)
        .order_by(_CASES.desc(), Lect.tag)
    )
    return tuple(Row(*row) for row in session.execute(counted))


def _by_outcome(session: Session, campaign_id: int, outcomes: Sequence[Outcome]) -> tuple[OutcomeRow, ...]:
    counted = (
        select(Attempt.outcome, func.count().label("times"))
        .where(Attempt.campaign_id == campaign_id, Attempt.outcome.is_not(None))
        .group_by(Attempt.outcome)
    )
    times = {row.outcome: row.times for row in session.execute(counted)}
    return tuple(
        OutcomeRow(o.code, o.label_zh, o.label_en, o.group, o.aapor, times[o.code]) for o in outcomes if o.code in times
    )


def _workers(session: Session, campaign_id: int) -> tuple[WorkerRow, ...]:
    counted = (
        select(Attempt.interviewer_id, func.count(), func.count().filter(Attempt.outcome == COMPLETE))
        .where(Attempt.campaign_id == campaign_id)
        .group_by(Attempt.interviewer_id)
    )
    tally = {person: (dials, completes) for person, dials, completes in session.execute(counted)}
    present = presences_in(session, campaign_id)
    person_ids = [person.id for person, _presence in present]
    lines, checks = newest_lines(session, person_ids), newest_checks(session, person_ids)
    return tuple(
        WorkerRow(
            person.id,
            person.display_name,
            presence.state,
            presence.since,
            *tally.get(person.id, (0, 0)),
            reason=presence.reason,
            line=lines.get(person.id),
            headset=_headset(checks.get(person.id)),
        )
        for person, presence in present
    )


def _headset(check: DeviceCheck | None) -> Headset | None:
    if check is None:
        return None
    return Headset(check.at, works=check.microphone and check.speaker and check.echo, latency_ms=check.latency_ms)
