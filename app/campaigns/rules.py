"""The rules of a campaign: when and how often to call, what an outcome does next, how lects are matched.

One document holds all of them. Each change makes a new version; nothing here reads an answer.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.campaigns.desk_rules import PacingRules, WrapUpRules
from app.campaigns.domain import (
    Action,
    CallingHours,
    InterviewerChoice,
    NumberChoice,
    SliceChoice,
    UnknownLect,
)
from app.campaigns.monitoring_rules import MonitoringRules
from app.campaigns.quality_rules import QualityRules
from app.campaigns.recording_rules import RecordingRules
from app.core.errors import Fault, InvalidInputError
from app.core.parameters import MESSAGES

Windows = dict[str, list[tuple[str, str]]]
SOFT_REFUSAL: Final = "refused_soft"
NO_FOR_GOOD: Final = frozenset({"refused_hard", "refused_household", "do_not_call"})
CONVERSIONS: Final = 1
LONGEST_DELAY: Final = 60 * 24 * 90  # minutes


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Slice(_Part):
    """A named window of the week, in the respondent's time zone, with the tries it should and may get."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    label_zh: str = ""
    label_en: str = ""
    windows: Windows
    least: int = Field(default=1, ge=0, le=100)
    most: int = Field(default=100, ge=1, le=100)

    @cached_property
    def hours(self) -> CallingHours:
        """The windows, read."""
        return CallingHours.read(self.windows)


class Treatment(_Part):
    """What an outcome does next.

    `delay_minutes` counts from the coding. `redials` more dials belong to the same try and cost nothing, as with
    a busy line. `most` ends the case when it has had the outcome that often. `costs_attempt` is false where the
    respondent never had a fair chance. `barrier` marks the outcomes by which lect stood between the two.
    """

    action: Action
    delay_minutes: int = Field(default=0, ge=0, le=LONGEST_DELAY)
    costs_attempt: bool = True
    slice: SliceChoice = SliceChoice.ANY
    number: NumberChoice = NumberChoice.SAME
    interviewer: InterviewerChoice = InterviewerChoice.ANY
    redials: int = Field(default=0, ge=0, le=10)
    most: int | None = Field(default=None, ge=1, le=100)
    barrier: bool = False

    @property
    def delay(self) -> timedelta:
        """The delay as a length of time."""
        return timedelta(minutes=self.delay_minutes)


class Limits(_Part):
    """How often may be called: tries that rang count, except in `dials_per_case`, which counts every dial."""

    per_case: int = Field(default=8, ge=1, le=100)
    per_number: int = Field(default=8, ge=1, le=100)
    per_day: int = Field(default=3, ge=1, le=24)
    dials_per_case: int = Field(default=24, ge=1, le=500)


class LanguageRules(_Part):
    """How far a case waits for somebody who speaks its lect.

    After `patience_minutes` in the queue an interviewer who is a partial match may take it. `unknown_tries` and
    `barrier_tries` end a case after so many calls in which nobody was understood although the lect is unknown, or
    although interviewer and lect matched. `random_share` of the cases is served without regard to lect, so that
    the effect of matching can be measured.
    """

    patience_minutes: int = Field(default=30, ge=0, le=LONGEST_DELAY)
    serve_partial: bool = True
    complete_below_interviews: bool = False
    unknown_lect: UnknownLect = UnknownLect.ANYONE
    unknown_tries: int = Field(default=2, ge=1, le=20)
    barrier_tries: int = Field(default=3, ge=1, le=20)
    random_share: float = Field(default=0.0, ge=0, le=1)


class AppointmentRules(_Part):
    """How appointments are kept: from `early_seconds` before to `late_minutes` after the time.

    A named interviewer has `hand_over_minutes` before anybody of the same lect may call.
    """

    early_seconds: int = Field(default=120, ge=0, le=3600)
    late_minutes: int = Field(default=10, ge=1, le=240)
    hand_over_minutes: int = Field(default=3, ge=0, le=240)


