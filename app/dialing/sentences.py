"""What is said to people about a case: an English sentence with slots, filled and translated where it is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

SLOT: Final = re.compile(r"%\((\w+)\)s")
MISSING: Final = "…"


@dataclass(frozen=True)
class Named:
    """A thing that carries its own names, such as a lect, an outcome or a time slice."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Moment:
    """An instant, and the zone in which it means something to the reader."""

    at: datetime
    time_zone: str


@dataclass(frozen=True)
class Who:
    """Somebody who works here; pages say the name, programs are told the number alone."""

    person_id: int
    display_name: str


@dataclass(frozen=True)
class Sentence:
    """An English gettext id with %(name)s slots, and what fills them."""

    message: str
    slots: tuple[tuple[str, "Slot"], ...] = ()


Slot = str | int | Named | Moment | Who | Sentence


def say(message: str, **slots: Slot) -> Sentence:
    """Make a sentence of an English gettext id and its slots."""
    return Sentence(message, tuple(slots.items()))


def say_noted(message: str, details: Mapping[str, Any]) -> Sentence:
    """Make a sentence of what the trace keeps: a slot takes the detail of its name."""
    return Sentence(message, tuple((name, str(details.get(name, MISSING))) for name in SLOT.findall(message)))


def in_english(sentence: Sentence) -> str:
    """Say it to a program: people by their number, instants with their offset."""
    return (
        sentence.message % {name: plain(slot) for name, slot in sentence.slots}
        if sentence.slots
        else (sentence.message)
    )


def plain(slot: Slot) -> str:
    """Say one slot to a program."""
    match slot:
        case Sentence():
            return in_english(slot)
        case Named():
            return slot.name_en
        case Moment():
            return slot.at.astimezone(ZoneInfo(slot.time_zone)).isoformat(timespec="minutes")
        case Who():
            return f"interviewer {slot.person_id}"
        case _:
            return str(slot)
