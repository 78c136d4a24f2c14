"""Say what the priority of a case is made of."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.rules import Rules, Weights
from app.dialing.domain import Priority
from app.dialing.explained import PriorityTold, ScorePart, StepTold
from app.dialing.history import history_of
from app.dialing.models import Case, Pool
from app.dialing.release import SECONDS_IN_DAY
from app.dialing.score import DRAWS, Standing, score_parts, score_steps, take_apart
from app.dialing.sentences import Sentence, say
from app.dialing.treatment import History, tries_of

LEVELS: Final = {
    Priority.SUPERVISOR: "A supervisor asked for it to be called now.",
    Priority.HARD_APPOINTMENT: "It has an appointment for an exact time.",
    Priority.STARTED: "Its interview has been started and can go on.",
    Priority.MEDIUM_APPOINTMENT: "It has an appointment for a part of a day.",
    Priority.SOFT_APPOINTMENT: "The respondent prefers this time.",
    Priority.SCORED: "It has no appointment and no started interview: its score decides.",
}


def priority_told(session: Session, case: Case, rules: Rules, *, pool: Pool, coded: StepTold | None) -> PriorityTold:
    """Take the priority of an open case apart; `coded` is the step that set it, None before the first outcome."""
    apart = take_apart(case.priority)
    history = history_of(session, case, interview_started=False)
    standing = standing_of(history, rules, coded=coded, time_zone=pool.time_zone)
    parts = score_parts(standing, rules.weights)
    facts = facts_of_score(standing)
    told = [_part(name, part, rules.weights, fact=facts[name]) for name, part in parts.items()]
    return PriorityTold(
        level=apart.level,
        why=say(LEVELS[apart.level]),
        score=apart.score,
        draw=apart.draw,
        parts=(*told, quota_part(pool, rules.weights)),
        is_current=score_steps(sum(parts.values()), rules.weights) == apart.score,
    )


def standing_of(history: History, rules: Rules, *, coded: StepTold | None, time_zone: str) -> Standing:
    """Return what the score rests on, as it stood when the last outcome was coded."""
    if not history.dials or coded is None:
        return Standing(is_uncovered=True)
    due_at = datetime.fromisoformat(coded.details["due_at"])
    tries = tries_of(history, rules)
    standing = Standing(contacted=history.contacted, tries=len(tries))
    part = next((part for part in rules.slices if part.name == rules.slice_at(due_at, time_zone)), None)
    used = sum(1 for dial in tries if part and dial.time_slice == part.name)
    waits = max((due_at - coded.at).total_seconds(), 0.0) / SECONDS_IN_DAY
    return replace(standing, is_uncovered=part is not None and used < part.least, days_waiting=waits)


def facts_of_score(standing: Standing) -> dict[str, Sentence]:
    """Return the fact that each part of the score rests on."""
    return {
        "slice": say("The time slice of its turn still needs tries.")
        if standing.is_uncovered
        else say("The time slice of its turn has had the tries it needs."),
        "contact": say("Somebody has picked up before.") if standing.contacted else say("Nobody has picked up yet."),
        "age": say("Days from its last try to its turn: %(days)s.", days=f"{standing.days_waiting:.1f}"),
        "attempts": say("Tries that it has had: %(number)s.", number=standing.tries),
    }


def quota_part(pool: Pool, weights: Weights) -> ScorePart:
    """Return what the need of the pool's quota adds, which is kept on the pool and not on the case."""
    fact = say("Its quota still needs interviews.") if pool.need > 0 else say("No quota asks for it in particular.")
    return ScorePart("quota", max(pool.need, 0) // DRAWS, score_steps(weights.quota, weights), fact)


def _part(name: str, part: float, weights: Weights, *, fact: Sentence) -> ScorePart:
    return ScorePart(name, score_steps(part, weights), score_steps(getattr(weights, name), weights), fact)
