"""The shape of an explanation: what happens to a case next and why, and what has happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.campaigns.domain import CallingHours
from app.dialing.domain import AppointmentKind, Arm, CaseState, FactKind, Priority
from app.dialing.sentences import Named, Sentence, Who
from app.languages.domain import Match


@dataclass(frozen=True)
class PoolTold:
    """The conditions under which a case waits; `shut` says what keeps its pool closed, `opens_at` until when."""

    lect: Named
    time_zone: str
    cell: str
    arm: Arm
    kept_for: Who | None
    is_open: bool
    shut: Sentence | None
    opens_at: datetime | None


@dataclass(frozen=True)
class Server:
    """An interviewer at work who serves the case's pool; with `after_patience` only once nobody better took it."""

    who: Who
    state: str
    match: Match
    after_patience: bool


@dataclass(frozen=True)
class Turn:
    """Where a ready case stands: how many come before it in its pool, and who may take it.

    `before` stops counting at a bound and `is_more` tells so. `others_at_work` do not serve the pool.
    """

    before: int
    is_more: bool
    servers: tuple[Server, ...]
    others_at_work: int


@dataclass(frozen=True)
class ScorePart:
    """One part of a score in steps, at most `most`, with the fact it rests on."""

    name: str
    points: int
    most: int
    fact: Sentence


@dataclass(frozen=True)
class PriorityTold:
    """A priority taken apart. Where `is_current` is false the score was counted under earlier rules or weights."""

    level: Priority
    why: Sentence
    score: int
    draw: int
    parts: tuple[ScorePart, ...]
    is_current: bool


@dataclass(frozen=True)
class AppointmentTold:
    """The time that was agreed, with whom, and from when on anybody of the lect may keep it."""

    kind: AppointmentKind
    starts_at: datetime
    lect: Named | None
    with_whom: Who | None
    hand_over_at: datetime | None
    is_missed: bool


@dataclass(frozen=True)
class FactTold:
    """One thing known of the respondent's lect, the surest last decides."""

    at: datetime
    kind: FactKind
    lect: Named
    confidence: float
    who: Who | None


@dataclass(frozen=True)
class StepTold:
    """One step of the case's life; `who` is None where the program acted by itself."""

    at: datetime
    kind: str
    state: CaseState
    who: Who | None
    reason: Sentence
    remarks: tuple[Sentence, ...]
    details: Mapping[str, Any]
    is_respondents: bool = False  # the respondent acted, by key on the call-back line


@dataclass(frozen=True)
class AttemptTold:
    """One dial; `counts` is None until it is coded."""

    id: int
    at: datetime
    who: Who
    position: int
    masked: str
    rang: bool
    answered: bool
    seconds: int | None  # from the answer to the end
    ending: str | None
    outcome: Named | None
    time_slice: Named | None
    match: Match
    arm: Arm
    counts: bool | None
    is_inbound: bool = False


@dataclass(frozen=True)
class InboundTold:
    """One call that the respondent made to us; `lect` was chosen by key, `is_confirmed` says that a code was ours."""

    at: datetime
    lect: Named | None
    result: str
    is_confirmed: bool
    seconds: int | None
    attempt_id: int | None


@dataclass(frozen=True)
class Explanation:
    """Everything that steers one case, and its past; `next_step` says in one sentence what happens next and why."""

    case_id: int
    campaign_id: int
    state: CaseState
    next_step: Sentence
    place: str
    time_zone: str
    campaign_zone: str
    due_at: datetime
    ready_until: datetime | None
    partial_from: datetime | None
    takes_partial: bool
    pool: PoolTold
    turn: Turn | None
    priority: PriorityTold | None
    appointment: AppointmentTold | None
    wish: CallingHours | None
    barred: Who | None
    holder: Who | None
    held_since: datetime | None
    lease_until: datetime | None
    outcome: Named | None
    closed_at: datetime | None
    attempts_counted: int
    attempts_allowed: int
    next_position: int
    numbers: tuple[tuple[int, str], ...]
    guess: FactTold | None
    facts: tuple[FactTold, ...]
    steps: tuple[StepTold, ...]
    attempts: tuple[AttemptTold, ...]
    inbound: tuple[InboundTold, ...] = ()
