"""Let a case go to its next step: state, time, priority and pool change together, in one place."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rules import Rules
from app.dialing.domain import CaseState
from app.dialing.facts import guess_of
from app.dialing.life import CaseLife, Move, after
from app.dialing.models import Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.score import draw_for, priority_of
from app.dialing.treatment import NextStep

SECONDS_IN_DAY = 86_400


@dataclass(frozen=True)
class Lead:
    """Where an appointment or another act leads a case, apart from the rules: a lect, or one interviewer."""

    lect: str | None = None
    person_id: int | None = None


def step_on(
    case: Case, happening: Move, *, by: int | None = None, to: int | None = None, is_forbidden: bool = False
) -> None:
    """Move a stored case as its life allows; raises NotPossibleError otherwise. Whoever loses it loses the lease."""
    life = after(CaseLife(CaseState(case.state), case.holder_id, is_forbidden), happening, by=by, to=to)
    case.state, case.holder_id = life.state, life.holder_id
    if life.holder_id is None:
        case.lease_until = None


def release(
    session: Session,
    case: Case,
    step: NextStep,
    *,
    campaign: Campaign,
    rules: Rules,
    lead: Lead = Lead(),
    now: datetime,
) -> None:
    """Free the case from its holder and put it where the step says; without a lead the best guess decides its lect."""
    holder = case.holder_id
    step_on(case, Move.CLOSE if step.state == CaseState.CLOSED else Move.SUSPEND, by=holder)
    case.due_at, case.attempts_counted = step.due_at, step.attempts_counted
    case.priority = priority_at(case, step, campaign=campaign, rules=rules, now=now)
    case.barred_id = holder if step.bars_last else None
    case.next_position = step.position
    case.ready_until = step.ready_until
    case.takes_partial = False
    case.partial_from = patience_ends(step.due_at, rules)
    if step.state == CaseState.CLOSED:
        case.closed_at = now
    else:
        move(session, case, lead)


def priority_at(case: Case, step: NextStep, *, campaign: Campaign, rules: Rules, now: datetime) -> int:
    """Return the priority that the step gives the case, with its seeded draw."""
    waits = max((step.due_at - now).total_seconds(), 0.0) / SECONDS_IN_DAY
    draw = draw_for(campaign.seed, f"case/{case.id}")
    return priority_of(step.level, replace(step.standing, days_waiting=waits), rules.weights, draw=draw)


def patience_ends(due_at: datetime, rules: Rules) -> datetime | None:
    """Return when a partial match may take a case that nobody better has taken, None for never."""
    if not rules.language.serve_partial:
        return None
    return due_at + timedelta(minutes=rules.language.patience_minutes)


def move(session: Session, case: Case, lead: Lead) -> None:
    """Put a case into the pool of the lect it waits for; quota cell and arm stay."""
    here = session.get_one(Pool, case.pool_id)
    lect = lead.lect or guess_of(session, case).lect
    if (lect, lead.person_id) != (here.lect, here.person_id):
        case.pool_id = pool_for(session, replace(conditions_of(here), lect=lect, person_id=lead.person_id))
