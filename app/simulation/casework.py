"""What becomes of a case: how it enters the queue, and where the rules send it after a call."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final

from app.campaigns.domain import Action, OutcomeGroup
from app.campaigns.outcomes import LECT_UNKNOWN, shipped_outcomes
from app.dialing.appointments import ready_for
from app.dialing.domain import (
    APPOINTMENT_LEVEL,
    OWN_WORD,
    AppointmentKind,
    Arm,
    CaseState,
    FactKind,
    KnownFact,
    Priority,
    best_guess,
    final_outcome,
)
from app.dialing.intake import SPREAD, UNTRIED
from app.dialing.outcomes import HEARD
from app.dialing.release import SECONDS_IN_DAY, patience_ends
from app.dialing.score import draw_for, priority_of
from app.dialing.treatment import Dial, NextStep, next_step, opening_for
from app.interviewing.interviews import SPOKEN
from app.languages.domain import UNDETERMINED, Match, match_of
from app.simulation.call import CallReport, Coded, World
from app.simulation.cases import SimulatedCase
from app.simulation.sample import Sampled
from app.simulation.workers import Worker

MEDIUM: Final = AppointmentKind.MEDIUM


class Casework:
    """The product's rules for one case at a time, as one run applies them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rules = world.rules

    def open(self, number: int, sampled: Sampled, *, cell: str, now: datetime) -> SimulatedCase:
        """Make a case as the intake does; its turn is drawn from the seed and its key."""
        rules, seed = self._rules, self._world.seed
        facts = list(sampled.facts) if self._world.policy.sees_lects else []
        draw = draw_for(seed, sampled.key)
        is_random = draw_for(seed, f"arm/{sampled.key}") < rules.language.random_share
        return SimulatedCase(
            id=number,
            sampled=sampled,
            facts=facts,
            lect=best_guess(facts, self._world.ground.offered).lect,
            arm=Arm.RANDOM if is_random else Arm.MATCHED,
            priority=priority_of(Priority.SCORED, UNTRIED, rules.weights, draw=draw),
            due_at=now - SPREAD * draw,
            partial_from=patience_ends(now, rules),
            cell=cell,
        )

    def finish(self, case: SimulatedCase, worker: Worker, report: CallReport) -> None:
        """Keep what was learnt in a call and send the case to its next step."""
        now, rules, coded = report.coded_at, self._rules, report.coded
        self._note_dial(case, worker, report)
        if self._world.policy.sees_lects:
            case.facts += _learnt(coded)
            case.lect = self._lect_after(case, coded)
        step = self._next_step(case, coded, now=now)
        waits = max((step.due_at - now).total_seconds(), 0.0) / SECONDS_IN_DAY
        standing = replace(step.standing, days_waiting=waits)
        draw = draw_for(self._world.seed, f"case/{case.id}")
        case.priority = priority_of(step.level, standing, rules.weights, draw=draw)
        case.state, case.due_at, case.ready_until = step.state, step.due_at, step.ready_until
        case.partial_from = patience_ends(step.due_at, rules)
        case.barred = worker.number if step.bars_last else None
        case.position = step.position
        case.outcome = _final_code(case) if step.state == CaseState.CLOSED else coded.code

    def put_off(self, case: SimulatedCase, *, now: datetime) -> None:
        """Let a case whose time is over wait for its next, as the background work does."""
        opening = opening_for(case.history(), self._rules, now, time_zone=case.time_zone)
        case.state, case.ready_until = CaseState.WAITING, None
        if opening is not None:
            case.due_at, case.ready_until = opening.due_at, opening.ready_until

    def _note_dial(self, case: SimulatedCase, worker: Worker, report: CallReport) -> None:
        known = best_guess(case.facts, self._world.ground.offered).lect
        match = match_of(worker.skills, known, self._world.ground.understanding)
        case.dials.append(
            Dial(
                at=report.placed_at,
                position=case.position,
                outcome=report.coded.code,
                rang=report.rang,
                answered=report.answered,
                time_slice=self._rules.slice_at(report.placed_at, case.time_zone),
                is_matched=match is Match.FULL,
            )
        )

    def _lect_after(self, case: SimulatedCase, coded: Coded) -> str:
        """Return the lect that the case waits for; where nobody could tell it and only its place is known, none."""
        guess = best_guess(case.facts, self._world.ground.offered)
        is_lost = coded.code == LECT_UNKNOWN and guess.kind in {None, FactKind.PREDICTED}
        return UNDETERMINED if is_lost else guess.lect

    def _next_step(self, case: SimulatedCase, coded: Coded, *, now: datetime) -> NextStep:
        step = next_step(case.history(), self._rules, time_zone=case.time_zone, now=now)
        is_appointment = self._rules.treatments[coded.code].action == Action.APPOINTMENT
        if coded.booked_at is None or not is_appointment:
            return step
        due_at = ready_for(MEDIUM, coded.booked_at, self._rules.appointments)
        return replace(
            step,
            state=CaseState.WAITING,
            due_at=max(due_at, now),
            level=APPOINTMENT_LEVEL[MEDIUM],
            ready_until=None,
            bars_last=False,
        )


def _final_code(case: SimulatedCase) -> str:
    """Return what a closed case has come to: the most telling of its calls, as the product says."""
    # A code of the campaign's own comes from its questionnaire, which names one only to turn somebody away.
    groups = [(dial.outcome, _groups().get(dial.outcome, OutcomeGroup.INELIGIBLE)) for dial in case.dials]
    return final_outcome(groups)


@cache
def _groups() -> dict[str, OutcomeGroup]:
    return {row["code"]: OutcomeGroup(row["group"]) for row in shipped_outcomes()}


def _learnt(coded: Coded) -> list[KnownFact]:
    stated = [
        (FactKind.DECLARED, coded.declared, OWN_WORD),
        (FactKind.USED, coded.used, SPOKEN),
        (FactKind.OBSERVED, coded.lect, HEARD),
    ]
    return [KnownFact(kind, lect, confidence) for kind, lect, confidence in stated if lect not in {None, UNDETERMINED}]
