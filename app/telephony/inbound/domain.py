"""What a caller hears on the call-back line and may press there, as data; adapters write it as their provider does."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# A withheld number comes as a word or as digits that belong to nobody ("anonymous" on a keypad, SIP's own "anonymous").
_WITHHELD: Final = frozenset({"", "anonymous", "unavailable", "unknown", "restricted", "266696687", "7378742833"})
_NUMBER: Final = re.compile(r"\+?[0-9]{5,15}")


class Step(StrEnum):
    """Where a caller stands when something is heard from them."""

    CALL = "call"  # the call has just come in
    MENU = "menu"  # a key of the main menu
    CODE = "code"  # the digits of a code
    TIME = "time"  # one of the times that were offered
    FORBID = "forbid"  # the second key of whoever wants no more calls


@dataclass(frozen=True)
class Said:
    """Words in one lect, read by the provider's voice, or `clip`, the address of a recording, in their place."""

    lect: str
    words: str
    clip: str | None = None


@dataclass(frozen=True)
class Asked:
    """Words during which keys may be pressed; what was pressed, perhaps nothing, is heard at `step`."""

    said: tuple[Said, ...]
    step: Step
    digits: int = 1
    seconds: int = 8


@dataclass(frozen=True)
class Joined:
    """The caller joins an interviewer's room under this label."""

    room: str
    label: str


Act = Said | Asked | Joined  # a caller who is told nothing more is hung up on


@dataclass(frozen=True)
class Heard:
    """One report about a call that came in: the number is in clear and is never kept; `keys` is what was pressed."""

    token: str
    call_id: str
    step: Step
    caller: str
    called: str
    keys: str = ""


def shown_number(text: str) -> str | None:
    """Return the caller's number as the network gave it, None where it was withheld."""
    number = text.strip()
    if number.lower().removeprefix("+") in _WITHHELD or not _NUMBER.fullmatch(number):
        return None
    return number