class NumberRules(_Part):
    """When a caller number rests: at `calls_per_day`, or for `rest_minutes` when its calls go badly.

    Once it has made `least_calls` today since its last rest, it rests when more than `rejected_share` of them were
    rejected, or more than `complaint_share` were taken for a fraud or marked as unwanted; 1 never lets it rest.
    """

    calls_per_day: int | None = Field(default=None, ge=1, le=1_000_000)
    least_calls: int = Field(default=50, ge=1, le=100_000)
    rejected_share: float = Field(default=1.0, ge=0, le=1)
    complaint_share: float = Field(default=1.0, ge=0, le=1)
    rest_minutes: int = Field(default=60 * 24, ge=1, le=LONGEST_DELAY)

    @property
    def judges(self) -> bool:
        """Whether what calls meet with can ever let a number rest."""
        return min(self.rejected_share, self.complaint_share) < 1


class MeasureRules(_Part):
    """To which share of the cases each trust measure is given; the others are held out, so that its effect shows.

    0 does without the measure, 1 gives it to all. It counts for cases that join from then on.

    A case that gets a notice by message is called `notice_lead_minutes` after it at the earliest, and waits for it
    `notice_wait_minutes` at most once its turn has come. No more than `notice_ahead` people are told and not called
    yet at any time, so that the call follows soon.

    `clip_plays_itself` has the recorded greeting played as soon as somebody answers, and not only by a key.
    """

    code_share: float = Field(default=1.0, ge=0, le=1)
    notice_share: float = Field(default=0.0, ge=0, le=1)
    notice_lead_minutes: int = Field(default=60, ge=0, le=60 * 24 * 7)
    notice_wait_minutes: int = Field(default=60 * 24, ge=10, le=60 * 24 * 14)
    notice_ahead: int = Field(default=200, ge=1, le=100_000)
    clip_share: float = Field(default=0.0, ge=0, le=1)
    clip_plays_itself: bool = False


class Weights(_Part):
    """What the score of a case without an appointment is made of; only their ratios matter."""

    slice: float = Field(default=3.0, ge=0, le=100)
    quota: float = Field(default=3.0, ge=0, le=100)
    contact: float = Field(default=2.0, ge=0, le=100)
    age: float = Field(default=1.0, ge=0, le=100)
    attempts: float = Field(default=1.0, ge=0, le=100)


class Rules(_Part):
    """Everything that steers the calls of one campaign."""

    hours: Windows
    holidays: tuple[date, ...] = ()
    slices: tuple[Slice, ...] = ()
    limits: Limits = Limits()
    language: LanguageRules = LanguageRules()
    appointments: AppointmentRules = AppointmentRules()
    weights: Weights = Weights()
    numbers: NumberRules = NumberRules()
    measures: MeasureRules = MeasureRules()
    recording: RecordingRules = RecordingRules()
    monitoring: MonitoringRules = MonitoringRules()
    pacing: PacingRules = PacingRules()
    wrap_up: WrapUpRules = WrapUpRules()
    quality: QualityRules = QualityRules()
    treatments: Mapping[str, Treatment]

    @field_validator("slices")
    @classmethod
    def _names_differ(cls, slices: tuple[Slice, ...]) -> tuple[Slice, ...]:
        if len({part.name for part in slices}) < len(slices):
            message = "Two time slices have the same name."
            raise ValueError(message)
        return slices

    @cached_property
    def calling_hours(self) -> CallingHours:
        """The week's calling windows, read."""
        return CallingHours.read(self.hours, holidays=self.holidays)

    @cached_property
    def barriers(self) -> frozenset[str]:
        """The outcomes by which the lect stood between the two."""
        return frozenset(code for code, treatment in self.treatments.items() if treatment.barrier)

    @cached_property
    def hours_of_slices(self) -> Mapping[str, CallingHours]:
        """The calling hours that lie in each time slice, by its name."""
        return {part.name: part.hours.within(self.calling_hours) for part in self.slices}

    def slice_at(self, at: datetime, time_zone: str) -> str | None:
        """Return the name of the time slice that an instant falls into where the respondent lives."""
        return next((part.name for part in self.slices if part.hours.is_open(at, time_zone)), None)


