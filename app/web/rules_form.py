"""The form of a campaign's rules: what was typed, kept as it was typed, and read into a document.

A field is named as a fault names it, so that a fault finds its field: `limits.per_case`, `slices[2].windows.monday`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from starlette.datastructures import FormData

from app.campaigns.desk_rules import PacingRules, WrapUpRules
from app.campaigns.domain import WEEKDAYS
from app.campaigns.monitoring_rules import MonitoringRules
from app.campaigns.quality_rules import QualityRules
from app.campaigns.recording_rules import RecordingRules
from app.campaigns.rule_changes import written_windows
from app.campaigns.rules import (
    AppointmentRules,
    LanguageRules,
    Limits,
    MeasureRules,
    NumberRules,
    Rules,
    Slice,
    Treatment,
    Weights,
)
from app.core.errors import Fault
from app.web.lengths import read_length, say_length

GROUPS: Final = {
    "limits": Limits,
    "language": LanguageRules,
    "appointments": AppointmentRules,
    "weights": Weights,
    "numbers": NumberRules,
    "measures": MeasureRules,
    "recording": RecordingRules,
    "monitoring": MonitoringRules,
    "pacing": PacingRules,
    "wrap_up": WrapUpRules,
    "quality": QualityRules,
}
LENGTHS: Final = frozenset(
    {
        "delay_minutes",
        "patience_minutes",
        "late_minutes",
        "hand_over_minutes",
        "rest_minutes",
        "notice_lead_minutes",
        "notice_wait_minutes",
    }
)
SHARES: Final = frozenset(
    {"random_share", "rejected_share", "complaint_share", "code_share", "notice_share", "clip_share"}
    | {"run_share", "timing_share", "dont_know_share", "trouble_share", "relisten_share"}
)
MOST_SLICES: Final = 12
WRITE_LENGTH: Final = "Write a length of time, such as 45 min, 3 h or 2 d."
WRITE_SHARE: Final = "Write a share from 0 to 100."
_BETWEEN: Final = re.compile(r"\s*[-–—~至到]\s*")
_NEXT: Final = re.compile(r"\s*[,;、\n]\s*")
_SHORT_HOUR: Final = re.compile(r"\d:\d\d")


@dataclass(frozen=True)
class RulesForm:
    """The fields as text; a ticked box is there and an empty one is not."""

    fields: Mapping[str, str]
    slices: int

    @classmethod
    def of(cls, document: Mapping[str, Any], locale: str) -> Self:
        """Write a document into the form; raises nothing for one that is in force."""
        rules = Rules.model_validate(document)
        fields = {f"calling_hours.{day}": written_windows(list(pairs)) for day, pairs in rules.hours.items()}
        fields["holidays"] = "\n".join(day.isoformat() for day in sorted(rules.holidays))
        for number, part in enumerate(rules.slices, start=1):
            place = f"slices[{number}]"
            fields |= {f"{place}.windows.{day}": written_windows(list(pairs)) for day, pairs in part.windows.items()}
            fields |= _written(part.model_dump(exclude={"windows"}), place, locale)
        for group in GROUPS:
            fields |= _written(getattr(rules, group).model_dump(mode="json"), group, locale)
        for code, treatment in rules.treatments.items():
            fields |= _written(treatment.model_dump(mode="json"), f"treatments.{code}", locale)
        return cls(fields, len(rules.slices))

    @classmethod
    def sent(cls, form: FormData) -> Self:
        """Read what a browser sent; a time slice left wholly empty is gone, and those behind it move up."""
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        kept = [number for number in range(1, MOST_SLICES + 1) if _is_filled(fields, f"slices[{number}].")]
        moved = {name: value for name, value in fields.items() if not name.startswith("slices[")}
        for place, number in enumerate(kept, start=1):
            old, new = f"slices[{number}].", f"slices[{place}]."
            moved |= {new + name.removeprefix(old): value for name, value in fields.items() if name.startswith(old)}
        return cls(moved, len(kept))

    def text(self, name: str) -> str:
        """Return one field."""
        return self.fields.get(name, "")

    def document(self, codes: Iterable[str]) -> tuple[dict[str, Any], list[Fault]]:
        """Read the document and what in it cannot be read; such fields are left out of it."""
        faults: list[Fault] = []
        document: dict[str, Any] = {
            "hours": self._windows("calling_hours"),
            "holidays": [day for day in _NEXT.split(_plain(self.text("holidays"))) if day],
            "slices": [self._slice(number, faults) for number in range(1, self.slices + 1)],
            "treatments": {code: self._part(Treatment, f"treatments.{code}", faults) for code in codes},
        }
        for group, model in GROUPS.items():
            document[group] = self._part(model, group, faults)
        return document, faults

    def _slice(self, number: int, faults: list[Fault]) -> dict[str, Any]:
        place = f"slices[{number}]"
        return {**self._part(Slice, place, faults), "windows": self._windows(f"{place}.windows")}

    def _windows(self, place: str) -> dict[str, list[list[str]]]:
        written = {day: _pairs(self.text(f"{place}.{day}")) for day in WEEKDAYS}
        return {day: pairs for day, pairs in written.items() if pairs}

    def _part(self, model: type[Any], place: str, faults: list[Fault]) -> dict[str, Any]:
        found = {}
        for field, described in model.model_fields.items():
            if field == "windows":
                continue
            try:
                found[field] = _read(field, described.annotation, self.text(f"{place}.{field}"))
            except _UnreadableError as error:
                faults.append(Fault(f"{place}.{field}", error.message))
        return found


class _UnreadableError(Exception):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _read(field: str, kind: Any, text: str) -> Any:
    """Read one field by its type: the model itself checks what it means."""
    written = _plain(text)
    if kind is bool:
        return bool(written)
    if kind == int | None and not written:
        return None
    if kind in (int, int | None, float):
        return _number(field, kind, written)
    return text.strip() if kind is str else written


def _number(field: str, kind: Any, written: str) -> float:
    if field in LENGTHS:
        return _attempt(read_length, written, WRITE_LENGTH)
    if field in SHARES:
        share = _attempt(float, written.removesuffix("%"), WRITE_SHARE) / 100
        if not 0 <= share <= 1:
            raise _UnreadableError(WRITE_SHARE)
        return share
    if kind is float:
        return _attempt(float, written, "Write a number.")
    return _attempt(int, written, "Write a whole number.")


def _attempt(read: Callable[[str], float], written: str, message: str) -> float:
    try:
        return read(written)
    except (ValueError, OverflowError):
        raise _UnreadableError(message) from None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _pairs(text: str) -> list[list[str]]:
    """Read "9:00-12:00, 14:00-21:00"; what is no window stays one, for the rules to refuse by its place."""
    windows = [window for window in _NEXT.split(_plain(text)) if window]
    return [[_hour(time) for time in _BETWEEN.split(window)] for window in windows]


def _hour(text: str) -> str:
    return f"0{text}" if _SHORT_HOUR.fullmatch(text) else text


def _is_filled(fields: Mapping[str, str], place: str) -> bool:
    """Tell whether a time slice has a name or a window; the rest is filled in beforehand."""
    kept = ("name", "windows.")
    return any(value.strip() for name, value in fields.items() if name.startswith(tuple(place + part for part in kept)))


def _written(fields: Mapping[str, Any], place: str, locale: str) -> dict[str, str]:
    return {f"{place}.{name}": _write(name, value, locale) for name, value in fields.items()}


def _write(name: str, value: Any, locale: str) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if name in LENGTHS:
        return say_length(value, locale)
    if name in SHARES:
        return f"{100 * value:g}"
    return f"{value:g}" if isinstance(value, float) else str(value)
