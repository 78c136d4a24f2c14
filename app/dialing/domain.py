"""The life of a case: which lect it waits for, and what an outcome makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from app.campaigns.domain import Action, CallingHours, OutcomeGroup, Treatment
from app.languages.domain import UNDETERMINED, UNIDENTIFIED

LEASE: Final = timedelta(minutes=15)


class CaseState(StrEnum):
    """Where a case is; only `ready` cases are in the queue."""

    READY = "ready"  # may be called now, by whoever serves its pool
    WAITING = "waiting"  # its time has not come
    HELD = "held"  # on one interviewer's screen, under a lease
    CLOSED = "closed"  # never called again in this campaign


class Priority(IntEnum):
    """Order in which ready cases are served; the gaps leave room for a score."""

    FRESH = 0
    CONTACTED = 200
    SOFT_APPOINTMENT = 600
    MEDIUM_APPOINTMENT = 700
    STARTED = 800
    HARD_APPOINTMENT = 900
    SUPERVISOR = 1000


class FactKind(StrEnum):
    """How a lect came to be known, the surest first."""

    DECLARED = "declared"  # the respondent, or the sample's owner, said so
    OBSERVED = "observed"  # an interviewer heard it
    USED = "used"  # a part of an interview was held in it
    PREDICTED = "predicted"  # the place makes it likely


class AppointmentKind(StrEnum):
    """How binding an appointment is."""

    HARD = "hard"  # an exact time
    MEDIUM = "medium"  # a day or a part of it
    SOFT = "soft"  # a preference


APPOINTMENT_PRIORITY: Final = {
    AppointmentKind.HARD: Priority.HARD_APPOINTMENT,
    AppointmentKind.MEDIUM: Priority.MEDIUM_APPOINTMENT,
    AppointmentKind.SOFT: Priority.SOFT_APPOINTMENT,
}
_TRUST_ORDER: Final = (FactKind.DECLARED, FactKind.OBSERVED, FactKind.USED, FactKind.PREDICTED)
_NOT_A_LECT: Final = frozenset({UNDETERMINED, UNIDENTIFIED})


@dataclass(frozen=True)
class KnownFact:
    """One language fact, in the order it was recorded."""

    kind: FactKind
    lect: str
    confidence: float


@dataclass(frozen=True)
class Guess:
    """The lect a case waits for, and why; `und` when nothing useful is known."""

    lect: str
    confidence: float
    kind: FactKind | None


def best_guess(facts: Sequence[KnownFact], offered: Iterable[str]) -> Guess:
    """Choose the lect a case should be called in.

    The respondent's own word outranks what an interviewer heard, that outranks earlier use, and
    the place comes last: it only orders the queue and never labels a person.
    A later statement of the same kind replaces an earlier one. Predictions count only for lects
    that the campaign offers; a statement counts in any case, so that unserved demand is visible.
    """
    can_be_held_in = set(offered)
    for kind in _TRUST_ORDER:
        said = [fact for fact in facts if fact.kind == kind and fact.lect not in _NOT_A_LECT]
        if kind == FactKind.PREDICTED:
            said = sorted((f for f in said if f.lect in can_be_held_in), key=lambda fact: fact.confidence)
        if said:
            return Guess(said[-1].lect, said[-1].confidence, kind)
    return Guess(UNDETERMINED, 0.0, None)


@dataclass(frozen=True)
class NextStep:
    """Where a case goes after an outcome; `reason` is an English gettext id for the trace."""

    state: CaseState
    due_at: datetime
    priority: Priority
    attempts_counted: int
    reason: str


@dataclass(frozen=True)
class CodedTry:
    """What the rules need to know of a coded attempt."""

    rang: bool
    human_contact: bool
    interview_started: bool
    attempts_counted: int
    attempt_limit: int


def next_step(treatment: Treatment, tried: CodedTry, hours: CallingHours, *, time_zone: str, now: datetime) -> NextStep:
    """Apply an outcome's treatment; an attempt counts only if it rang, and some outcomes never cost one."""
    counted = tried.attempts_counted + (1 if treatment.costs_attempt and tried.rang else 0)
    priority = _priority_after(tried)
    if treatment.action == Action.CLOSE:
        return NextStep(CaseState.CLOSED, now, priority, counted, "The outcome closes the case.")
    if counted >= tried.attempt_limit and treatment.costs_attempt:
        return NextStep(CaseState.CLOSED, now, priority, counted, "The last allowed attempt has been made.")
    if treatment.action == Action.OTHER_LECT:
        reason = "Another lect is needed: the case goes to interviewers who speak it, at no cost in attempts."
        return NextStep(CaseState.WAITING, now, Priority.CONTACTED, counted, reason)
    due_at = hours.next_opening(now + treatment.delay, time_zone)
    return NextStep(CaseState.WAITING, due_at, priority, counted, "The case is called again after the outcome's delay.")


def _priority_after(tried: CodedTry) -> Priority:
    if tried.interview_started:
        return Priority.STARTED
    return Priority.CONTACTED if tried.human_contact else Priority.FRESH


_FINAL_RANK: Final = {
    OutcomeGroup.INTERVIEW: 6,
    OutcomeGroup.INELIGIBLE: 5,
    OutcomeGroup.CONTACT: 4,
    OutcomeGroup.LANGUAGE: 3,
    OutcomeGroup.TRUST: 2,
    OutcomeGroup.NO_CONTACT: 1,
    OutcomeGroup.TECHNICAL: 0,
}


def final_outcome(history: Sequence[tuple[str, OutcomeGroup]]) -> str:
    """Return the code a closed case ends with: the most telling attempt, not the last one.

    `history` holds (code, group) in order. Source: AAPOR Standard Definitions' hierarchy, by which
    a refusal outranks a later no-answer; among equals the later one counts.
    """
    best = max(range(len(history)), key=lambda i: (_FINAL_RANK[history[i][1]], i))
    return history[best][0]
