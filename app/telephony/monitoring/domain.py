"""What a supervisor does in a call under way, and when it ends by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# The supervisor's page says every few seconds that it is still there; silent for so long, it is gone.
LEASE: Final = timedelta(seconds=20)
# A telephone that has not come to the room by then never will: its ticket is no longer good.
LONGEST_CALLING_IN: Final = timedelta(seconds=60)
# Whoever asked the network for a change and was not answered by then has died: nobody knows who hears the supervisor.
LONGEST_CHANGE: Final = timedelta(seconds=20)


class MonitorMode(StrEnum):
    """Who hears the supervisor; the supervisor hears both sides in every mode."""

    LISTENING = "listening"  # nobody
    COACHING = "coaching"  # the interviewer alone
    BREAKING_IN = "breaking_in"  # everybody


class MonitorEnding(StrEnum):
    """Why a supervisor is no longer in a call."""

    STOPPED = "stopped"  # by the supervisor
    TURNED_AWAY = "turned_away"  # to another call: nobody is in two at once
    CALL_OVER = "call_over"
    HANDED_OVER = "handed_over"  # the respondent was brought to another interviewer
    LOST = "lost"  # the supervisor's own telephone broke off
    PAGE_GONE = "page_gone"  # nothing was heard from the page any more
    NEVER_CAME = "never_came"  # the telephone did not come to the room
    FORBIDDEN = "forbidden"  # the rules no longer allow it
    REFUSED = "refused"  # the telephone network did not take the request


@dataclass(frozen=True)
class Standing:
    """What decides whether a supervisor may stay in a call."""

    is_allowed: bool  # by the campaign's rules
    is_talking: bool  # somebody is on the line of that attempt
    is_same_interviewer: bool  # who has the call now is who had it at first
    has_joined: bool
    asked_at: datetime
    seen_at: datetime
    changing_since: datetime | None = None


def why_over(standing: Standing, *, now: datetime) -> MonitorEnding | None:
    """Return why it ends now; None while it goes on."""
    asked, changing = now - standing.asked_at, standing.changing_since
    reasons = (
        (not standing.is_talking, MonitorEnding.CALL_OVER),
        (not standing.is_same_interviewer, MonitorEnding.HANDED_OVER),
        (not standing.is_allowed, MonitorEnding.FORBIDDEN),
        (now - standing.seen_at > LEASE, MonitorEnding.PAGE_GONE),
        (changing is not None and now - changing > LONGEST_CHANGE, MonitorEnding.REFUSED),
        (not standing.has_joined and asked > LONGEST_CALLING_IN, MonitorEnding.NEVER_CAME),
    )
    return next((ending for is_so, ending in reasons if is_so), None)
