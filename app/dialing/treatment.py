"""What an outcome does next: the rules of a campaign applied to the history of one case.

Pure, and blind to answers: it sees outcomes, times and numbers, never what a respondent said of the survey.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.campaigns.domain import Action, CallingHours, InterviewerChoice, NumberChoice, SliceChoice
from app.campaigns.outcomes import LECT_UNKNOWN
from app.campaigns.rules import Rules, Slice, Treatment
from app.dialing.domain import CaseState, Priority
from app.dialing.score import Standing

TRY_IS_OVER: Final = timedelta(hours=4)  # between a try whose re-dials were all in vain and the next

CLOSES: Final = "The outcome closes the case."
LAST_TRY: Final = "The last allowed attempt has been made."
TOO_MANY_DIALS: Final = "The case has been dialled as often as the rules allow, whether it rang or not."
NUMBERS_EXHAUSTED: Final = "Every number of the case has had its tries."
SLICES_EXHAUSTED: Final = "Every time slice has had its tries."
OUTCOME_TOO_OFTEN: Final = "The case has had this outcome as often as the rules allow."
NOBODY_UNDERSTOOD: Final = "Nobody was understood in as many calls as the rules allow."
OTHER_LECT: Final = "Another lect is needed: the case goes to interviewers who speak it, at no cost in attempts."
AFTER_DELAY: Final = "The case is called again after the outcome's delay."
OTHER_SLICE: Final = "The case is called again after the outcome's delay, in another time slice."
REDIAL: Final = "The line is dialled again within the same try."
NEXT_NUMBER: Final = "The case is called again on its next number."
DAY_IS_FULL: Final = "The case has been called as often as one day allows; it waits for the next."


@dataclass(frozen=True)
class Dial:
    """One past dial of a case: which of its numbers (1 is the first), and what it came to."""

    at: datetime
    position: int
    outcome: str
    rang: bool
    answered: bool
    time_slice: str | None
    is_matched: bool = False  # the interviewer was a full match for the lect
    is_inbound: bool = False  # the respondent called us, which costs the case no try


@dataclass(frozen=True)
class History:
    """What the rules may know of a case; `dials` in order, the one just coded last."""

    dials: tuple[Dial, ...]
    numbers: int = 1
    interview_started: bool = False
    wish: CallingHours | None = None

    @property
    def last(self) -> Dial:
        """The dial that has just been coded."""
        return self.dials[-1]

    @property
    def contacted(self) -> bool:
        """Somebody has picked up at least once."""
        return any(dial.answered for dial in self.dials)


@dataclass(frozen=True)
class NextStep:
    """Where a case goes after an outcome; `reason` is an English gettext id for the trace.

    `ready_until` bounds a time that must not be overrun; `bars_last` keeps the case from whoever had it.
    """

    state: CaseState
    due_at: datetime
    level: Priority
    standing: Standing
    attempts_counted: int
    reason: str
    ready_until: datetime | None = None
    position: int = 1
    bars_last: bool = False


@dataclass(frozen=True)
class Opening:
    """When a case may be called: from `due_at`, and until when where that may not be overrun."""

    due_at: datetime
    ready_until: datetime | None
    is_uncovered: bool


def tries_of(history: History, rules: Rules) -> list[Dial]:
    """Return the dials that count as attempts: we dialled, they rang, and their outcome costs one."""
    return [
        dial
        for dial in history.dials
        if dial.rang
        and not dial.is_inbound
        and (dial.outcome not in rules.treatments or rules.treatments[dial.outcome].costs_attempt)
    ]


def next_step(history: History, rules: Rules, *, time_zone: str, now: datetime) -> NextStep:
    """Apply the rules to a case whose last dial has just been coded."""
    treatment = rules.treatments[history.last.outcome]
    tries = tries_of(history, rules)
    level = Priority.STARTED if history.interview_started else Priority.SCORED
    base = Standing(contacted=history.contacted, tries=len(tries))

    def closed(reason: str) -> NextStep:
        return NextStep(CaseState.CLOSED, now, level, base, len(tries), reason, position=history.last.position)

    position = _next_position(history, rules, treatment)
    reason = _reason_to_close(history, rules, treatment, position=position)
    if reason is not None:
        return closed(reason)
    if treatment.action == Action.OTHER_LECT:
        return NextStep(CaseState.WAITING, now, level, base, len(tries), OTHER_LECT, position=history.last.position)
    is_redial = _redials_left(history, treatment) > 0
    delay, choice, reason = _how(history, treatment, is_redial=is_redial, position=position or 1)
    earliest, day_is_full = _within_the_day(history, rules, now + delay, time_zone=time_zone)
    opening = opening_for(history, rules, earliest, choice=choice, time_zone=time_zone)
    if opening is None:
        return closed(SLICES_EXHAUSTED)
    return NextStep(
        CaseState.WAITING,
        opening.due_at,
        level,
        Standing(contacted=base.contacted, tries=base.tries, is_uncovered=opening.is_uncovered),
        len(tries),
        DAY_IS_FULL if day_is_full else reason,
        ready_until=opening.ready_until,
        position=position or 1,
        bars_last=treatment.interviewer == InterviewerChoice.OTHER,
    )


def _reason_to_close(history: History, rules: Rules, treatment: Treatment, *, position: int | None) -> str | None:
    has_other_number = treatment.number == NumberChoice.NEXT and position not in {None, history.last.position}
    if treatment.action == Action.CLOSE and not has_other_number:
        return CLOSES
    times = Counter(dial.outcome for dial in history.dials)
    if treatment.most is not None and times[history.last.outcome] >= treatment.most:
        return OUTCOME_TOO_OFTEN
    if len(tries_of(history, rules)) >= rules.limits.per_case and treatment.costs_attempt:
        return LAST_TRY
    if sum(not dial.is_inbound for dial in history.dials) >= rules.limits.dials_per_case:
        return TOO_MANY_DIALS
    if _is_beyond_understanding(history, rules, times=times):
        return NOBODY_UNDERSTOOD
    return NUMBERS_EXHAUSTED if position is None else None


def _is_beyond_understanding(history: History, rules: Rules, *, times: Counter[str]) -> bool:
    """Tell whether the language barrier is final: the lect stays unknown, or matched interviewers failed too."""
    if times[LECT_UNKNOWN] >= rules.language.unknown_tries and history.last.outcome == LECT_UNKNOWN:
        return True
    if history.last.outcome not in rules.barriers:
        return False
    matched = sum(dial.is_matched for dial in history.dials if dial.outcome in rules.barriers)
    return matched >= rules.language.barrier_tries


def _next_position(history: History, rules: Rules, treatment: Treatment) -> int | None:
    """Return the number to dial next, None when every one has had its tries or is dead."""
    tried = Counter(dial.position for dial in tries_of(history, rules))
    dead = {dial.position for dial in history.dials if _is_dead(dial, rules)}
    alive = [
        position
        for position in range(1, history.numbers + 1)
        if position not in dead and tried[position] < rules.limits.per_number
    ]
    if not alive:
        return None
    last = history.last.position
    if treatment.number == NumberChoice.SAME and last in alive:
        return last
    return next((position for position in alive if position > last), alive[0])


def _is_dead(dial: Dial, rules: Rules) -> bool:
    treatment = rules.treatments.get(dial.outcome)
    return treatment is not None and treatment.action == Action.CLOSE and treatment.number == NumberChoice.NEXT


def _redials_left(history: History, treatment: Treatment) -> int:
    """Return how many more dials belong to the try under way; the first dial of a run is no re-dial."""
    run = 0
    for dial in reversed(history.dials):
        if dial.outcome != history.last.outcome:
            break
        run += 1
    return treatment.redials - (run - 1) % (treatment.redials + 1) if treatment.redials else 0


def _how(
    history: History, treatment: Treatment, *, is_redial: bool, position: int
) -> tuple[timedelta, SliceChoice, str]:
    if is_redial:
        return treatment.delay, SliceChoice.ANY, REDIAL
    if treatment.redials:
        return max(treatment.delay, TRY_IS_OVER), SliceChoice.OTHER, OTHER_SLICE
    if position != history.last.position:
        return treatment.delay, treatment.slice, NEXT_NUMBER
    return treatment.delay, treatment.slice, OTHER_SLICE if treatment.slice == SliceChoice.OTHER else AFTER_DELAY


def _within_the_day(history: History, rules: Rules, earliest: datetime, *, time_zone: str) -> tuple[datetime, bool]:
    """Move to the next morning when the day has had its tries; says whether it moved."""
    zone = ZoneInfo(time_zone)
    day = earliest.astimezone(zone).date()
    today = [dial for dial in tries_of(history, rules) if dial.at.astimezone(zone).date() == day]
    if len(today) < rules.limits.per_day:
        return earliest, False
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return midnight.astimezone(earliest.tzinfo), True


def opening_for(
    history: History,
    rules: Rules,
    earliest: datetime,
    *,
    choice: SliceChoice = SliceChoice.ANY,
    time_zone: str,
) -> Opening | None:
    """Return when the case may next be called, at `earliest` or later; None when every time slice is used up.

    Among the slices that are allowed, those with fewer tries than they should have come first where another slice
    is wanted, and the earliest otherwise (Kulka & Weeks 1988: repeating the best slot has diminishing returns).
    """
    hours = rules.calling_hours if history.wish is None else rules.calling_hours.within(history.wish)
    if hours.is_empty:
        hours = rules.calling_hours
    if not rules.slices:
        due_at = hours.next_opening(earliest, time_zone)
        until = hours.closing(due_at, time_zone) if history.wish else None
        return Opening(due_at, until, is_uncovered=not history.dials)
    used = Counter(dial.time_slice for dial in tries_of(history, rules))
    open_in = _hours_of_slices(rules, hours)
    allowed = [part for part in rules.slices if used[part.name] < part.most and not open_in[part.name].is_empty]
    if not allowed:
        return None
    wanted = _wanted(allowed, used, choice=choice, last=history.dials[-1].time_slice if history.dials else None)
    openings = [(open_in[part.name].next_opening(earliest, time_zone), part) for part in wanted]
    due_at, chosen = min(openings, key=lambda found: found[0])
    is_bounded = history.wish is not None or len(allowed) < len(rules.slices)
    until = open_in[chosen.name].closing(due_at, time_zone) if is_bounded else None
    return Opening(due_at, until, is_uncovered=used[chosen.name] < chosen.least)


def _hours_of_slices(rules: Rules, hours: CallingHours) -> Mapping[str, CallingHours]:
    """Return when each slice may be called; a respondent's own wish is cut out anew, the rest is remembered."""
    if hours is rules.calling_hours:
        return rules.hours_of_slices
    return {part.name: part.hours.within(hours) for part in rules.slices}


def _wanted(
    allowed: Sequence[Slice], used: Counter[str | None], *, choice: SliceChoice, last: str | None
) -> Sequence[Slice]:
    if choice == SliceChoice.SAME:
        return [part for part in allowed if part.name == last] or allowed
    if choice == SliceChoice.ANY:
        return allowed
    others = [part for part in allowed if part.name != last] or allowed
    return [part for part in others if used[part.name] < part.least] or others
