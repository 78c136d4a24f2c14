"""A simulated case as it changes."""

from dataclasses import dataclass, field
from datetime import datetime

from app.dialing.domain import Arm, CaseState, KnownFact
from app.dialing.treatment import Dial, History
from app.simulation.interview import Interview
from app.simulation.sample import Sampled
from app.telephony.emulator.speech import Memory

PoolKey = tuple[str, Arm, str, str]  # lect, arm, quota label, time zone


@dataclass
class SimulatedCase:
    """A sampled unit being worked; what was said in the interview nothing in the queue may look at.

    `lect` is the one whose pool it lies in, `cell` its label for the quotas, `position` the number that is next.
    """

    id: int
    sampled: Sampled
    facts: list[KnownFact]
    lect: str
    arm: Arm
    priority: int
    due_at: datetime
    partial_from: datetime | None
    cell: str = ""
    state: CaseState = CaseState.READY
    ready_until: datetime | None = None
    barred: int | None = None
    position: int = 1
    turn: int = 0  # grows with every change, so that older entries in the queue are known as stale
    dials: list[Dial] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    interview: Interview | None = None
    outcome: str | None = None
    seconds: float = 0.0  # of interviewers' time

    @property
    def time_zone(self) -> str:
        """The respondent's."""
        return self.sampled.unit.time_zone

    @property
    def pool(self) -> PoolKey:
        """The conditions that it shares with other cases."""
        return self.lect, self.arm, self.cell, self.time_zone

    def history(self) -> History:
        """Return what the rules may know of it."""
        return History(tuple(self.dials), numbers=len(self.sampled.lines), interview_started=self.interview is not None)
