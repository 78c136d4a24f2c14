"""The life of a case: which lect it waits for, and what an outcome makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final

from app.campaigns.domain import OutcomeGroup
from app.languages.domain import UNDETERMINED, UNIDENTIFIED

LEASE: Final = timedelta(minutes=15)
RESPONDENT: Final = "respondent"  # who acted, as the trace writes it


class CaseState(StrEnum):
    """Where a case is; only `ready` cases are in the queue."""

    READY = "ready"  # may be called now, by whoever serves its pool
    WAITING = "waiting"  # its time has not come
    HELD = "held"  # on one interviewer's screen, under a lease
    CLOSED = "closed"  # never called again in this campaign


class Priority(IntEnum):
    """Levels in which ready cases are served; within a level the score decides."""

    SCORED = 0  # no appointment and no started interview
    SOFT_APPOINTMENT = 5
    MEDIUM_APPOINTMENT = 6
    STARTED = 7
    HARD_APPOINTMENT = 8
    SUPERVISOR = 9  # a supervisor said "now"


class Arm(StrEnum):
    """How a case's calls are given out, where the effect of matching is measured."""

    MATCHED = "matched"  # by lect
    RANDOM = "random"  # to anybody, whatever the lect


class ClosureState(StrEnum):
    """How far a lect that was closed for want of staff is; many cases take background work some rounds."""

    CLOSING = "closing"  # open cases of the lect are being closed
    CLOSED = "closed"
    REOPENING = "reopening"  # it was taken back, and the cases it closed are being opened
    REOPENED = "reopened"


class FactKind(StrEnum):
    """How a lect came to be known, the surest first."""

    DECLARED = "declared"  # the respondent said so; the sample's owner, with less than certainty
    OBSERVED = "observed"  # an interviewer heard it
    USED = "used"  # a part of an interview was held in it
    PREDICTED = "predicted"  # the place makes it likely


class AppointmentKind(StrEnum):
    """How binding an appointment is."""

    HARD = "hard"  # an exact time
    MEDIUM = "medium"  # a day or a part of it
    SOFT = "soft"  # a preference


APPOINTMENT_LEVEL: Final = {
    AppointmentKind.HARD: Priority.HARD_APPOINTMENT,
    AppointmentKind.MEDIUM: Priority.MEDIUM_APPOINTMENT,
    AppointmentKind.SOFT: Priority.SOFT_APPOINTMENT,
}
# Also mul (several lects mixed) and zxx (nobody spoke): true of a call, but no lect to wait for.
NOT_A_LECT: Final = frozenset({UNDETERMINED, UNIDENTIFIED, "mul", "zxx"})
OWN_WORD: Final = 1.0  # the confidence of a declaration that the respondent made on the line


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

    The respondent's own word outranks what an interviewer heard, that outranks the word of the
    sample's owner (a case must not come back to whoever just could not hold it), that outranks
    earlier use, and the place comes last: it only orders the queue and never labels a person.
    A later statement of the same rank replaces an earlier one. Predictions count only for lects
    that the campaign offers; a statement counts in any case, so that unserved demand is visible.
    """
    can_be_held_in = set(offered)
    telling = [
        fact
        for fact in facts
        if fact.lect not in NOT_A_LECT and (fact.kind != FactKind.PREDICTED or fact.lect in can_be_held_in)
    ]
    if not telling:
        return Guess(UNDETERMINED, 0.0, None)
    best = max(enumerate(telling), key=lambda numbered: (*_rank(numbered[1]), numbered[0]))[1]
    return Guess(best.lect, best.confidence, best.kind)


def _rank(fact: KnownFact) -> tuple[int, float]:
    if fact.kind == FactKind.DECLARED:
        return (4 if fact.confidence >= OWN_WORD else 2), 0.0
    if fact.kind == FactKind.PREDICTED:
        # The likeliest at the place, whatever the order in which its lects were written down.
        return 0, fact.confidence
    return (3 if fact.kind == FactKind.OBSERVED else 1), 0.0


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
