"""How a case goes on waiting for an appointment that a call has neither kept nor superseded."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.campaigns.domain import OutcomeGroup
from app.campaigns.models import Outcome
from app.campaigns.rules import SOFT_REFUSAL, AppointmentRules
from app.dialing.appointments import WAITS_FOR_APPOINTMENT, Talk, is_due, is_of_call, ready_for
from app.dialing.domain import APPOINTMENT_LEVEL, AppointmentKind, CaseState
from app.dialing.models import Appointment, Attempt
from app.dialing.release import Lead
from app.dialing.treatment import CLOSES, NextStep

_TALKING = frozenset({OutcomeGroup.INTERVIEW, OutcomeGroup.CONTACT, OutcomeGroup.LANGUAGE, OutcomeGroup.INELIGIBLE})


@dataclass(frozen=True)
class Promise:
    """An appointment that stays booked; `failed` where the line did not even ring at the agreed time."""

    booked: Appointment
    failed: bool

    @classmethod
    def after(cls, call: Attempt, booked: Appointment | None, rules: AppointmentRules) -> "Promise | None":
        """Return what is still promised after a call, None where nothing is."""
        if booked is None:
            return None
        return cls(booked, failed=not is_of_call(booked, call) and is_due(booked, call.requested_at, rules))

    def lead(self, *, now: datetime) -> Lead:
        """Return where the case waits: in the agreed lect, and for whoever was asked for while it is their turn."""
        booked = self.booked
        is_handed_over = booked.hand_over_at is not None and booked.hand_over_at <= now
        return Lead(booked.lect, None if is_handed_over else booked.with_id)

    def step(self, step: NextStep, rules: AppointmentRules, *, now: datetime) -> NextStep:
        """Let the case wait for its time, whatever the limits say; an outcome that closes it still does.

        Where the line failed at the agreed time, it is dialled again after the outcome's delay, before the others.
        """
        if step.reason == CLOSES:
            return step
        kind = AppointmentKind(self.booked.kind)
        level = APPOINTMENT_LEVEL[kind]
        if self.failed:
            return step if step.state == CaseState.CLOSED else replace(step, level=level)
        return replace(
            step,
            state=CaseState.WAITING,
            due_at=max(ready_for(kind, self.booked.starts_at, rules), now),
            level=level,
            ready_until=None,
            bars_last=False,
            reason=WAITS_FOR_APPOINTMENT,
        )


def talk_of(call: Attempt, outcome: Outcome) -> Talk:
    """Tell from its outcome how far a call came: a silent pick-up or a suspected misdial is no talk."""
    if call.answered_at is None or OutcomeGroup(outcome.group) not in _TALKING:
        return Talk.NONE
    return Talk.REFUSED if outcome.code == SOFT_REFUSAL else Talk.HELD
