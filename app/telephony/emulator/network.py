"""What happens to a call on its way: which events it makes, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.emulator.draws import keyed_random
from app.telephony.emulator.figures import Population
from app.telephony.emulator.population import Line, Person

SATURDAY: Final = 5
MORNING: Final = 8
EVENING: Final = 18
NIGHT: Final = 22

# A cause as a SIP gateway would report it: SIP code, Q.850 cause, words.
CAUSES: Final = {
    Ending.BUSY: (486, 17, "Busy Here"),
    Ending.NO_ANSWER: (408, 19, "Request Timeout"),
    Ending.SWITCHED_OFF: (480, 20, "Temporarily Unavailable"),
    Ending.NOT_WORKING: (404, 1, "Not Found"),
    Ending.REJECTED: (603, 21, "Decline"),
    Ending.TECHNICAL: (503, 34, "Service Unavailable"),
    Ending.HUNG_UP_BY_RESPONDENT: (200, 16, "Normal Clearing"),
    Ending.HUNG_UP_BY_US: (200, 16, "Normal Clearing"),
    Ending.CANCELLED: (487, 16, "Request Terminated"),
}


@dataclass(frozen=True)
class Dial:
    """One call as the network sees it; `call_number` counts the earlier calls to the same person."""

    attempt_id: int
    placed_at: datetime
    ring_seconds: int
    time_zone: str
    call_number: int = 0
    is_expected: bool = False  # the person asked for this call


@dataclass(frozen=True)
class _Step:
    after_seconds: float
    kind: CallEventKind
    ending: Ending | None = None


def timeline_of(person: Person, dial: Dial, *, population: Population, seed: int) -> tuple[CallEvent, ...]:
    """Return all events of one call if nobody hangs up: sequences count from 1 and instants never go back."""
    chance = keyed_random(seed, "call", person.key, dial.call_number, dial.placed_at.isoformat())
    steps = [_Step(0.2, CallEventKind.INITIATED), *_steps(person, dial, population=population, chance=chance)]
    return tuple(_event(dial, sequence, step) for sequence, step in enumerate(steps, start=1))


def ended(attempt_id: int, sequence: int, ending: Ending, *, at: datetime) -> CallEvent:
    """Return the last event of a call, with the cause a SIP gateway would give."""
    sip_code, q850, reason = CAUSES[ending]
    return CallEvent(attempt_id, sequence, CallEventKind.ENDED, at, ending, sip_code, q850, reason)


def slot_at(placed_at: datetime, time_zone: str) -> int:
    """Return the index of the time slot on the respondent's own clock: weekday day, evening, weekend, night."""
    local = placed_at.astimezone(ZoneInfo(time_zone))
    if not MORNING <= local.hour < NIGHT:
        return 3
    if local.weekday() >= SATURDAY:
        return 2
    return 1 if local.hour >= EVENING else 0


def _event(dial: Dial, sequence: int, step: _Step) -> CallEvent:
    at = dial.placed_at + timedelta(seconds=round(step.after_seconds, 1))
    if step.ending is not None:
        return ended(dial.attempt_id, sequence, step.ending, at=at)
    return CallEvent(dial.attempt_id, sequence, step.kind, at)


def _steps(person: Person, dial: Dial, *, population: Population, chance: Random) -> list[_Step]:
    first_ring = chance.uniform(*population.ringing.first_ring_seconds)
    unreached = _unreached(person, population, chance)
    if unreached is not None:
        return [_Step(first_ring, CallEventKind.ENDED, unreached)]
    ringing = _Step(first_ring, CallEventKind.RINGING)
    if _picks_up(person, dial, population=population, chance=chance):
        return [ringing, *_answered(first_ring, dial, population=population, chance=chance)]
    return [ringing, _unanswered(first_ring, dial, population=population, chance=chance)]


def _unreached(person: Person, population: Population, chance: Random) -> Ending | None:
    """Say why the telephone does not even ring; a dead number is dead every time, the rest is today's luck."""
    figures = population.line
    luck = chance.random()
    if person.line is Line.NOT_WORKING:
        return Ending.NOT_WORKING
    if luck < figures.technical:
        return Ending.TECHNICAL
    if luck < figures.technical + figures.busy:
        return Ending.BUSY
    return Ending.SWITCHED_OFF if luck < figures.technical + figures.busy + figures.switched_off else None


def _picks_up(person: Person, dial: Dial, *, population: Population, chance: Random) -> bool:
    figures = population.pick_up
    if dial.is_expected:
        return chance.random() < figures.takes_expected
    willing = person.takes_unknown * figures.fall_off_per_call**dial.call_number
    return chance.random() < person.presence[slot_at(dial.placed_at, dial.time_zone)] * willing


def _answered(first_ring: float, dial: Dial, *, population: Population, chance: Random) -> list[_Step]:
    figures = population.ringing
    picks_up_after = chance.triangular(*figures.answer_seconds)
    if picks_up_after >= dial.ring_seconds:
        return [_Step(first_ring + dial.ring_seconds, CallEventKind.ENDED, Ending.NO_ANSWER)]
    answer = first_ring + picks_up_after
    return [
        _Step(answer, CallEventKind.ANSWERED),
        _Step(answer + figures.longest_talk_seconds, CallEventKind.ENDED, Ending.HUNG_UP_BY_RESPONDENT),
    ]


def _unanswered(first_ring: float, dial: Dial, *, population: Population, chance: Random) -> _Step:
    figures = population.ringing
    declines = chance.random() < figures.declines
    after = chance.uniform(*figures.decline_seconds)
    if declines and after < dial.ring_seconds:
        return _Step(first_ring + after, CallEventKind.ENDED, Ending.REJECTED)
    return _Step(first_ring + dial.ring_seconds, CallEventKind.ENDED, Ending.NO_ANSWER)
