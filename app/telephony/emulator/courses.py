"""The course of an emulated call: decided when it is dialled, and cut short when one side acts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from app.telephony.domain import CallEvent, Ending
from app.telephony.emulator.network import ended
from app.telephony.models import EmulatedCall

_TIMELINE: Final = TypeAdapter(tuple[CallEvent, ...])


def written(timeline: Sequence[CallEvent]) -> Any:
    """Return a course as it is stored."""
    return _TIMELINE.dump_python(tuple(timeline), mode="json")


def timeline_of_call(call: EmulatedCall) -> tuple[CallEvent, ...]:
    """Return all that happens on a call, in order."""
    return _TIMELINE.validate_python(call.timeline)


def past_of(call: EmulatedCall, *, now: datetime) -> list[CallEvent]:
    """Return what has happened on a call up to `now`."""
    return [event for event in timeline_of_call(call) if event.at <= now]


def cut_short(call: EmulatedCall, ending: Ending, *, now: datetime, at: datetime) -> None:
    """Replace everything that has not happened yet by the end of the call."""
    past = past_of(call, now=now)
    timeline = (*past, ended(timeline_of_call(call)[0].attempt_id, len(past) + 1, ending, at=at))
    call.timeline = written(timeline)
    call.next_event_at = min(call.next_event_at or at, at)


def pending_of(call: EmulatedCall) -> list[CallEvent]:
    """Return what was not reported yet."""
    return list(timeline_of_call(call)[call.delivered :])
