"""Who hears whom in a room of the emulated network, as in a conference of Twilio's."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Present:
    """One call in a room; a held one hears music and is not heard, a coach is heard by one call alone."""

    call_id: str
    is_muted: bool = False
    is_held: bool = False
    coaches: str | None = None


def audience(speaker: str, present: Iterable[Present]) -> frozenset[str]:
    """Return the calls that hear what is said on this one; nobody hears a call that is not there."""
    there = {one.call_id: one for one in present}
    talking = there.get(speaker)
    if talking is None or talking.is_muted or talking.is_held:
        return frozenset()
    others = frozenset(one.call_id for one in there.values() if one.call_id != speaker and not one.is_held)
    return others & {talking.coaches} if talking.coaches is not None else others
