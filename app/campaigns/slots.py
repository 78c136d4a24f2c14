"""Texts with slots such as {organisation}, which are filled in when a text is sent, said or read out."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from app.core.errors import Fault

MOST_CHARACTERS: Final = 600
_SLOT: Final = re.compile(r"\{([^{}]*)\}")


def slots_in(text: str) -> list[str]:
    """Return the names of the slots in a text."""
    return _SLOT.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the slots; one without a value is left out."""
    return _SLOT.sub(lambda slot: values.get(slot[1], ""), text)


def faults_of(text: str, known: Collection[str]) -> list[Fault]:
    """Return what is wrong with a text whatever it is for: slots that nothing fills, and too many characters."""
    faults = [
        Fault(
            "text",
            "There is nothing to fill {%(slot)s} with. Known are: %(known)s.",
            (("slot", name), ("known", ", ".join(known))),
        )
        for name in slots_in(text)
        if name not in known
    ]
    if len(text) > MOST_CHARACTERS:
        limit = (("max_length", str(MOST_CHARACTERS)),)
        faults.append(Fault("text", "Write at most %(max_length)s characters.", limit))
    return faults
