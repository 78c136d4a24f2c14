"""Name the fields of a campaign's rules, and say their values, as the form does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.campaigns.domain import WEEKDAYS
from app.campaigns.rule_changes import Change, Value
from app.web.i18n import translate
from app.web.lengths import say_length
from app.web.rules_form import LENGTHS, SHARES


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


DAYS: Final = dict(
    zip(
        WEEKDAYS,
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        strict=True,
    )
)
FIELDS: Final[Mapping[str, str]] = {
    "calling_hours": _("Calling hours"), "holidays": _("Holidays"), "slices": _("Time slices"),
    "reason": _("Why the rules change"), "windows": _("Windows"),
    "name": _("Short name"), "label_zh": _("Name in Chinese"), "label_en": _("Name in English"),
    "least": _("Tries, at least"), "most": _("Tries, at most"),
    "limits.per_case": _("Tries per case"), "limits.per_number": _("Tries per number"),
    "limits.per_day": _("Tries per day"), "limits.dials_per_case": _("Dials per case, whether it rings or not"),
    "language.patience_minutes": _("Patience for a better match"),
    "language.serve_partial": _("Partial matches may call after that"),
    "language.complete_below_interviews": _("Interviews may be completed below the level “interviews”"),
    "language.unknown_lect": _("Who takes cases of unknown lect"),
    "language.unknown_tries": _("Calls in which the lect stays unknown, at most"),
    "language.barrier_tries": _("Matched calls in vain before a barrier is final"),
    "language.random_share": _("Cases given out without regard to lect, percent"),
    "appointments.early_seconds": _("Exact times: ready before, seconds"),
    "appointments.late_minutes": _("Kept until this long after the time"),
    "appointments.hand_over_minutes": _("Kept for the named interviewer for"),
    "numbers.calls_per_day": _("Calls from one number a day, at most"),
    "numbers.least_calls": _("Calls before a number is judged"),
    "numbers.rejected_share": _("Rests when more calls are rejected than, percent"),
    "numbers.complaint_share": _("Rests when more calls are taken for a fraud than, percent"),
    "numbers.rest_minutes": _("Rests for"),
    "measures.code_share": _("Code read out: given to, percent of cases"),
    "measures.notice_share": _("Notice by message: given to, percent of cases"),
    "measures.notice_lead_minutes": _("Message before the first call, at least"),
    "measures.notice_wait_minutes": _("A case waits for its message, at most"),
    "measures.notice_ahead": _("People told and not called yet, at most"),
    "recording.mode": _("Calls are recorded"), "recording.keep_days": _("Recordings are kept for, days"),
    "monitoring.mode": _("Supervisors may listen to calls under way"),
    "monitoring.is_shown": _("The interviewer sees that somebody listens"),
    "measures.clip_share": _("Recorded greeting: given to, percent of cases"),
    "measures.clip_plays_itself": _("The recorded greeting plays by itself when somebody answers"),
    "pacing.mode": _("How a dial begins"), "pacing.preview_seconds": _("Time to read the case, seconds"),
    "wrap_up.mode": _("Who ends the wrap-up"), "wrap_up.seconds": _("Time to wrap up, seconds"),
    "quality.relisten_share": _("Listened to again by chance, percent of interviews"),
    "quality.agreement_answers": _("Agreement by interviewer from so many answers on"),
    "quality.battery_items": _("A battery counts from so many answers on"),
    "quality.run_share": _("One choice in a row from, percent of a battery"),
    "quality.least_spread": _("Spread over a battery below, in widths of its scale"),
    "quality.same_steps": _("Same question: answers further apart than, steps"),
    "quality.reverse_steps": _("Reversed question: answers further apart than, steps"),
    "quality.timing_answers": _("The campaign's own times count from so many answers on"),
    "quality.timing_spread": _("Too quick or too slow beyond, scaled deviations"),
    "quality.timing_share": _("Too quick or too slow from, percent of the answers"),
    "quality.slow_seconds": _("Time to think before there are such times, seconds"),
    "quality.dont_know_share": _("Don't knows from, percent of the answers"),
    "quality.least_answers": _("Shares count from so many answers on"),
    "quality.least_rating": _("Following rated below, of 5"),
    "quality.trouble_share": _("Repeated or clarified from, percent of the questions"),
    "quality.flags_break_off": _("Interviews that broke off are flagged"),
    "weights.slice": _("Time slice that needs tries"), "weights.quota": _("Need of the quota"),
    "weights.contact": _("Earlier contact"), "weights.age": _("Time since the last try"),
    "weights.attempts": _("Few tries so far"),
    "action": _("What happens"), "delay_minutes": _("After"), "slice": _("Time slice"), "number": _("Number"),
    "interviewer": _("Interviewer"), "redials": _("Re-dials"), "times": _("Most times"),
    "costs_attempt": _("Costs a try"), "barrier": _("Lect barrier"),
}  # fmt: skip
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "action": {
        "close": _("close the case"), "retry": _("call again"), "other_lect": _("go to another lect"),
        "appointment": _("wait for the appointment"),
    },
    "slice": {"any": _("any time slice"), "other": _("another time slice"), "same": _("the same time slice")},
    "number": {"same": _("same number"), "next": _("next number")},
    "recording.mode": {
        "off": _("never"), "consent": _("once the respondent has agreed"), "always": _("from the answer on"),
    },
    "monitoring.mode": {"off": _("no"), "on": _("yes")},
    "interviewer": {"any": _("anybody"), "other": _("somebody else")},
    "pacing.mode": {
        "manual": _("by the interviewer's key"), "preview": _("by itself, after time to read the case"),
        "progressive": _("by itself, at once"),
    },
    "wrap_up.mode": {
        "open": _("the interviewer"), "optional": _("nobody where it is clear what happened"),
        "timed": _("the interviewer, or the time"), "fixed": _("the time alone"),
    },
    "unknown_lect": {"anyone": _("anybody"), "triage": _("interviewers who tell lects apart")},
}  # fmt: skip
_ITEM: Final = re.compile(r"\[\d+\]$")
_SLICE: Final = re.compile(r"slices\[(?P<name>[^\]]+)\](?:\.(?P<field>.+))?")


@dataclass(frozen=True)
class SaidChange:
    """One change in the reader's language."""

    field: str
    before: str
    after: str