def read_rules(document: Mapping[str, Any]) -> Rules:
    """Read a rules document; raises InvalidInputError that names every wrong field."""
    faults = _window_faults(document)
    try:
        rules = Rules.model_validate(document)
    except ValidationError as error:
        faults += [_fault_of(dict(wrong)) for wrong in error.errors() if not _is_window(wrong["loc"])]
        raise InvalidInputError("The rules cannot be used.", tuple(faults)) from error
    if not faults:
        faults += _contradictions(rules)
    if faults:
        raise InvalidInputError("The rules cannot be used.", tuple(faults))
    return rules


def _is_window(place: tuple[int | str, ...]) -> bool:
    return "windows" in place or place[:1] == ("hours",)


def _window_faults(document: Mapping[str, Any]) -> list[Fault]:
    faults = _faults_of_windows(document.get("hours"), "calling_hours")
    slices = document.get("slices", ())
    for number, part in enumerate(slices if isinstance(slices, list | tuple) else (), start=1):
        windows = part.get("windows") if isinstance(part, Mapping) else None
        faults += _faults_of_windows(windows, f"slices[{number}].windows")
    return faults


def _faults_of_windows(windows: Any, where: str) -> list[Fault]:
    try:
        CallingHours.read(windows if isinstance(windows, Mapping) else {})
    except InvalidInputError as error:
        return [Fault(f.where.replace("calling_hours", where), f.message, f.values) for f in error.faults]
    return []


def _fault_of(wrong: Mapping[str, Any]) -> Fault:
    where = ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in wrong["loc"]).replace(".[", "[")
    slots = wrong.get("ctx", {})
    if wrong["type"] == "value_error":  # our own validator's sentence
        return Fault(where or "rules", str(slots["error"]))
    message = MESSAGES.get(wrong["type"])
    if message is None:
        return Fault(where or "rules", "This cannot be used: %(reason)s.", (("reason", str(wrong["msg"])),))
    return Fault(where or "rules", message, tuple((name, str(value)) for name, value in slots.items()))


def _contradictions(rules: Rules) -> list[Fault]:
    """Rules that are well written but cannot work together."""
    faults = []
    for number, part in enumerate(rules.slices, start=1):
        where = f"slices[{number}]"
        if part.most < part.least:
            faults.append(Fault(f"{where}.most", "The most tries are fewer than the least."))
        if not part.hours.overlaps(rules.calling_hours):
            faults.append(Fault(f"{where}.windows", "This time slice lies outside the calling hours: it gets no call."))
    faults += _refusal_faults(rules)
    if rules.measures.notice_wait_minutes < rules.measures.notice_lead_minutes:
        faults.append(
            Fault("measures.notice_wait_minutes", "A case would be called before its message may be followed up.")
        )
    least = sum(part.least for part in rules.slices)
    if least > rules.limits.per_case:
        faults.append(Fault("limits.per_case", "The time slices ask for more tries than a case may have."))
    if rules.slices and not rules.calling_hours.is_covered_by([part.hours for part in rules.slices]):
        faults.append(Fault("slices", "Some calling hours lie in no time slice. Widen a slice or add one."))
    return faults


def _refusal_faults(rules: Rules) -> list[Fault]:
    faults = [
        Fault(f"treatments.{code}.action", "Whoever said no for good is not called again: this outcome must close.")
        for code in NO_FOR_GOOD & set(rules.treatments)
        if rules.treatments[code].action != Action.CLOSE
    ]
    soft = rules.treatments.get(SOFT_REFUSAL)
    if soft is not None and soft.action != Action.CLOSE and (soft.most is None or soft.most > CONVERSIONS + 1):
        faults.append(Fault(f"treatments.{SOFT_REFUSAL}.most", "A refusal is converted at most once: write 1 or 2."))
    return faults
