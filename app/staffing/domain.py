"""The states of an interviewer."""

from enum import StrEnum


class PresenceState(StrEnum):
    """What an interviewer is doing; each has a colour, an icon and a word on the screens."""

    OFF = "off"  # not at the desk
    READY = "ready"  # waiting for a case
    PREVIEW = "preview"  # has a case on the screen, has not dialled
    DIALLING = "dialling"  # the line is being set up or rings
    TALKING = "talking"  # connected with someone
    WRAP_UP = "wrap_up"  # the line is closed, the outcome is not coded yet
    BREAK = "break"  # away for a stated reason


class BreakReason(StrEnum):
    """Why somebody is away from the desk."""

    REST = "rest"
    MEAL = "meal"
    MEETING = "meeting"  # a briefing, or a word with the supervisor
    TRAINING = "training"
    TECHNICAL = "technical"  # headset, computer or net
    OTHER = "other"


# A state that holds a case: leaving it without an outcome would lose the case's history.
HOLDING = frozenset({PresenceState.PREVIEW, PresenceState.DIALLING, PresenceState.TALKING, PresenceState.WRAP_UP})
