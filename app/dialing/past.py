"""Tell what has happened to a case: its steps with their rules, its attempts, what was learnt of its lect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.rules import Rules
from app.dialing.answering import Direction
from app.dialing.domain import RESPONDENT, Arm, CaseState, FactKind
from app.dialing.explained import AttemptTold, FactTold, StepTold
from app.dialing.models import Attempt, Case, CaseEvent, LanguageFact
from app.dialing.naming import Names
from app.dialing.score import DRAWS
from app.dialing.sentences import Moment, Named, Sentence, Who, say, say_noted
from app.languages.domain import Match
from app.sampling.models import PhoneNumber

_ATTEMPTS: Final = (
    select(Attempt, PhoneNumber.position, PhoneNumber.masked)
    .join(PhoneNumber, PhoneNumber.id == Attempt.phone_number_id)
    .order_by(Attempt.id)
)
_WHY_THEM: Final = {
    Match.FULL: "%(who)s interviews in %(lect)s: a full match.",
    Match.PARTIAL: "%(who)s is a partial match for %(lect)s.",
    Match.UNKNOWN: "The respondent's lect is not known for certain, and %(who)s may take such cases.",
    Match.NONE: "%(who)s does not match %(lect)s.",
}
NOBODY_BETTER: Final = "Nobody better had taken it before the patience for a better match ended."
BY_CHANCE: Final = "%(who)s was served it by chance, whatever the lect: the case is in the random arm."
NEED: Final = "Its quota's need added %(points)s points."


@dataclass(frozen=True)
class _Noted:
    """What the trace kept of a step, with what it takes to say it."""

    details: Mapping[str, Any]
    names: Names
    who: Who | None
    time_zone: str
    state: str

    def due(self) -> tuple[Sentence, ...]:
        """Say when its turn comes, where the step left it open."""
        due_at = None if self.state == CaseState.CLOSED else self.details.get("due_at")
        return (say("Its turn: %(at)s.", at=Moment(datetime.fromisoformat(due_at), self.time_zone)),) if due_at else ()


def steps_told(events: Sequence[CaseEvent], names: Names, *, time_zone: str) -> tuple[StepTold, ...]:
    """Lay the steps out in words, in their order; instants are said in `time_zone`, the respondent's."""
    return tuple(_step(event, names, time_zone=time_zone) for event in events)


def _step(event: CaseEvent, names: Names, *, time_zone: str) -> StepTold:
    who = names.actor(event.actor)
    tell = _REMARKS.get(event.kind)
    return StepTold(
        at=event.at,
        kind=event.kind,
        state=CaseState(event.state),
        who=who,
        reason=say_noted(event.reason, event.details),
        remarks=tell(_Noted(event.details, names, who, time_zone, event.state)) if tell else (),
        details=event.details,
        is_respondents=event.actor == RESPONDENT,
    )


def _of_serving(noted: _Noted) -> tuple[Sentence, ...]:
    """Say why this person; steps written before the arms and the patience were noted lack them."""
    who, details = noted.who, noted.details
    if who is None or "match" not in details:
        return ()
    if details.get("arm") == Arm.RANDOM:
        return (say(BY_CHANCE, who=who),)
    told = [say(_WHY_THEM[Match(details["match"])], who=who, lect=noted.names.lect(details["lect"]))]
    if details.get("after_patience"):
        told.append(say(NOBODY_BETTER))
    if details.get("quota_need", 0) > 0:
        told.append(say(NEED, points=int(details["quota_need"]) // DRAWS))
    return tuple(told)


def _of_coding(noted: _Noted) -> tuple[Sentence, ...]:
    details, names = noted.details, noted.names
    told = [say("Outcome: %(outcome)s.", outcome=names.outcome(details["outcome"]))]
    provisional = details.get("provisional")
    if provisional and provisional != details["outcome"]:
        told.append(say("The line alone suggested: %(outcome)s.", outcome=names.outcome(provisional)))
    counted = say(
        "%(number)s of %(most)s tries have been made.",
        number=int(details["attempts_counted"]),
        most=names.rules.limits.per_case,
    )
    return (*told, counted, *noted.due())


def _of_freeing(noted: _Noted) -> tuple[Sentence, ...]:
    holder = noted.details.get("holder")
    return (say("%(who)s had it.", who=noted.names.person(holder)),) if holder else ()


def _of_deciding(noted: _Noted) -> tuple[Sentence, ...]:
    """Say the reason that a supervisor gave, where it was one who closed the case or opened it again."""
    why = noted.details.get("why")
    return (say("The reason given: %(why)s", why=why),) if why else ()


def _of_choosing(noted: _Noted) -> tuple[Sentence, ...]:
    return (say("The lect: %(lect)s.", lect=noted.names.lect(noted.details["lect"])),)


_REMARKS: Final[Mapping[str, Callable[[_Noted], tuple[Sentence, ...]]]] = {
    "served": _of_serving,
    "coded": _of_coding,
    "withdrawn": _Noted.due,
    "freed": _of_freeing,
    "closed": _of_deciding,
    "reopened": _of_deciding,
    "given_back": _of_deciding,
    "chose_lect": _of_choosing,
    "booked_by_key": _Noted.due,
    "call_again": _Noted.due,
}


def attempts_told(session: Session, case: Case, names: Names) -> tuple[AttemptTold, ...]:
    """Return a case's dials, the first one first."""
    rows = session.execute(_ATTEMPTS.where(Attempt.case_id == case.id))
    return tuple(_attempt(attempt, names, number=(position, masked)) for attempt, position, masked in rows)


def _attempt(attempt: Attempt, names: Names, *, number: tuple[int, str]) -> AttemptTold:
    answered, ended = attempt.answered_at, attempt.ended_at
    rang, is_inbound = attempt.rang_at is not None or answered is not None, attempt.direction == Direction.INBOUND
    return AttemptTold(
        id=attempt.id,
        at=attempt.requested_at,
        who=names.person(attempt.interviewer_id),
        position=number[0],
        masked=number[1],
        rang=rang,
        answered=answered is not None,
        seconds=int((ended - answered).total_seconds()) if answered and ended else None,
        ending=attempt.ending,
        outcome=names.outcome(attempt.outcome) if attempt.outcome else None,
        time_slice=_slice(attempt, names),
        match=Match(attempt.match),
        arm=Arm(attempt.arm),
        counts=_counts(attempt.outcome, names.rules, rang=rang and not is_inbound),
        is_inbound=is_inbound,
    )


def _slice(attempt: Attempt, names: Names) -> Named | None:
    return names.time_slice(attempt.time_slice) if attempt.time_slice else None


def _counts(outcome: str | None, rules: Rules, *, rang: bool) -> bool | None:
    """Tell whether a dial was a try, as `tries_of` counts them."""
    if outcome is None:
        return None
    return rang and (outcome not in rules.treatments or rules.treatments[outcome].costs_attempt)


def facts_told(facts: Sequence[LanguageFact], names: Names) -> tuple[FactTold, ...]:
    """Return what is known of the respondent's lect, in the order it was stated."""
    return tuple(
        FactTold(fact.at, FactKind(fact.kind), names.lect(fact.lect), fact.confidence, names.actor(fact.actor))
        for fact in facts
    )
