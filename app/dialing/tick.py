"""Background work on cases: time passes, and what was held back by it is let go. Doing it twice changes nothing."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.outcomes import outcome_of_ending
from app.campaigns.rule_book import rules_of
from app.dialing.appointments import Talk, settle_appointment
from app.dialing.domain import CaseState
from app.dialing.field_end import end_fields
from app.dialing.history import histories_of
from app.dialing.life import Move
from app.dialing.models import Attempt, Case, Pool, PoolCount
from app.dialing.numbers import rest_numbers
from app.dialing.overdue import hand_over_late, note_missed
from app.dialing.quota_pools import set_needs
from app.dialing.release import step_on
from app.dialing.trace import note_step
from app.dialing.treatment import opening_for
from app.dialing.want_of_staff import go_on_with_closures
from app.quotas.service import expire_seats
from app.telephony.domain import CallState, Ending

BATCH: Final = 2_000
SMALL_BATCH: Final = 500  # where each case is looked at by itself
COUNT_EVERY: Final = timedelta(seconds=10)
COUNT_MANY_EVERY: Final = timedelta(minutes=1)
MANY: Final = 200_000  # open cases; counting a million takes tenths of a second
LONGEST_CALL: Final = timedelta(hours=2)  # after this an open line is a report that was lost


def tick(session: Session, *, now: datetime) -> dict[str, int]:
    """Open and shut pools, let cases into the queue and out of it as their time comes, free lost ones."""
    return {
        "pools": set_pools(session, now=now),
        "seats": expire_seats(session, now=now),
        "needs": set_needs(session),
        "freed": free_lapsed(session, now=now),
        "promoted": promote_due(session, now=now),
        "handed_over": hand_over_late(session, now=now),
        "missed": note_missed(session, now=now),
        "patient": end_patience(session, now=now),
        "withdrawn": withdraw_overdue(session, now=now),
        "ended": end_fields(session, now=now),
        "closures": go_on_with_closures(session, now=now),
        "rested": rest_numbers(session, now=now),
        "counted": count_pools(session, now=now),
    }


def set_pools(session: Session, *, now: datetime) -> int:
    """Open the pools in whose zone calls are allowed now and shut the others; returns how many changed."""
    changed = 0
    for pool, campaign in session.execute(select(Pool, Campaign).join(Campaign, Campaign.id == Pool.campaign_id)):
        is_open = campaign.state == CampaignState.OPEN
        allowed = is_open and rules_of(session, campaign).calling_hours.is_open(now, pool.time_zone)
        if pool.is_open != allowed:
            pool.is_open = allowed
            changed += 1
    session.flush()
    return changed


def promote_due(session: Session, *, now: datetime) -> int:
    """Put waiting cases whose time has come into the queue, a batch at a time."""
    due = (
        select(Case.id)
        .where(Case.state == CaseState.WAITING, Case.due_at <= now)
        .order_by(Case.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    moved = update(Case).where(Case.id.in_(due.scalar_subquery())).values(state=CaseState.READY).returning(Case.id)
    return len(session.scalars(moved).all())


def end_patience(session: Session, *, now: datetime) -> int:
    """Let worse matches take the cases that have waited long enough for a better one, a batch at a time."""
    waited = (
        select(Case.id)
        .where(Case.state == CaseState.READY, ~Case.takes_partial, Case.partial_from <= now)
        .order_by(Case.partial_from)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    opened = update(Case).where(Case.id.in_(waited.scalar_subquery())).values(takes_partial=True).returning(Case.id)
    return len(session.scalars(opened).all())


def withdraw_overdue(session: Session, *, now: datetime) -> int:
    """Take cases out of the queue whose time slice, or whose respondent's wish, has ended; returns how many."""
    overdue = (
        select(Case, Pool.time_zone, Campaign)
        .join(Pool, Pool.id == Case.pool_id)
        .join(Campaign, Campaign.id == Case.campaign_id)
        .where(Case.state == CaseState.READY, Case.ready_until <= now)
        .limit(SMALL_BATCH)
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(overdue).all()
    histories = histories_of(session, [case for case, _, _ in rows])
    for case, time_zone, campaign in rows:
        opening = opening_for(histories[case.id], rules_of(session, campaign), now, time_zone=time_zone)
        step_on(case, Move.WITHDRAW)
        case.ready_until = None
        if opening is not None:
            case.due_at, case.ready_until = opening.due_at, opening.ready_until
    session.flush()  # all cases at once, and not each with its step
    for case, _, _ in rows:
        note_step(
            session,
            case,
            "withdrawn",
            actor="system",
            now=now,
            reason="The time in which this case may be called is over; it waits for the next one.",
            details={"due_at": case.due_at.isoformat()},
        )
    return len(rows)


def free_lapsed(session: Session, *, now: datetime) -> int:
    """Return cases whose holder has vanished to the queue; nothing said in an interview is lost by that.

    An open line is a sign of life, for as long as a call can last.
    """
    on_the_line = exists().where(
        Attempt.case_id == Case.id, Attempt.state != CallState.ENDED, Attempt.requested_at > now - LONGEST_CALL
    )
    lapsed = (
        select(Case)
        .where(Case.state == CaseState.HELD, Case.lease_until < now, ~on_the_line)
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    cases = session.scalars(lapsed).all()
    for case in cases:
        _abandon_call(session, case, now=now)
        holder = case.holder_id
        step_on(case, Move.LAPSE)
        note_step(
            session,
            case,
            "freed",
            actor="system",
            now=now,
            details={"holder": holder},
            reason="The interviewer's screen gave no sign of life until the lease ran out.",
        )
    session.flush()
    return len(cases)


def _abandon_call(session: Session, case: Case, *, now: datetime) -> None:
    """Code the call that the vanished interviewer left uncoded, or nobody could dial or give back the case again.

    What the line did speaks for itself; otherwise it is a technical failure, which costs the case nothing. A line that
    rang at an agreed time has kept the appointment all the same.
    """
    rules = rules_of(session, session.get_one(Campaign, case.campaign_id)).appointments
    uncoded = select(Attempt).where(Attempt.case_id == case.id, Attempt.outcome.is_(None))
    for attempt in session.scalars(uncoded):
        if attempt.state != CallState.ENDED:
            attempt.state, attempt.ended_at, attempt.ending = CallState.ENDED, now, Ending.TECHNICAL
        outcome = outcome_of_ending(session, case.campaign_id, attempt.ending or Ending.TECHNICAL)
        outcome = outcome or outcome_of_ending(session, case.campaign_id, Ending.TECHNICAL)
        if outcome is not None:
            attempt.outcome, attempt.coded_at = outcome.code, now
        settle_appointment(session, attempt, Talk.NONE, rules=rules, now=now)


def count_pools(session: Session, *, now: datetime) -> int:
    """Count the open cases by pool and state, so that nobody who waits has to; returns how many rows it wrote."""
    newest, total = session.execute(select(func.max(PoolCount.counted_at), func.sum(PoolCount.number))).one()
    if newest is not None and newest > now - (COUNT_EVERY if (total or 0) < MANY else COUNT_MANY_EVERY):
        return 0
    session.execute(delete(PoolCount))
    counted = (
        select(Case.pool_id, Case.state, func.count(), func.min(Case.due_at))
        .where(Case.state != CaseState.CLOSED)
        .group_by(Case.pool_id, Case.state)
    )
    rows = [
        {"pool_id": pool_id, "state": state, "number": number, "first_due_at": first, "counted_at": now}
        for pool_id, state, number, first in session.execute(counted)
    ]
    if rows:
        session.execute(insert(PoolCount), rows)
    return len(rows)