def field_of(where: str) -> str:
    """Return the form's field that a fault belongs to: the third window of Monday is in the field of Monday."""
    return _ITEM.sub("", where) if not re.fullmatch(r"slices\[\d+\]", where) else f"{where}.name"


@dataclass(frozen=True)
class RulePlaces:
    """Names fields in one language; `outcome` says an outcome's code in it."""

    locale: str
    outcome: Callable[[str], str]

    def label(self, field: str) -> str:
        """Name a field by its key."""
        return self._say(FIELDS.get(field, field))

    def place(self, where: str) -> str:
        """Name a place as the form shows it: Busy · After."""
        base = field_of(where)
        group, _dot, rest = base.partition(".")
        found = _SLICE.fullmatch(base)
        if found:
            inner = self.place(found["field"]) if found["field"] else ""
            return " · ".join(part for part in (f"{self.label('slice')} {found['name']}", inner) if part)
        if group == "treatments":
            code, _dot, field = rest.partition(".")
            own = {"most": "times"}.get(field, field)
            return " · ".join(part for part in (self.outcome(code), own and self.label(own)) if part)
        if rest in DAYS:
            return f"{self.label(group)} · {self._say(DAYS[rest])}"
        return self.label(base if base in FIELDS else group)

    def change(self, change: Change) -> SaidChange:
        """Say one change."""
        field = change.where if change.where in CHOICES else change.where.rpartition(".")[2]
        return SaidChange(self.place(change.where), self._value(field, change.before), self._value(field, change.after))

    def _value(self, field: str, value: Value) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        if field in LENGTHS and isinstance(value, int):
            return say_length(value, self.locale)
        if field in SHARES and isinstance(value, float):
            return f"{100 * value:g} %"
        if isinstance(value, float):
            return f"{value:g}"
        return self._say(CHOICES.get(field, {}).get(str(value), str(value)))

    def _say(self, message: str) -> str:
        return translate(self.locale, message)
