"""How the API writes a case and its explanation: people by number, no telephone number, no name, no answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.api.call_records import AttemptOut, InboundOut, write_attempt, write_inbound
from app.campaigns.domain import WEEKDAYS, CallingHours
from app.dialing.explained import (
    Explanation,
    FactTold,
    PoolTold,
    PriorityTold,
    StepTold,
    Turn,
)
from app.dialing.sentences import Sentence, Who, in_english, plain

Windows = dict[str, list[tuple[str, str]]]


class CaseOut(BaseModel):
    """One case of a list."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    lect: str
    time_zone: str
    arm: str
    due_at: datetime
    attempts_counted: int
    outcome: str | None
    closed_at: datetime | None


class CasePage(BaseModel):
    """A page of cases in the order of their ids."""

    data: list[CaseOut]
    next_cursor: str | None
    has_more: bool


class SentenceOut(BaseModel):
    """A statement in English words, and as the message with its values, to be said in another language."""

    words: str
    message: str
    values: dict[str, str]


class PoolOut(BaseModel):
    """The conditions under which the case waits."""

    lect: str
    time_zone: str
    quota_cell: str
    arm: str
    kept_for: int | None
    is_open: bool
    shut: SentenceOut | None
    opens_at: datetime | None


class ServerOut(BaseModel):
    """An interviewer at work who serves the pool."""

    interviewer_id: int
    state: str
    match: str
    after_patience: bool


class TurnOut(BaseModel):
    """How many ready cases come before this one in its pool (counted up to 1000), and who may take it."""

    before: int
    is_more: bool
    servers: list[ServerOut]
    others_at_work: int


class ScorePartOut(BaseModel):
    """One part of the score, in points of at most `most`."""

    name: str
    points: int
    most: int
    fact: SentenceOut


class PriorityOut(BaseModel):
    """The level decides first, then the score with the quota's need, then a seeded draw."""

    level: str
    why: SentenceOut
    score: int
    draw: int
    parts: list[ScorePartOut]
    is_current: bool


class AppointmentOut(BaseModel):
    """The time that the respondent agreed to."""

    kind: str
    starts_at: datetime
    lect: str | None
    interviewer_id: int | None
    hand_over_at: datetime | None
    is_missed: bool


class FactOut(BaseModel):
    """One thing known of the respondent's lect; `confidence` from 0 to 1."""

    at: datetime
    kind: str
    lect: str
    confidence: float


class StepOut(BaseModel):
    """One step of the case's life and the rule behind it."""

    at: datetime
    kind: str
    state: str
    person_id: int | None
    reason: SentenceOut
    remarks: list[SentenceOut]
    details: dict[str, Any]


class ExplanationOut(BaseModel):
    """What happens to a case next, by which rule, and what has happened to it."""

    case_id: int
    campaign_id: int
    state: str
    next_step: SentenceOut
    time_zone: str
    campaign_time_zone: str
    due_at: datetime
    ready_until: datetime | None
    partial_from: datetime | None
    takes_partial: bool
    pool: PoolOut
    turn: TurnOut | None
    priority: PriorityOut | None
    appointment: AppointmentOut | None
    wish: Windows | None
    barred_interviewer_id: int | None
    holder_id: int | None
    held_since: datetime | None
    lease_until: datetime | None
    outcome: str | None
    closed_at: datetime | None
    attempts_counted: int
    attempts_allowed: int
    numbers: int
    next_number: int
    best_guess: FactOut | None
    lect_facts: list[FactOut]
    steps: list[StepOut]
    attempts: list[AttemptOut]
    inbound_calls: list[InboundOut]


def write_explanation(told: Explanation) -> ExplanationOut:
    """Write an explanation down for a program."""
    booked = told.appointment
    return ExplanationOut(
        **{name: getattr(told, name) for name in _AS_THEY_ARE},
        next_step=_sentence(told.next_step),
        campaign_time_zone=told.campaign_zone,
        pool=_pool(told.pool),
        turn=_turn(told.turn) if told.turn else None,
        priority=_priority(told.priority) if told.priority else None,
        appointment=AppointmentOut(
            kind=booked.kind,
            starts_at=booked.starts_at,
            lect=booked.lect.code if booked.lect else None,
            interviewer_id=_number(booked.with_whom),
            hand_over_at=booked.hand_over_at,
            is_missed=booked.is_missed,
        )
        if booked
        else None,
        wish=_windows(told.wish) if told.wish else None,
        barred_interviewer_id=_number(told.barred),
        holder_id=_number(told.holder),
        outcome=told.outcome.code if told.outcome else None,
        numbers=len(told.numbers),
        next_number=told.next_position,
        best_guess=_fact(told.guess) if told.guess else None,
        lect_facts=[_fact(fact) for fact in told.facts],
        steps=[_step(step) for step in told.steps],
        attempts=[write_attempt(attempt) for attempt in told.attempts],
        inbound_calls=[write_inbound(call) for call in told.inbound],
    )


_AS_THEY_ARE = (
    "case_id", "campaign_id", "state", "time_zone", "due_at", "ready_until", "partial_from", "takes_partial",
    "held_since", "lease_until", "closed_at", "attempts_counted", "attempts_allowed",
)  # fmt: skip


def _number(who: Who | None) -> int | None:
    return who.person_id if who else None


def _sentence(sentence: Sentence) -> SentenceOut:
    values = {name: plain(slot) for name, slot in sentence.slots}
    return SentenceOut(words=in_english(sentence), message=sentence.message, values=values)


def _windows(hours: CallingHours) -> Windows:
    return {
        day: [(f"{window.start:%H:%M}", f"{window.end:%H:%M}") for window in windows]
        for day, windows in zip(WEEKDAYS, hours.days, strict=True)
        if windows
    }


def _pool(pool: PoolTold) -> PoolOut:
    return PoolOut(
        lect=pool.lect.code,
        time_zone=pool.time_zone,
        quota_cell=pool.cell,
        arm=pool.arm,
        kept_for=_number(pool.kept_for),
        is_open=pool.is_open,
        shut=_sentence(pool.shut) if pool.shut else None,
        opens_at=pool.opens_at,
    )


def _turn(turn: Turn) -> TurnOut:
    servers = [
        ServerOut(interviewer_id=s.who.person_id, state=s.state, match=s.match, after_patience=s.after_patience)
        for s in turn.servers
    ]
    return TurnOut(before=turn.before, is_more=turn.is_more, servers=servers, others_at_work=turn.others_at_work)


def _priority(told: PriorityTold) -> PriorityOut:
    parts = [ScorePartOut(name=p.name, points=p.points, most=p.most, fact=_sentence(p.fact)) for p in told.parts]
    return PriorityOut(
        level=told.level.name.lower(), why=_sentence(told.why), score=told.score, draw=told.draw, parts=parts,
        is_current=told.is_current,
    )  # fmt: skip


def _fact(fact: FactTold) -> FactOut:
    return FactOut(at=fact.at, kind=fact.kind, lect=fact.lect.code, confidence=fact.confidence)


def _step(step: StepTold) -> StepOut:
    details: Mapping[str, Any] = step.details
    return StepOut(
        at=step.at, kind=step.kind, state=step.state, person_id=_number(step.who), reason=_sentence(step.reason),
        remarks=[_sentence(remark) for remark in step.remarks], details=dict(details),
    )  # fmt: skip
