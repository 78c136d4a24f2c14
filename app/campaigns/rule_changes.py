"""What differs between two versions of a campaign's rules, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.campaigns.rules import Rules

Value = str | int | float | bool | None
Window = tuple[str, str]
TIME_DIGITS: Final = len("09:00")


@dataclass(frozen=True)
class Change:
    """One field that differs; `where` as in a Fault, but slices by name. None where there was, or is, nothing."""

    where: str
    before: Value
    after: Value


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Compare two documents; what one leaves out counts as its default, so that only true differences are told."""
    old, new = flat_rules(before), flat_rules(after)
    fields = list(dict.fromkeys([*old, *new]))
    return tuple(Change(where, old.get(where), new.get(where)) for where in fields if old.get(where) != new.get(where))


def flat_rules(document: Mapping[str, Any]) -> dict[str, Value]:
    """Return every field of a document under its place, such as `limits.per_case` or `slices[evening].least`."""
    rules = Rules.model_validate(document)
    whole = rules.model_dump(mode="json")
    flat: dict[str, Value] = dict(_windows("calling_hours", whole.pop("hours")))
    flat["holidays"] = written_days(whole.pop("holidays"))
    flat["slices"] = ", ".join(part.name for part in rules.slices)  # an instant belongs to the first that holds it
    for part in whole.pop("slices"):
        place = f"slices[{part.pop('name')}]"
        flat |= dict(_windows(f"{place}.windows", part.pop("windows")))
        flat |= {f"{place}.{field}": value for field, value in part.items()}
    for group, fields in whole.items():
        flat |= dict(_fields(group, fields))
    return flat


def _fields(place: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for field, value in fields.items():
        where = f"{place}.{field}"
        if isinstance(value, Mapping):
            yield from _fields(where, value)
        else:
            yield where, value


def _windows(place: str, windows: Mapping[str, list[Window]]) -> Iterator[tuple[str, Value]]:
    for day, pairs in windows.items():
        if pairs:
            yield f"{place}.{day}", written_windows(pairs)


def written_windows(pairs: list[Window]) -> str:
    """Write a day's windows as people do: 09:00-12:00, 14:00-21:00."""
    return ", ".join(f"{start[:TIME_DIGITS]}-{end[:TIME_DIGITS]}" for start, end in pairs)


def written_days(days: list[str]) -> str:
    """Write holidays in one line."""
    return ", ".join(sorted(days))
